import { deepStrictEqual, throws } from "node:assert/strict";
import { distributionOf } from "../../../../src/azureml/job/compile/distribution.ts";
import type { Warning } from "../../../../src/core/errors.ts";
import type { NodeSnapshot } from "../../../../src/kedro/snapshot.ts";
import { node } from "../../../fakes/plain_job.ts";

function distributed(settings: Partial<NonNullable<NodeSnapshot["distributed"]>>): NodeSnapshot {
  const all = { framework: "PyTorch", num_nodes: 2, processes_per_node: null, ...settings };
  return node({ name: "train", inputs: [], outputs: [], distributed: all });
}

for (const count of [0, 1.5, "params:none"]) {
  Deno.test(`distributionOf() rejects ${JSON.stringify(count)} as a number of nodes or processes`, () => {
    for (const settings of [{ num_nodes: count }, { processes_per_node: count }]) {
      throws(() => distributionOf(distributed(settings), {}, () => {}), { code: "compile.distributed" });
    }
  });
}

Deno.test("distributionOf() reads num_nodes from a namespaced parameter", () => {
  const of = (namespace: string | null, parameters: Parameters<typeof distributionOf>[1]) =>
    distributionOf({ ...distributed({ num_nodes: "params:size" }), namespace }, parameters, () => {});
  throws(() => of("ns", { size: 2 }), {
    message: /parameter "ns\.size" does not exist$/,
    data: { parameter: "ns.size", function: "m:f" },
  });
  throws(() => of(null, { size: null }), {
    message: 'Node "train" is not a valid distributed step: "num_nodes" is null; it must be a positive ' +
      "integer or `params:name`",
    hint: "Change `@distributed_job` of m:f, or the parameter that it names",
    data: { parameter: "size", function: "m:f" },
  });
  deepStrictEqual(of("ns", { ns: { size: 2 } })?.instanceCount, 2);
});

Deno.test("distributionOf() warns that TensorFlow ignores processes per node", () => {
  const warnings: Warning[] = [];
  const node = distributed({ framework: "TensorFlow", processes_per_node: 4 });
  distributionOf(node, {}, (warning) => warnings.push(warning));
  deepStrictEqual(warnings, [{
    code: "compile.processes_ignored",
    message: 'Node "train" sets processes_per_node, which has no effect with TensorFlow',
    hint: "Remove `processes_per_node` from its `@distributed_job`",
  }]);
});
