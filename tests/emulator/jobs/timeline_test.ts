import { deepEqual, equal } from "node:assert/strict";
import { jobStatus, planTimeline, stepStatus } from "../../../src/emulator/jobs/run_state.ts";

const JOB = { preparedAt: 10, runningAt: 20, endedAt: 90, end: "Completed" } as Parameters<
  typeof jobStatus
>[0];
const CANCELED: typeof JOB = { ...JOB, cancelAskedAt: 50, end: "Canceled" };
const STEP = { step: "a", queuedAt: 10, startedAt: 20, endedAt: 30, end: "Failed" } as Parameters<
  typeof stepStatus
>[0];
const QUEUED = { ...STEP, startedAt: undefined } as unknown as typeof STEP;

for (
  const [timeline, now, status] of [
    [JOB, 9, "NotStarted"],
    [JOB, 10, "Preparing"],
    [JOB, 20, "Running"],
    [JOB, 89, "Running"],
    [JOB, 90, "Completed"],
    [CANCELED, 49, "Running"],
    [CANCELED, 50, "CancelRequested"],
    [CANCELED, 90, "Canceled"],
  ] as const
) {
  Deno.test(`jobStatus() returns ${status} at time ${now} for a job that ends as ${timeline.end}`, () => {
    equal(jobStatus(timeline, now), status);
  });
}

for (
  const [step, now, status] of [
    [STEP, 9, undefined],
    [STEP, 10, "Queued"],
    [STEP, 19, "Queued"],
    [STEP, 20, "Running"],
    [STEP, 29, "Running"],
    [STEP, 30, "Failed"],
    [QUEUED, 29, "Queued"],
  ] as const
) {
  Deno.test(`stepStatus() returns ${status} at time ${now} for a step that ${step === STEP ? "starts at time 20" : "never starts"}`, () => {
    equal(stepStatus(step, now), status);
  });
}

Deno.test("planTimeline() ignores a request to cancel a job that an earlier failure has stopped", () => {
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
