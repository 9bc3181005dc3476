import { deepEqual } from "node:assert/strict";
import { bindingOf } from "../../src/core/run.ts";

for (
  const [value, input, step, output] of [
    ["${{parent.inputs.rate}}", "rate"],
    ["${{ parent.outputs.model }}", undefined, undefined, "model"],
    ["${{parent.jobs.train.outputs.model}}", undefined, "train", "model"],
    ["${{parent.jobs.train.inputs.model}}"],
    ["${{parent.inputs.group.rate}}", "group.rate"],
    ["${{parent.outputs.a.b}}"],
    ["${{inputs.rate}}"],
    ["x ${{parent.inputs.rate}}"],
    [0.5],
    [undefined],
  ] as const
) {
  const target = step === undefined ? output && `job output ${output}` : `output ${output} of step ${step}`;
  const found = input === undefined ? target ?? "no target" : `job input ${input}`;
  Deno.test(`bindingOf() returns ${found} for ${value}`, () => {
    deepEqual(bindingOf(value), { input, step, output });
  });
}
