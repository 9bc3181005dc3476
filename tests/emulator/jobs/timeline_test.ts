import { deepEqual } from "node:assert/strict";
import { planTimeline } from "../../../src/emulator/jobs/simulated_timeline.ts";

Deno.test("emulator ignores a cancellation after a failure", () => {
  const endAt = (cancelAskedAt: number) => {
    const { end, endedAt } = planTimeline({
      submittedAt: 0,
      needs: new Map([["a", []], ["b", []]]),
      pace: { prepareMs: 10, stepMs: 20, parallelSteps: 1, cancelMs: 5, scheduleMs: 1 },
      outcome: {},
      failing: new Set(["a"]),
      stopsAtFailure: true,
      cancelAskedAt,
    });
    return [end, endedAt];
  };
  deepEqual([endAt(29), endAt(30), endAt(40)], [["Canceled", 34], ["Failed", 30], ["Failed", 30]]);
});
