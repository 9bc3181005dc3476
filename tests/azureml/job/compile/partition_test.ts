import { node } from "../../../fakes/plain_job.ts";
import { deepStrictEqual, equal, throws } from "node:assert/strict";
import { partition } from "../../../../src/azureml/job/compile/group_by.ts";
import type { NodeSnapshot } from "../../../../src/kedro/snapshot.ts";
import { pipelineFrom } from "./random_pipeline.ts";
import { compileGrouped } from "./test_job.ts";

const DISTRIBUTED = { distributed: { framework: "PyTorch", num_nodes: 2, processes_per_node: 1 } };

/** Creates a node from `name: inputs -> outputs, tag`. */
function nodeOf(text: string, more: Partial<NodeSnapshot> = {}): NodeSnapshot {
  const [, name, inputs, outputs, tags] = /^(\S+): (.*?)-> ?(.*?)(?:, (.*))?$/.exec(text)!;
  const words = (list = "") => list.split(" ").filter((word) => word !== "");
  return node({
    name: name!,
    inputs: words(inputs),
    outputs: words(outputs),
    tags: words(tags),
    ...more,
  });
}

function stepsOf(nodes: readonly NodeSnapshot[], mode: string) {
  const { spec, warnings } = compileGrouped({ pipeline: pipelineFrom(nodes), catalog: {} }, mode);
  const steps = spec.steps.map(({ node, nodes }) =>
    [node, ...nodes?.map(({ name }) => name) ?? []].join(" ")
  );
  return {
    steps,
    warnings: warnings.map(({ code, message }) => `${code}: ${message}`),
    hints: warnings.map(({ hint }) => hint),
    spec,
  };
}

Deno.test("grouping splits a group that would depend on itself and explains the cycle", () => {
  const nodes = [
    nodeOf("load: -> a, stage.data"),
    nodeOf("train: a -> b"),
    nodeOf("report: b -> c, stage.data"),
    nodeOf("publish: c -> , stage.data"),
  ];
  const { steps, warnings, hints } = stepsOf(nodes, "tag:stage");
  deepStrictEqual(hints, [
    "The job is correct; for fewer steps, give the nodes between the same tag and compute, or those after another tag",
  ]);
  deepStrictEqual(steps, ["load", "train", "data report publish"]);
  deepStrictEqual(warnings, [
    'group.split: Group "data" needs several steps, because one would wait for its own results: load → train → report',
  ]);
});

Deno.test("grouping splits a group that depends on itself through another group", () => {
  const nodes = [
    nodeOf("a: -> x, stage.one"),
    nodeOf("b: x -> , stage.two"),
    nodeOf("c: -> y, stage.two"),
    nodeOf("d: y -> , stage.one"),
  ];
  const { steps, warnings } = stepsOf(nodes, "tag:stage");
  deepStrictEqual(steps, ["a", "two c b", "d"]);
  deepStrictEqual(warnings, [
    'group.split: Group "one" needs several steps, because one would wait for its own results: a → b … c → d',
  ]);
});

Deno.test("grouping explains a split by the first nodes between which data goes around, not by a direct way", () => {
  const [load, more] = [nodeOf("load: -> a, stage.data"), nodeOf("more: -> b, stage.data")];
  const split = (nodes: readonly NodeSnapshot[]) =>
    stepsOf(nodes, "tag:stage").warnings.map((warning) => warning.replace(/.*: /, ""));
  deepStrictEqual(split([load, more, nodeOf("train: a b -> c"), nodeOf("report: c ->, stage.data")]), [
    "load → train → report",
  ]);
  deepStrictEqual(split([load, nodeOf("train: a -> c"), nodeOf("report: a c ->, stage.data")]), [
    "load → train → report",
  ]);
});

Deno.test("grouping joins no nodes on different computes or machines, and counts the steps of a tag", () => {
  const nodes = ["", " gpu", " big"].flatMap((tag, at) => [
    nodeOf(`a${at}: -> x${at}, stage.prep${tag}`),
    nodeOf(`b${at}: x${at} -> y${at}, stage.prep${tag}`),
  ]);
  deepStrictEqual(stepsOf(nodes, "tag:stage").steps, ["prep a0 b0", "prep_2 a1 b1", "prep_3 a2 b2"]);
  const chained = [nodeOf("a: -> x"), nodeOf("b: x -> y, big"), nodeOf("c: y ->, gpu")];
  deepStrictEqual(stepsOf(chained, "chain").steps, ["a", "b", "c"]);
});

Deno.test("grouping all nodes leaves a distributed node alone, also if it comes first", () => {
  const nodes = [nodeOf("train: -> b", DISTRIBUTED), nodeOf("report: b -> c"), nodeOf("publish: c ->")];
  deepStrictEqual(stepsOf(nodes, "all").steps, ["train", "all_on_cpu report publish"]);
});

Deno.test("grouping names steps after their tag, namespace, first and last node, or compute", () => {
  const nodes = [
    nodeOf("prep: -> a, stage.prep"),
    nodeOf("clean: a -> b, stage.prep"),
    nodeOf("fit: b -> c, stage.train"),
    nodeOf("score: c -> d, stage.train"),
    nodeOf("train: d -> e"),
    nodeOf("ns.one: -> g, gpu", { namespace: "ns" }),
    nodeOf("ns.two: g -> h, gpu", { namespace: "ns" }),
  ];
  const groups = (mode: string) => stepsOf(nodes, mode).steps.filter((step) => step.includes(" "));
  deepStrictEqual(groups("tag:stage"), ["prep prep clean", "train_2 fit score"]);
  deepStrictEqual(groups("namespace"), ["ns ns.one ns.two"]);
  deepStrictEqual(groups("chain"), [
    "ns.one_to_ns.two ns.one ns.two",
    "prep_to_train prep clean fit score train",
  ]);
  deepStrictEqual(groups("all"), [
    "all_on_gpu-cluster ns.one ns.two",
    "all_on_cpu prep clean fit score train",
  ]);
});

Deno.test("grouping by namespace takes as many levels of it as the mode says", () => {
  const nodes = [
    nodeOf("eu.clean.one: -> a", { namespace: "eu.clean" }),
    nodeOf("eu.clean.two: a -> b", { namespace: "eu.clean" }),
    nodeOf("eu.train.fit: b -> c", { namespace: "eu.train" }),
  ];
  const sizes = (mode: string) => stepsOf(nodes, mode).steps.map((step) => step.split(" ").slice(1));
  deepStrictEqual(sizes("namespace"), [["eu.clean.one", "eu.clean.two", "eu.train.fit"]]);
  deepStrictEqual(sizes("namespace:2")[0], ["eu.clean.one", "eu.clean.two"]);
  const split = [
    nodeOf("eu.a: -> a", { namespace: "eu" }),
    nodeOf("us.b: a -> b"),
    nodeOf("eu.c: b -> c", { namespace: "eu" }),
  ];
  deepStrictEqual(stepsOf(split, "namespace").hints, [
    "The job is correct; for fewer steps, use one compute on this path, or choose the groups with `tag:PREFIX`",
  ]);
});

Deno.test("grouping shortens the names of chains and replaces characters that Azure ML does not allow", () => {
  const long = "n".repeat(200);
  const nodes = [
    node({ name: "f([a,b]) -> [c]", inputs: ["a", "b"], outputs: ["c"] }),
    nodeOf(`${long}: c ->`),
  ];
  const { spec } = stepsOf(nodes, "chain");
  deepStrictEqual(spec.steps.map(({ node }) => node), [`f_a_b_-_c__to_${"n".repeat(100)}`]);
});

Deno.test("grouping gives a step of one node the same key as without grouping", () => {
  const nodes = [
    nodeOf("load.data: -> a"),
    nodeOf("load_data: -> b, stage.x"),
    nodeOf("next: b -> c, stage.x"),
  ];
  const { spec } = stepsOf(nodes, "tag:stage");
  deepStrictEqual(spec.steps.map(({ key, name }) => [key, name]), [["load_data", "load__data"], ["x", "x"]]);
});

Deno.test("grouping warns if no nodes match its mode", () => {
  const nodes = [nodeOf("a: -> b"), nodeOf("c: b -> d")];
  deepStrictEqual(stepsOf(nodes, "tag:stage").hints, [
    "Use another `--group-by`; `kedro-azureml inspect` prints the tags and namespaces of all nodes",
  ]);
  deepStrictEqual(stepsOf(nodes, "tag:stage").warnings, [
    'group.none: No node has a tag that begins with "stage." or "stage:", so every node has its own step',
  ]);
  deepStrictEqual(stepsOf(nodes, "namespace:2").warnings, [
    "group.none: No node has a namespace, so every node has its own step",
  ]);
  deepStrictEqual(stepsOf([], "all").steps, []);
});

Deno.test("grouping by tag rejects a node with two different tags of the chosen prefix", () => {
  throws(() => stepsOf([nodeOf("a: -> b, stage.one stage.two other")], "tag:stage"), {
    code: "group.two_tags",
    message: 'Node "a" has 2 tags that begin with "stage", so its group is unclear',
    details: ["tags: stage.one, stage.two", "function: m:f"],
    data: { function: "m:f" },
    hint: 'Keep only one of the tags "stage.one" and "stage.two" on the node',
  });
  throws(() => stepsOf([nodeOf("a: -> b, stage.one stage:one stage.two")], "tag:stage"), {
    message: 'Node "a" has 3 tags that begin with "stage", so its group is unclear',
  });
  equal(stepsOf([nodeOf("a: -> b, stage.one stage:one")], "tag:stage").steps.length, 1);
});

Deno.test("grouping by chain does not join deterministic and nondeterministic nodes", () => {
  const nodes = [
    nodeOf("load: -> a"),
    nodeOf("train: a -> b", DISTRIBUTED),
    nodeOf("score: b -> c, deterministic"),
    nodeOf("report: c -> d"),
  ];
  deepStrictEqual(stepsOf(nodes, "chain").steps, ["load", "train", "score", "report"]);
});

Deno.test("grouping by chain ends a chain at a distributed node without a warning", () => {
  const nodes = [
    nodeOf("load: -> a"),
    nodeOf("train: a -> b", DISTRIBUTED),
    nodeOf("report: b -> c"),
  ];
  const { steps, warnings } = stepsOf(nodes, "chain");
  deepStrictEqual(steps, ["load", "train", "report"]);
  deepStrictEqual(warnings.filter((warning) => warning.startsWith("group.split")), []);
});

Deno.test("partition() adds nodes to a step until its command reaches exactly the longest allowed length", () => {
  const nodes = ["a", "b", "c"].map((name) => nodeOf(`${name}: ->`));
  const { parts } = partition({
    nodes,
    dependencies: new Map(nodes.map(({ name }) => [name, new Set<string>()])),
    settingsOf: () => ({ compute: "cpu", instanceType: undefined, isAlone: false, commandBytes: 10 }),
    longestCommandBytes: 20,
  }, { kind: "all" });
  deepStrictEqual(parts.map(({ nodes }) => nodes.map(({ name }) => name)), [["a", "b"], ["c"]]);
});

Deno.test("grouping by chains adds a node to a step that has nodes of which Azure ML reuses no results", () => {
  const nodes = [nodeOf("b: -> x"), nodeOf("c: x -> y, deterministic"), nodeOf("d: y -> ")];
  deepStrictEqual(stepsOf(nodes, "chain").steps, ["b_to_d b c d"]);
});

Deno.test("grouping by tags ignores a tag with nothing after the prefix", () => {
  const nodes = [nodeOf("a: -> x, stage."), nodeOf("b: x -> , stage:")];
  deepStrictEqual(stepsOf(nodes, "tag:stage").steps, ["a", "b"]);
});
