import { deepStrictEqual, equal } from "node:assert/strict";
import { componentName, portName, stepKey, uniqueNames } from "../../../src/azureml/job/names.ts";

/** Keys that the plugin gives the nodes of project `oddities`. */
const keys: readonly (readonly [string, string])[] = [
  ["Load.Data.v2", "load_data_v2"],
  ["score-model", "score_model"],
  ["_lead.ing__", "lead_ing"],
  ["partial(merge)__14b5e667", "partial_merge_14b5e667"],
  ["Élan", "élan"],
  ["1st_step", "n1st_step"],
  ["---", "n"],
];

for (const [node, key] of keys) {
  Deno.test(`stepKey() returns ${key} for node ${node}`, () => equal(stepKey(componentName(node)), key));
}

Deno.test("portName() lowercases a name and replaces characters other than a-z, 0-9 and _", () => {
  equal(portName("params:outer.inner.Options-1"), "params_outer_inner_options_1");
  equal(portName("été"), "_t_");
});

Deno.test("uniqueNames() adds a number to each name that collides with an earlier name", () => {
  const names = uniqueNames(["x-y", "x_y", "x.y", "x-y", "x_y_1"], portName);
  deepStrictEqual([...names], [["x-y", "x_y"], ["x_y", "x_y_1"], ["x.y", "x_y_2"], ["x_y_1", "x_y_1_1"]]);
});
