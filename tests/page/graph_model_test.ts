import { deepEqual, equal } from "node:assert/strict";
import { withStates } from "../../src/page/client/workbench.tsx";
import { firstGraph, groupName, nodesOf } from "../../src/page/graph_model.ts";
import type { StepView } from "../../src/page/view.ts";

const CLOSED = { open: new Set<string>(), withDatasets: false };
/** What is drawn of steps, with their states. */
const itemsOf = (steps: readonly StepView[]) => withStates(nodesOf(steps, CLOSED), steps);

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

Deno.test("graph draws a folded namespace as one node", () => {
  const items = itemsOf([...STEPS, step("score.one")]);
  deepEqual(items.map(({ kind, key, needs }) => [kind, key, needs]), [
    ["step", "load", []],
    ["group", "group:train", ["load"]],
    ["step", "report", ["group:train"]],
    ["step", "score.one", []],
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

const BRANCHES = [10, 9, 2, 1, 3, 4, 5, 6].map((at) => step(`b${at}`, ["split"]));
const WIDE = [
  step("split"),
  ...BRANCHES,
  step("other", ["split"]),
  step("end", BRANCHES.map(({ key }) => key)),
];

Deno.test("graph folds numbered steps with the same neighbors", () => {
  const nodes = nodesOf(WIDE, CLOSED);
  deepEqual(nodes.map(({ key, name, needs, members }) => [key, name, needs, members.length]), [
    ["split", "split", [], 1],
    ["other", "other", ["split"], 1],
    ["end", "end", ["siblings:b1"], 1],
    ["siblings:b1", "b1 … b10", ["split"], 8],
  ]);
  const open = new Set(["siblings:b1"]);
  deepEqual(nodesOf(WIDE, { ...CLOSED, open }).filter(({ boxes }) => boxes.length > 0).length, 8);
  equal(groupName("siblings:b1", nodesOf(WIDE, { ...CLOSED, open })), "b1 … b10");
  equal(nodesOf(WIDE.filter(({ key }) => key !== "b10"), CLOSED).length, 10, "they are few");
  const alone = Array.from({ length: 20 }, (_, at) => step(`s${at}`));
  equal(nodesOf(alone, CLOSED).length, 20, "they need nothing, so they are no long row");
});

Deno.test("graph folds parallel chains between two steps", () => {
  const chains = (first: readonly string[]) =>
    Array.from({ length: 58 }, (_, at) => [step(`clean_${at}`, first), step(`fit_${at}`, [`clean_${at}`])])
      .flat();
  const folded = nodesOf([step("split"), ...chains(["split"])], CLOSED);
  deepEqual(folded.map(({ name, needs }) => [name, needs]), [
    ["split", []],
    ["clean_0 … clean_57", ["split"]],
    ["fit_0 … fit_57", ["siblings:clean_0"]],
  ]);
  equal(nodesOf(chains([]), CLOSED).length, 116);
});

Deno.test("graph of more than 40 steps folds its namespaces", () => {
  const steps = (count: number) =>
    Array.from(
      { length: count },
      (_, at) => step(`all.part_${at % 4}.s${at}`, at === 0 ? [] : ["all.part_0.s0"]),
    );
  deepEqual(firstGraph(steps(40)).open!.length, 5);
  deepEqual(firstGraph(steps(41)).open, ["group:all"]);
  deepEqual(firstGraph(steps(41), "all.part_2.s6").open!.slice(0, 2), ["group:all", "group:all.part_2"]);
});

Deno.test("graph shows the duration of a folded namespace", () => {
  const timesOf = (...times: readonly Partial<StepView>[]) => {
    const steps = times.map((time, at) => step(`n.s${at}`, [], { status: "Completed", ...time }));
    const { startedAt, endedAt } = itemsOf(steps)[0]!;
    return [startedAt, endedAt];
  };
  deepEqual(timesOf({}, {}), [undefined, undefined]);
  deepEqual(timesOf({ startedAt: 3, endedAt: 5 }, {}), [3, 5]);
  deepEqual(timesOf({ startedAt: 3, endedAt: 5 }, { startedAt: 1, endedAt: 4 }), [1, 5]);
  deepEqual(timesOf({ startedAt: 3, endedAt: 5 }, { startedAt: 1 }), [1, undefined]);
});
