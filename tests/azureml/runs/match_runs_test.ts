import { deepStrictEqual } from "node:assert/strict";
import type { JobStep } from "../../../src/azureml/job/steps.ts";
import { stepsOfRuns } from "../../../src/azureml/runs/open_run.ts";

const step = (key: string, label = key): JobStep => ({ key, label, compute: undefined, needs: [] });

const ALIKE = [
  step("load_data", "load.data"),
  step("load_data_1", "load_data"),
  step("load_data_2", "load-data"),
];

/** Names of runs, and the keys of the steps that they match. */
const CASES: readonly (readonly [
  what: string,
  steps: readonly JobStep[],
  runs: readonly (readonly (string | null)[])[],
  keys: readonly (string | undefined)[],
])[] = [
  ["matches runs by the key of a step", [step("a"), step("b")], [["b"], ["a"]], ["b", "a"]],
  ["matches a run by the label of a step in another spelling", [step("ns_a", "ns.a")], [["NS a"]], ["ns_a"]],
  ["matches each attempt of a step", [step("a"), step("b")], [["a"], ["b"], ["a"]], ["a", "b", "a"]],
  ["leaves runs without a step unmatched", [step("a")], [["z"], [null], ["a"]], [undefined, undefined, "a"]],
  ["matches runs by label although labels are also keys of other steps", ALIKE, [
    ["load_data"],
    ["load-data"],
    ["load.data"],
  ], [
    "load_data_1",
    "load_data_2",
    "load_data",
  ]],
  ["matches runs named by both label and key", ALIKE, [["load_data", "load_data_1", "load_data_1"], [
    "load.data",
    "load_data",
  ]], [
    "load_data_1",
    "load_data",
  ]],
  ["matches a run with a single possible step before a run with several", ALIKE, [["load_data"], [
    "load.data",
  ]], [
    "load_data_1",
    "load_data",
  ]],
];

for (const [what, steps, runs, keys] of CASES) {
  Deno.test(`stepsOfRuns() ${what}`, () => {
    const named = runs.map((names) => ({ names }));
    const found = stepsOfRuns(steps, named);
    deepStrictEqual(named.map((run) => found.get(run)?.key), keys);
  });
}
