import { equal } from "node:assert/strict";
import { type JobStep, stepNamed } from "../../../src/azureml/job/steps.ts";

const step = (key: string, label: string, nodes?: readonly string[]): JobStep => ({
  ...{ key, label, nodes },
  compute: undefined,
  needs: [],
});

const STEPS = [
  step("load_data", "load_data"),
  step("train_model", "train.model"),
  step("features", "features", ["load.data", "Scale Data"]),
];

const CASES: readonly (readonly [name: string, key: string, rule: string])[] = [
  ["load_data", "load_data", "by its key"],
  ["train.model", "train_model", "by its label"],
  ["load.data", "features", "by a node that it runs, before another spelling of a key"],
  ["Load Data", "load_data", "by another spelling of its key"],
  ["Train Model", "train_model", "by another spelling of its label"],
];

for (const [name, key, rule] of CASES) {
  Deno.test(`stepNamed() finds a step ${rule}`, () => equal(stepNamed(STEPS, name)?.key, key));
}

Deno.test("stepNamed() returns undefined for another spelling of a node", () => {
  equal(stepNamed(STEPS, "scale data"), undefined);
});
