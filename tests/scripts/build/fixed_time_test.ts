import { deepEqual } from "node:assert/strict";

/** What a Worker that has a fixed clock and fixed random numbers sees. */
async function seen(): Promise<unknown> {
  const worker = new Worker(new URL("fixed_time_worker.ts", import.meta.url), { type: "module" });
  try {
    return await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => reject(new Error(event.message));
    });
  } finally {
    worker.terminate();
  }
}

Deno.test("the Kedro image is built with the same clock and random numbers", async () => {
  const [first, second] = [await seen(), await seen()];
  deepEqual(first, second);
  // The lowest bytes of what `minstd_rand` of C++ returns.
  deepEqual(first, {
    now: "2020-01-01T00:00:00.000Z",
    elapsedMs: 0,
    bytes: [143, 226, 70, 125],
    part: [0, 241, 0],
    number: 35 / 256,
  });
});
