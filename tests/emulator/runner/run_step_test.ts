import assert from "node:assert/strict";
import { durationMs } from "../../../src/emulator/runner/run_step.ts";

Deno.test("durationMs() reads ISO 8601 durations and seconds", () => {
  assert.equal(durationMs("PT1H30M"), 5_400_000);
  assert.equal(durationMs("P1DT0.5S"), 86_400_500);
  assert.equal(durationMs("90"), 90_000);
  assert.equal(durationMs(90), 90_000);
  assert.deepEqual(["soon", null, undefined].map(durationMs), [undefined, undefined, undefined]);
});
