import assert from "node:assert/strict";
import type { UserError } from "../../src/core/errors.ts";
import { pipelineNamed } from "../../src/kedro/select_nodes.ts";
import { slice, type SliceFilter } from "../../src/kedro/slice.ts";
import type { NodeSnapshot, PipelineSnapshot } from "../../src/kedro/snapshot.ts";
import { pipelineOf } from "../../src/kedro/toposort.ts";

/** Results of Kedro; see scripts/golden/slices.py. */
interface GoldenCase {
  readonly pipeline: PipelineSnapshot;
  readonly filters: readonly (readonly [
    SliceFilter,
    { nodes: string[]; inputs: string[]; outputs: string[] } | { error: string },
  ])[];
}

/** Our error code for each error of Kedro. */
const ERRORS: readonly (readonly [RegExp, string])[] = [
  [/does not contain nodes named/, "pipeline.unknown_node"],
  [/does not contain datasets named/, "pipeline.unknown_dataset"],
  [/nodes with the following namespaces/, "pipeline.unknown_namespace"],
  [/must have unique names/, "pipeline.repeated_node"],
  [/contains no nodes after applying/, "pipeline.empty"],
];

const cases = JSON.parse(
  await Deno.readTextFile(new URL("../golden/slices.json", import.meta.url)),
) as readonly GoldenCase[];

for (const [index, { pipeline, filters }] of cases.entries()) {
  Deno.test(`slice() filters random pipeline ${index} as Kedro does`, () => {
    for (const [filter, expected] of filters) {
      const about = JSON.stringify(filter);
      if ("error" in expected) {
        const code = ERRORS.find(([pattern]) => pattern.test(expected.error))?.[1];
        assert.throws(
          () => slice(pipeline, filter),
          (thrown: UserError) => (assert.equal(thrown.code, code, about), true),
        );
      } else {
        const { nodes, inputs, outputs } = slice(pipeline, filter);
        assert.deepEqual({ nodes: nodes.map((node) => node.name), inputs, outputs }, expected, about);
      }
    }
  });

  Deno.test(`pipelineOf() orders random pipeline ${index} as Kedro does`, () => {
    assert.deepEqual(pipelineOf(pipeline.nodes.toReversed()), pipeline);
  });
}

const node = (
  name: string,
  inputs: string[],
  outputs: string[],
  namespace: string | null = null,
): NodeSnapshot => ({
  name: namespace === null ? name : `${namespace}.${name}`,
  short_name: name,
  func: "shop:same",
  inputs,
  outputs,
  tags: [],
  namespace,
  depends_on: [],
  distributed: null,
});

const small = pipelineOf([
  node("clean", ["raw"], ["cleaned"]),
  node("train", ["cleaned"], ["model"], "sales"),
]);

const mistakes: readonly { filter: SliceFilter; code: string; message: RegExp }[] = [
  { filter: { node_names: ["cleam"] }, code: "pipeline.unknown_node", message: /did you mean "clean"/ },
  {
    filter: { from_nodes: ["train"] },
    code: "pipeline.unknown_node",
    message: /did you mean "sales\.train"/,
  },
  { filter: { to_outputs: ["modek"] }, code: "pipeline.unknown_dataset", message: /did you mean "model"/ },
  {
    filter: { node_namespaces: ["sale"] },
    code: "pipeline.unknown_namespace",
    message: /did you mean "sales"/,
  },
  {
    filter: { tags: ["none"] },
    code: "pipeline.empty",
    message: /No node of the pipeline has the tag "none"/,
  },
];

for (const { filter, code, message } of mistakes) {
  const shown = Object.entries(filter).map(([name, values]) => `${name} "${values}"`).join(" and ");
  Deno.test(`slice() throws ${code} for ${shown}`, () => {
    assert.throws(() => slice(small, filter), { code, message });
  });
}

Deno.test("slice() with null and empty filters returns the whole pipeline", () => {
  assert.deepEqual(slice(small, { tags: null, node_names: [] }), small);
});

Deno.test("pipelineNamed() lists the known pipelines in its error", () => {
  assert.throws(() => pipelineNamed({ pipelines: { __default__: small, training: small } }, "trainng"), {
    code: "pipeline.unknown",
    message: 'Unknown pipeline "trainng" (did you mean "training"?)',
    details: ["Registered pipelines: __default__, training"],
  });
});
