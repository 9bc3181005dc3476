/** Tells what the clock and the random numbers are after the module that fixes them: run by `fixed_time_test.ts`. */
import "../../../scripts/build/fixed_time.ts";

const part = new Uint8Array(3);
postMessage({
  now: new Date(Date.now()).toISOString(),
  elapsedMs: performance.now(),
  bytes: [...crypto.getRandomValues(new Uint8Array(4))],
  part: (crypto.getRandomValues(part.subarray(1, 2)), [...part]),
  number: Math.random(),
});

declare function postMessage(message: unknown): void;
