import { deepEqual, equal } from "node:assert/strict";
import { planTimeline, stepStatus } from "../../../src/emulator/jobs/run_state.ts";
const STEP = { step: "a", queuedAt: 10, startedAt: 20, endedAt: 30, end: "Failed" } as Parameters<
  typeof stepStatus
>[0];
const QUEUED = { ...STEP, startedAt: undefined } as unknown as typeof STEP;

Deno.test("planTimeline() ignores a cancellation after a failure", () => {
  const endAt = (cancelAskedAt: number) => {
    const { end, endedAt } = planTimeline({
      submittedAt: 0,
      needs: new Map([["a", []], ["b", []]]),
      pace: { prepareMs: 10, stepMs: 20, parallelSteps: 1, cancelMs: 5, scheduleMs: 1 },
      outcome: {},
      failing: new Set(["a"]),
      reused: new Set(),
      stopsAtFailure: true,
      cancelAskedAt,
    });
    return [end, endedAt];
  };
  deepEqual([endAt(29), endAt(30), endAt(40)], [["Canceled", 34], ["Failed", 30], ["Failed", 30]]);
});

Deno.test("stepStatus() returns Preparing before a step starts, for as long as it prepares", () => {
  const statuses = [13, 14, 19, 20, 30].map((now) => stepStatus(STEP, now, 6));
  deepEqual(statuses, ["Queued", "Preparing", "Preparing", "Running", "Failed"]);
  equal(stepStatus(QUEUED, 29, 6), "Queued");
});
