import { deepEqual, equal } from "node:assert/strict";
import { paramsOption } from "../../../src/core/text/params_option.ts";

Deno.test("paramsOption() finds the option in the command of a step", () => {
  const option = ` --params='{"a":"it'\\''s $''{{x}}"}'`;
  deepEqual(paramsOption(`kedro run${option} --x`), { option, json: '{"a":"it\'s ${{x}}"}' });
  equal(paramsOption("kedro run --params=a:1"), undefined);
});
