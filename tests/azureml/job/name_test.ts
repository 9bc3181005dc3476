import { deepEqual, equal, match } from "node:assert/strict";
import { jobName } from "../../../src/azureml/job/names.ts";
import { JOB_NAME } from "../../../src/core/azure_limits.ts";

for (
  const [name, isAllowed] of [
    ["9_-z", true],
    ["x".repeat(255), true],
    ["x".repeat(256), false],
    ["", false],
    ["_a", false],
    ["a\n", false],
  ] as const
) {
  const what = name.length > 9 ? `a name of ${name.length} letters` : JSON.stringify(name);
  Deno.test(`JOB_NAME ${isAllowed ? "accepts" : "rejects"} ${what}`, () =>
    equal(JOB_NAME.test(name), isAllowed));
}

Deno.test("jobName() returns two words and a suffix", () => {
  const of = (number: number) => jobName({ uuid: () => "", number: () => number });
  deepEqual([of(0), of(0.999_999)], ["amber_acorn_0000000000", "zesty_wren_zzzzzzzzzz"]);
  match(of(0.5), /^[a-z]+_[a-z]+_i{10}$/);
});
