import { deepEqual } from "node:assert/strict";
import { drawnGraph, foldable, namespacesOf } from "../../../src/page/widgets/graph_model.ts";
import type { StepView } from "../../../src/page/view.ts";

const EMPTY = { width: 0, height: 0, at: [], edges: [] };
const CLOSED = { isFolded: true, open: new Set<string>(), withDatasets: false };

function step(key: string, needs: readonly string[] = [], more: Partial<StepView> = {}): StepView {
  const namespace = key.includes(".") ? key.slice(0, key.lastIndexOf(".")) : "";
  return { key, label: key, namespace, needs, inputs: [], outputs: [], facts: [], variables: [], ...more };
}

const STEPS = [
  step("load", [], { status: "Completed", startedAt: 0, endedAt: 1 }),
  step("train.split", ["load"], { status: "Completed", startedAt: 1, endedAt: 2 }),
  step("train.fit", ["train.split"], { status: "Running", startedAt: 2 }),
  step("report", ["train.fit"]),
];

Deno.test("foldable() lists the namespaces with at least two steps", () => {
  deepEqual(foldable([...STEPS, step("score.one")]), ["train"]);
});

Deno.test("drawnGraph() draws a folded namespace as one item with the state of its steps", () => {
  const { items } = drawnGraph(STEPS, EMPTY, CLOSED);
  deepEqual(items.map(({ kind, key, needs }) => [kind, key, needs]), [
    ["step", "load", []],
    ["group", "group:train", ["load"]],
    ["step", "report", ["group:train"]],
  ]);
  const { label, members, status, startedAt, endedAt } = items[1]!;
  deepEqual([label, members, status, startedAt, endedAt], [
    "train",
    ["train.split", "train.fit"],
    "Running",
    1,
    undefined,
  ]);
});

Deno.test("drawnGraph() draws each step of an open namespace, and each step of an unfolded graph", () => {
  const keys = STEPS.map(({ key }) => key);
  const open = drawnGraph(STEPS, EMPTY, { ...CLOSED, open: new Set(["train"]) });
  deepEqual(open.items.map(({ key }) => key), keys);
  const unfolded = drawnGraph(STEPS, EMPTY, { ...CLOSED, isFolded: false });
  deepEqual([unfolded.items.map(({ key }) => key), unfolded.graph], [keys, EMPTY]);
});

Deno.test("drawnGraph() ends a folded namespace when its last step ends", () => {
  const over = STEPS.map((one) => ({ ...one, status: "Completed", endedAt: one.endedAt ?? 9 }));
  deepEqual(drawnGraph(over, EMPTY, CLOSED).items[1]!.endedAt, 9);
  const [, split, fit] = over;
  deepEqual(
    drawnGraph([{ ...split!, status: "Finished" }, fit!], EMPTY, CLOSED).items[0]!.status,
    "Finished",
  );
});

const port = (name: string) => ({ name, type: "uri_folder" });
const WITH_DATA = [
  step("a", [], { outputs: [port("cleaned")], inputs: [{ ...port("seed"), value: "7" }] }),
  step("b", ["a"], {
    inputs: [
      { ...port("cleaned"), from: "a" },
      { ...port("raw"), value: "azureml:raw:1" },
      { ...port("given"), value: "job input given" },
      { ...port("asset"), value: "rides:2" },
      port("other"),
      port("params:rate"),
      port("parameters"),
    ],
  }),
];

Deno.test("drawnGraph() puts datasets between the steps that write and read them", () => {
  const { items } = drawnGraph(WITH_DATA, EMPTY, { ...CLOSED, isFolded: false, withDatasets: true });
  deepEqual(items.map(({ kind, key, needs, members }) => [kind, key, needs, members]), [
    ["step", "a", [], ["a"]],
    ["step", "b", ["dataset:cleaned", "dataset:raw", "dataset:given", "dataset:asset", "dataset:other"], [
      "b",
    ]],
    ["dataset", "dataset:cleaned", ["a"], ["a", "b"]],
    ["dataset", "dataset:raw", [], ["b"]],
    ["dataset", "dataset:given", [], ["b"]],
    ["dataset", "dataset:asset", [], ["b"]],
    ["dataset", "dataset:other", [], ["b"]],
  ]);
});

Deno.test("drawnGraph() leads from a dataset to the step that writes it, also if that comes after a reader", () => {
  const { items } = drawnGraph(WITH_DATA.toReversed(), EMPTY, {
    ...CLOSED,
    isFolded: false,
    withDatasets: true,
  });
  deepEqual(items.find(({ key }) => key === "dataset:cleaned")!.members, ["a", "b"]);
});

Deno.test("drawnGraph() draws a folded namespace with the status of its steps that matters most", () => {
  const order = ["Failed", "Running", "Queued", "Canceled", undefined, "Completed"];
  const steps = order.map((status, at) => step(`n.s${at}`, [], { status })).toReversed();
  const shown = order.slice(0, -1).map((_, at) =>
    drawnGraph(steps.slice(0, order.length - at), EMPTY, CLOSED).items[0]!.status
  );
  deepEqual(shown, order.slice(0, -1));
});

Deno.test("drawnGraph() hides datasets that only steps of a folded namespace use", () => {
  const steps = [
    step("n.a", [], { outputs: [port("inner"), port("outer")] }),
    step("n.b", ["n.a"], { inputs: [{ ...port("inner"), from: "n.a" }] }),
    step("c", ["n.a"], { inputs: [{ ...port("outer"), from: "n.a" }] }),
  ];
  const { items } = drawnGraph(steps, EMPTY, { ...CLOSED, withDatasets: true });
  deepEqual(items.map(({ key }) => key), ["group:n", "c", "dataset:outer"]);
});

Deno.test("drawnGraph() draws a folded namespace with the times of its steps", () => {
  const timesOf = (...times: readonly Partial<StepView>[]) => {
    const steps = times.map((time, at) => step(`n.s${at}`, [], { status: "Completed", ...time }));
    const [group] = drawnGraph(steps, EMPTY, CLOSED).items;
    const { startedAt, endedAt } = (group as unknown as { step: StepView }).step ?? group;
    return [startedAt, endedAt];
  };
  deepEqual(timesOf({}, {}), [undefined, undefined]);
  deepEqual(timesOf({ startedAt: 3, endedAt: 5 }, {}), [3, 5]);
  deepEqual(timesOf({ startedAt: 3, endedAt: 5 }, { startedAt: 1, endedAt: 4 }), [1, 5]);
  deepEqual(timesOf({ startedAt: 3, endedAt: 5 }, { startedAt: 1 }), [1, undefined]);
});

Deno.test("namespacesOf() lists the namespaces of a step, outermost first", () => {
  deepEqual(namespacesOf({ namespace: "a.b", label: "c" }), ["a", "a.b"]);
  deepEqual(namespacesOf({ namespace: undefined, label: "a.b.fit" }), ["a", "a.b"]);
  deepEqual(namespacesOf({ namespace: "", label: "a.fit" }), []);
  deepEqual(namespacesOf({ label: "fit" }), []);
  deepEqual(namespacesOf({ label: "f([a.b]) -> [c]" }), []);
});
