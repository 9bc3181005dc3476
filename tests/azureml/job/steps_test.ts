import { deepEqual, equal } from "node:assert/strict";
import { type JobStep, stepNamed, stepsOf, stepsOfSpec } from "../../../src/azureml/job/steps.ts";
import { node } from "../../fakes/plain_job.ts";
import { pipelineFrom } from "./compile/random_pipeline.ts";
import { compileGrouped } from "./compile/test_job.ts";

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
  ["load.data", "features", "by a node that it runs, before another spelling of a key"],
  ["Load Data", "load_data", "by another spelling of its key"],
  ["Clean.1", "clean_1", "by another spelling of its key alone"],
  ["Train Model", "train_model", "by another spelling of its key and label"],
  ["score model", "s3", "by another spelling of its label"],
];

for (const [name, key, rule] of CASES) {
  Deno.test(`stepNamed() finds a step ${rule}`, () => equal(stepNamed(STEPS, name)?.key, key));
}

Deno.test("stepsOfSpec() labels the steps of a compiled job with their Kedro nodes", () => {
  const nodes = [
    node({ name: "Load.Data", inputs: ["raw"], outputs: ["table"] }),
    node({ name: "train", inputs: ["table", "table"], outputs: [] }),
  ];
  const { spec } = compileGrouped({ pipeline: pipelineFrom(nodes), catalog: {} }, "none");
  const [load, train] = stepsOfSpec(spec);
  deepEqual([load, train], [
    { key: "load_data", label: "Load.Data", compute: "cpu", needs: [] },
    { key: "train", label: "train", compute: "cpu", needs: ["load_data"] },
  ]);
  const [both] = stepsOfSpec(compileGrouped({ pipeline: pipelineFrom(nodes), catalog: {} }, "all").spec);
  deepEqual(both?.nodes, ["Load.Data", "train"]);
});

Deno.test("stepsOf() reads the steps of a job's body, each after its sources", () => {
  const reads = (...steps: readonly string[]) =>
    Object.fromEntries(steps.map((step, at) => [`i${at}`, { value: `\${{parent.jobs.${step}.outputs.o}}` }]));
  const variables = { KEDRO_AZUREML_GROUP: '["one","two"]' };
  const jobs = {
    last: { display_name: "The last", computeId: "/x/computes/gpu", inputs: reads("first", "first", "gone") },
    first: { display_name: "", computeId: "/x/computes/", environment_variables: variables },
  };
  deepEqual(stepsOf({ properties: { jobs } }), [
    { key: "first", label: "first", compute: undefined, needs: [], nodes: ["one", "two"] },
    { key: "last", label: "The last", compute: "gpu", needs: ["first"], nodes: undefined },
  ]);
  const cycle = { a: { inputs: reads("b") }, b: { inputs: reads("a") } };
  deepEqual(stepsOf({ properties: { jobs: cycle } }).map(({ key }) => key), ["a", "b"]);
  deepEqual(stepsOf({ properties: {} }), []);
});

Deno.test("stepsOf() labels a step without a display name by its variable for MLflow, or as Kedro names such a node", () => {
  const variables = { KEDRO_AZUREML_MLFLOW_NODE_NAME: "__proto__" };
  const jobs = { proto: { environment_variables: variables }, fit_793c9e18: {}, run_20240101: {}, fit_1: {} };
  const labels = stepsOf({ properties: { jobs } }).map(({ label }) => label);
  deepEqual(labels, ["__proto__", "fit__793c9e18", "run_20240101", "fit_1"]);
});
