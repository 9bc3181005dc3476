import { deepStrictEqual } from "node:assert/strict";
import { windowsVariables } from "../../src/system/context.ts";

Deno.test("windowsVariables() adds each variable under its upper-case name", () => {
  deepStrictEqual(windowsVariables({ Kedro_Env: "prod", Path: "C:\\a", HOME: "C:\\b" }), {
    KEDRO_ENV: "prod",
    Kedro_Env: "prod",
    PATH: "C:\\a",
    Path: "C:\\a",
    HOME: "C:\\b",
  });
});

Deno.test("windowsVariables() omits hidden variables of cmd", () => {
  deepStrictEqual(windowsVariables({ "=C:": "C:\\work", "=ExitCode": "00000000", A: "=" }), { A: "=" });
});
