import { deepStrictEqual } from "node:assert/strict";
import { openBoard } from "../../../src/azureml/runs/follow.ts";
import type { StepRun } from "../../../src/azureml/runs/history.ts";

const STEP = { key: "prep", label: "prep", compute: "cpu", needs: [], nodes: ["a", "b", "c"] };
const RUN: StepRun = {
  id: "r1",
  step: "prep",
  status: "Running",
  compute: "cpu",
  createdAt: new Date(0),
  startedAt: new Date(0),
  endedAt: undefined,
  names: ["prep"],
  experimentId: undefined,
  parent: undefined,
};

Deno.test("openBoard() keeps the state of a step when the steps are listed again", () => {
  const board = openBoard([]);
  const list = () =>
    board.take({ type: "steps", job: "j", steps: [STEP] } as Parameters<typeof board.take>[0]);
  list();
  board.take({ type: "step", job: "j", run: RUN, key: "prep" });
  board.take({ type: "status", job: "j", status: "Running" } as Parameters<typeof board.take>[0]);
  list();
  deepStrictEqual([board.status(), board.steps().map(({ status }) => status)], ["Running", ["Running"]]);
});

Deno.test("openBoard() keeps the status of each node of a step", () => {
  const board = openBoard([STEP]);
  const statuses = () => board.steps()[0]!.nodes!.map(({ status }) => status);
  const node = (name: string, status: "Running" | "Completed") =>
    board.take({ type: "node", job: "j", step: "prep", key: "prep", node: { name, status } });
  deepStrictEqual(statuses(), ["Waiting", "Waiting", "Waiting"]);
  board.take({ type: "step", job: "j", run: RUN, key: "prep" });
  node("a", "Running");
  node("a", "Completed");
  node("b", "Running");
  node("unknown", "Running");
  deepStrictEqual(statuses(), ["Completed", "Running", "Waiting"]);
  board.take({
    type: "step",
    job: "j",
    run: { ...RUN, status: "Failed", endedAt: new Date(1) },
    key: "prep",
  });
  deepStrictEqual(statuses(), ["Completed", "Failed", "Waiting"]);
  board.take({
    type: "step",
    job: "j",
    run: { ...RUN, status: "Completed", endedAt: new Date(1) },
    key: "prep",
  });
  deepStrictEqual(statuses(), ["Completed", "Completed", "Completed"]);
});

Deno.test("openBoard() returns the details of each step, and NotRun after the end", () => {
  const board = openBoard([{ ...STEP, needs: ["load"] }, {
    ...STEP,
    key: "fit",
    label: "fit it",
    needs: ["prep"],
    nodes: ["d"],
  }]);
  const usage = { peakBytes: 1, cpuMs: 2 };
  const run = { ...RUN, status: "Failed", compute: undefined, endedAt: new Date(1), usage };
  board.take({ type: "step", job: "j", key: "prep", run });
  const failure = { message: "It failed", logTail: undefined, logName: undefined };
  board.take({ type: "failure", job: "j", run, failure });
  const fit = {
    ...{ key: "fit", label: "fit it", status: "Waiting", compute: "cpu", needs: ["prep"] },
    ...{ startedAt: undefined, endedAt: undefined, nodes: [{ name: "d", status: "Waiting" }] },
  };
  const prep = {
    ...{ key: "prep", label: "prep", status: "Failed", compute: "cpu", needs: ["load"], usage },
    ...{ startedAt: new Date(0), endedAt: new Date(1), reason: "It failed" },
    nodes: ["a", "b", "c"].map((name) => ({ name, status: "Waiting" })),
  };
  deepStrictEqual([board.steps(), board.status(), board.durationMs(), board.metrics()], [
    [prep, fit],
    "",
    undefined,
    [],
  ]);
  board.take({
    type: "failure",
    job: "j",
    run,
    failure: { ...failure, cause: { error: "ValueError: no", exception: "" } },
  });
  const metrics = [{ step: "prep", name: "mae", value: 1 }];
  board.take({ type: "metrics", job: "j", metrics });
  board.take({ type: "end", job: "j", status: "Failed", durationMs: 5000 });
  deepStrictEqual([board.steps(), board.status(), board.durationMs(), board.metrics()], [
    [{ ...prep, reason: "ValueError: no" }, { ...fit, status: "NotRun" }],
    "Failed",
    5000,
    metrics,
  ]);
});

Deno.test("openBoard() knows a step by the id of its run if its key is not known", () => {
  const board = openBoard();
  board.take({ type: "step", job: "j", key: undefined, run: RUN });
  const failure = { message: "It failed", logTail: undefined, logName: undefined };
  board.take({ type: "failure", job: "j", run: RUN, failure });
  deepStrictEqual(board.steps().map(({ key, label, needs, reason }) => [key, label, needs, reason]), [
    ["r1", "prep", [], "It failed"],
  ]);
});
