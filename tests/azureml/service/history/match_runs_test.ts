import { deepStrictEqual } from "node:assert/strict";
import type { JobStep } from "../../../../src/azureml/job/write/steps.ts";
import { stepsOfRuns } from "../../../../src/azureml/service/history/match_runs.ts";

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
  ["keys", [step("a"), step("b")], [["b"], ["a"]], ["b", "a"]],
  ["labels in a different spelling", [step("ns_a", "ns.a")], [["NS a"]], ["ns_a"]],
  ["several attempts of a step", [step("a"), step("b")], [["a"], ["b"], ["a"]], ["a", "b", "a"]],
  ["runs without a step", [step("a")], [["z"], [null], ["a"]], [undefined, undefined, "a"]],
  ["labels that are also other steps' keys", ALIKE, [["load_data"], ["load-data"], ["load.data"]], [
    "load_data_1",
    "load_data_2",
    "load_data",
  ]],
  ["keys that are also other steps' labels", ALIKE, [["load_data"], ["load_data_2"], ["load_data_1"]], [
    "load_data",
    "load_data_2",
    "load_data_1",
  ]],
  ["labels and keys together", ALIKE, [["load_data", "load_data_1", "load_data_1"], [
    "load.data",
    "load_data",
  ]], [
    "load_data_1",
    "load_data",
  ]],
  ["more kinds of runs than steps", [step("a")], [["a"], ["a", "x"]], ["a", undefined]],
];

for (const [what, steps, runs, keys] of CASES) {
  Deno.test(`stepsOfRuns() matches ${what}`, () => {
    const named = runs.map((names) => ({ names }));
    const found = stepsOfRuns(steps, named);
    deepStrictEqual(named.map((run) => found.get(run)?.key), keys);
  });
}
