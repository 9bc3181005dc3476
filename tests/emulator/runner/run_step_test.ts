import assert from "node:assert/strict";
import { limitToMs } from "../../../src/emulator/runner/runner.ts";
import { readUsage } from "../../../src/emulator/runner/command.ts";
import { fakeContext } from "../../fakes/context.ts";

Deno.test("time limits are ISO 8601 durations or seconds", () => {
  assert.equal(limitToMs("PT1H30M"), 5_400_000);
  assert.equal(limitToMs("P1DT0.5S"), 86_400_500);
  assert.equal(limitToMs("90"), 90_000);
  assert.equal(limitToMs(90), 90_000);
  assert.equal(limitToMs(1.5), 1500);
  assert.deepEqual(["soon", null, undefined].map(limitToMs), [undefined, undefined, undefined]);
});

Deno.test("a step's usage has the largest memory of its processes", async () => {
  const usage = (peakBytes: number, cpuMs: number) => JSON.stringify({ peakBytes, cpuMs });
  const { fs } = fakeContext({
    files: { "/a/usage/0.txt": usage(10, 5), "/a/usage/1.txt": usage(30, 7), "/a/usage/2.txt": usage(20, 1) },
  });
  assert.deepEqual(await readUsage(fs, "/a"), { peakBytes: 30, cpuMs: 13 });
});
