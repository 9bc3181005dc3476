import { deepEqual, equal } from "node:assert/strict";
import { type JobStep, stepNamed, stepsOf } from "../../../src/azureml/job/steps.ts";

const step = (key: string, label: string, nodes?: readonly string[]): JobStep => ({
  ...{ key, label, nodes },
  compute: undefined,
  needs: [],
});

const STEPS = [
  step("load_data", "load_data"),
  step("train_model", "train.model"),
  step("s3", "Score.Model"),
  step("clean_1", "clean"),
  step("features", "features", ["load.data", "Scale Data"]),
];

const CASES: readonly (readonly [name: string, key: string, rule: string])[] = [
  ["load_data", "load_data", "by its key"],
  ["train.model", "train_model", "by its label"],
  ["load.data", "features", "by its node rather than another spelling of a key"],
  ["Load Data", "load_data", "by another spelling of its key"],
  ["Clean.1", "clean_1", "by another spelling of its key alone"],
  ["Train Model", "train_model", "by another spelling of its key and label"],
  ["score model", "s3", "by another spelling of its label"],
];

for (const [name, key, rule] of CASES) {
  Deno.test(`stepNamed() finds a step ${rule}`, () => equal(stepNamed(STEPS, name)?.key, key));
}

Deno.test("stepsOf() names a step without a display name after its node", () => {
  const variables = { KEDRO_AZUREML_MLFLOW_NODE_NAME: "__proto__" };
  const jobs = { proto: { environment_variables: variables }, fit_793c9e18: {}, run_20240101: {}, fit_1: {} };
  const labels = stepsOf({ properties: { jobs } }).map(({ label }) => label);
  deepEqual(labels, ["__proto__", "fit__793c9e18", "fit_1", "run_20240101"]);
});

Deno.test("stepsOf() sorts steps by dependency", () => {
  const after = (step: string) => ({ inputs: { a: { value: `\${{parent.jobs.${step}.outputs.a}}` } } });
  const jobs = { all: after("part_9"), part_10: {}, part_9: {} };
  deepEqual(stepsOf({ properties: { jobs } }).map(({ key }) => key), ["part_9", "part_10", "all"]);
});
