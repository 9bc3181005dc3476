import assert from "node:assert/strict";
import type { UserError } from "../../src/core/errors.ts";
import {
  pipelineNamed,
  pipelineOf,
  selectNodes,
  slice,
  type SliceFilter,
  sumOf,
} from "../../src/kedro/select.ts";
import type { NodeSnapshot, PipelineSnapshot } from "../../src/kedro/snapshot.ts";

/** Results of Kedro; see scripts/golden/renew.py. */
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
  Deno.test(`slice() selects nodes as Kedro does in random pipeline ${index}`, () => {
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

  Deno.test(`pipelineOf() sorts nodes as Kedro does in random pipeline ${index}`, () => {
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

/** A filter for the name of a test. */
function shown(filter: SliceFilter): string {
  return Object.entries(filter).map(([name, values]) => `${name} "${values}"`).join(" and ") || "no filter";
}

const ofTwo = pipelineOf([
  { ...node("clean", ["raw"], ["cleaned"]), tags: ["first", "all"] },
  { ...node("train", ["cleaned"], ["model"], "sales.eu"), tags: ["all"] },
]);
const tagged = pipelineOf(
  Array.from({ length: 7 }, (_, at) => ({ ...node(`a${at}`, [], [`b${at}`], `n${at}`), tags: [`t${at}`] })),
);
const INSPECT = "Change or omit the filter; `kedro-azureml inspect` prints all nodes";

for (
  const [pipeline, filter, message, hint, details = []] of [
    [pipelineOf([]), {}, "The pipeline has no nodes", INSPECT],
    [
      ofTwo,
      { tags: ["frist"] },
      'No node of the pipeline has the tag "frist" (did you mean "first"?)',
      "Use one of its tags: all, first",
    ],
    [
      tagged,
      { tags: ["none"] },
      'No node of the pipeline has the tag "none"',
      "Use one of its tags: t0, t1, t2, t3, t4, …",
    ],
    [
      tagged,
      { node_namespaces: ["none"] },
      'Namespace "none" not found in the pipeline',
      'Use one of "n0", "n1", "n2", "n3", "n4", …',
    ],
    [small, { tags: ["a", "b"] }, 'No node of the pipeline has the tag "a" or "b"', INSPECT],
    [small, { from_inputs: ["model"] }, 'No node of the pipeline reads "model"', INSPECT],
    [small, { to_outputs: ["raw"] }, 'No node of the pipeline writes "raw"', INSPECT],
    [
      ofTwo,
      { tags: ["first"], from_nodes: ["sales.eu.train"] },
      "No node of the pipeline matches all filters",
      INSPECT,
      ["tags first: 1 node (clean)", "from_nodes sales.eu.train: 1 node (sales.eu.train)"],
    ],
    [
      ofTwo,
      { tags: ["all", "first"], to_nodes: ["clean"], from_nodes: ["sales.eu.train"] },
      "No node of the pipeline matches all filters",
      INSPECT,
      [
        "tags all,first: 2 nodes (clean, sales.eu.train)",
        "from_nodes sales.eu.train: 1 node (sales.eu.train)",
        "to_nodes clean: 1 node (clean)",
      ],
    ],
    [
      pipelineOf([node("shop.train", [], ["a"]), node("retrain", [], ["b"]), node("trains", [], ["c"])]),
      { node_names: ["train"] },
      'Node "train" not found in the pipeline (did you mean "shop.train"?)',
      "Use node names as `kedro-azureml inspect` prints them",
    ],
    [
      ofTwo,
      { node_names: ["trian"] },
      'Node "trian" not found in the pipeline (did you mean "sales.eu.train"?)',
      "Use node names as `kedro-azureml inspect` prints them",
    ],
    [
      ofTwo,
      { node_namespaces: ["shop"] },
      'Namespace "shop" not found in the pipeline',
      'Use one of "sales", "sales.eu"',
    ],
    [
      pipelineOf([node("a", [], ["b"])]),
      { node_namespaces: ["shop"] },
      'Namespace "shop" not found in the pipeline',
      "Omit the namespace: no node of the pipeline has one",
    ],
  ] as readonly (readonly [PipelineSnapshot, SliceFilter, string, string, string[]?])[]
) {
  Deno.test(`slice() says why no node matches ${shown(filter)} (${pipeline.nodes.length} nodes)`, () => {
    assert.throws(() => slice(pipeline, filter), { message, hint, details });
  });
}

Deno.test("pipelineNamed() lists the known pipelines", () => {
  assert.throws(() => pipelineNamed({ pipelines: { __default__: small, training: small } }, "trainng"), {
    code: "pipeline.unknown",
    message: 'Unknown pipeline "trainng" (did you mean "training"?)',
    details: ["Registered pipelines: __default__, training"],
    data: { pipelines: ["__default__", "training"] },
  });
  assert.throws(() => pipelineNamed({ pipelines: {} }, "a"), { details: ["Registered pipelines: none"] });
  const place = { file: "src/shop/pipelines/prep/pipeline.py", line: 8 };
  const message = 'Kedro left out the pipelines of "shop.pipelines.prep": SyntaxError: invalid syntax';
  const warnings = [{ code: "kedro.pipeline_left_out", message, place }];
  assert.throws(() => pipelineNamed({ pipelines: { fit: small }, warnings }, "prep"), {
    message: `Unknown pipeline "prep". ${message}`,
    place,
  });
});

Deno.test("pipelineOf() omits nodes in a cycle", () => {
  const { nodes } = pipelineOf([node("a", ["c"], ["b"]), node("d", ["b"], ["c"]), node("e", [], ["f"])]);
  assert.deepEqual(nodes.map(({ name }) => name), ["e"]);
});

const PIPELINES = {
  pipelines: { __default__: small, none: pipelineOf([]), other: pipelineOf([node("x", [], ["y"])]) },
};

Deno.test("selectNodes() suggests a pipeline that has the nodes", () => {
  assert.throws(() => selectNodes(PIPELINES, ["other"], { node_names: ["clean"] }), {
    code: "pipeline.unknown_node",
    hint: 'Use pipeline "__default__", which has nodes that match',
  });
  const hintOf = (names: string[], filter: SliceFilter) => {
    try {
      selectNodes(PIPELINES, names, filter);
    } catch (thrown) {
      return (thrown as UserError).hint;
    }
  };
  const close = { pipelines: { ...PIPELINES.pipelines, close: pipelineOf([node("cleam", [], ["y"])]) } };
  assert.throws(() => selectNodes(close, ["close"], { node_names: ["clean"] }), {
    message: 'Node "clean" not found in pipeline "close"',
  });
  assert.doesNotMatch(hintOf(["other"], { node_names: ["nowhere"] }) ?? "", /which has nodes/);
  assert.doesNotMatch(hintOf(["none"], { node_names: [], tags: null }) ?? "", /which has nodes/);
});

Deno.test("selectNodes() names the filters that match no node", () => {
  const filter = (key: string) => `--${key.replace("_", "-")}`;
  const pipelines = { one: ofTwo, two: pipelineOf([node("report", ["model"], [])]) };
  const select = (names: string[], more: SliceFilter) => () =>
    selectNodes({ pipelines }, names, more, { filter });
  assert.throws(select(["one", "two"], { tags: ["first"], node_names: ["report"] }), {
    message: 'No node of pipelines "one" and "two" matches all filters',
    details: ["--tags first: 1 node (clean)", "--node-names report: 1 node (report)"],
  });
  assert.throws(select(["two"], { tags: ["none"] }), {
    message: 'No node of pipeline "two" has the tag "none"',
  });
});

Deno.test("sumOf() rejects two nodes with the same name", () => {
  const add = (...nodes: NodeSnapshot[]) => sumOf([small, pipelineOf(nodes)]).nodes.map(({ name }) => name);
  assert.deepEqual(add(node("clean", ["raw"], ["cleaned"]), node("x", [], ["y"])), [
    "clean",
    "x",
    "sales.train",
  ]);
  for (
    const [other, why] of [
      [node("clean", ["other"], ["cleaned"]), 'they have different nodes with the name "clean"'],
      [node("clean", ["raw"], ["other"]), 'they have different nodes with the name "clean"'],
      [
        { ...node("clean", ["raw"], ["cleaned"]), func: "shop:f" },
        'they have different nodes with the name "clean"',
      ],
      [node("x", [], ["y", "cleaned"]), 'nodes "clean" and "x" both write "cleaned"'],
      [node("x", [], ["model", "cleaned"]), 'nodes "sales.train" and "x" both write "model"'],
    ] as const
  ) {
    const hint = "Run them one after the other";
    assert.throws(() => add(other), { code: "pipeline.no_sum", details: [why], hint });
  }
});
