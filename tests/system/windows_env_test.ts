import { deepStrictEqual } from "node:assert/strict";
import { withUpperCaseNames } from "../../src/system/windows_env.ts";

Deno.test("withUpperCaseNames() lets a variable be read by its name in upper case, and by its own", () => {
  deepStrictEqual(withUpperCaseNames({ Kedro_Env: "prod", Path: "C:\\a", HOME: "C:\\b" }), {
    KEDRO_ENV: "prod",
    Kedro_Env: "prod",
    PATH: "C:\\a",
    Path: "C:\\a",
    HOME: "C:\\b",
  });
});
