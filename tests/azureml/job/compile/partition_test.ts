import { node } from "../../../fakes/plain_job.ts";
import { deepStrictEqual, equal, throws } from "node:assert/strict";

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

Deno.test("grouping splits a group that would wait for itself", () => {
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

Deno.test("grouping splits two groups that wait for each other", () => {
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

Deno.test("grouping does not join nodes on different computes", () => {
  const nodes = ["", " gpu", " big"].flatMap((tag, at) => [
    nodeOf(`a${at}: -> x${at}, stage.prep${tag}`),
    nodeOf(`b${at}: x${at} -> y${at}, stage.prep${tag}`),
  ]);
  deepStrictEqual(stepsOf(nodes, "tag:stage").steps, ["prep a0 b0", "prep_2 a1 b1", "prep_3 a2 b2"]);
  const chained = [nodeOf("a: -> x"), nodeOf("b: x -> y, big"), nodeOf("c: y ->, gpu")];
  deepStrictEqual(stepsOf(chained, "chain").steps, ["a", "b", "c"]);
});

Deno.test("grouping by namespace:2 separates namespaces of the second level", () => {
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

Deno.test("grouping by tag rejects a node with two matching tags", () => {
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

Deno.test("grouping by chain does not join deterministic with other nodes", () => {
  const nodes = [
    nodeOf("load: -> a"),
    nodeOf("train: a -> b", DISTRIBUTED),
    nodeOf("score: b -> c, deterministic"),
    nodeOf("report: c -> d"),
  ];
  deepStrictEqual(stepsOf(nodes, "chain").steps, ["load", "train", "score", "report"]);
});
