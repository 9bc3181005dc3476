import { deepStrictEqual } from "node:assert/strict";
import { openBoard } from "../../src/app/step_board.ts";
import type { StepRun } from "../../src/azureml/service/history/run_history.ts";

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

Deno.test("openBoard() appends new steps when the steps are listed again", () => {
  const board = openBoard([STEP]);
  const steps = [STEP, { ...STEP, key: "fit", label: "fit" }];
  board.take({ type: "steps", job: "j", steps } as Parameters<typeof board.take>[0]);
  deepStrictEqual(board.steps().map(({ key, status }) => [key, status]), [["prep", "Waiting"], [
    "fit",
    "Waiting",
  ]]);
});

Deno.test("openBoard() ignores nodes of a step that the board does not have", () => {
  const board = openBoard([STEP]);
  const before = board.steps();
  board.take({ type: "node", job: "j", step: "fit", key: "fit", node: { name: "a", status: "Running" } });
  deepStrictEqual(board.steps(), before);
});
