import { deepEqual } from "node:assert/strict";
import { behaviorOf } from "../../../src/app/emulator/use.ts";

Deno.test("behaviorOf() sets no preparation delay for real steps", () => {
  const run = { folder: "/runs", bin: "/bin", parallelSteps: 1, data: {} };
  deepEqual([behaviorOf({}), behaviorOf({ run })].map(({ pace }) => pace?.prepareMs), [1000, 0]);
});

Deno.test("behaviorOf() passes on how the emulator behaves, and lets the given steps fail", () => {
  deepEqual(behaviorOf({ fail: ["a", "b"], acceptAny: true }), {
    acceptAny: true,
    pace: { prepareMs: 1000, stepMs: 1500, parallelSteps: 2, cancelMs: 500, scheduleMs: 500 },
    outcome: { failingSteps: { a: "This step was told to fail.", b: "This step was told to fail." } },
  });
});
