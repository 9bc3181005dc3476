import assert from "node:assert/strict";
import type { EmulatorOptions } from "../../fakes/emulator.ts";
import { createClient, ID, job, register } from "../two_steps.ts";

const JOB = `${ID}/jobs/job-1`;
const RUNS = `https://eastus.api.azureml.ms/history/v1.0${ID}/runs`;
const PACE = { prepareMs: 2000, stepMs: 4000, parallelSteps: 2, cancelMs: 1000 };

/** Submits the job and returns functions to read its status at any later time. */
async function submitted(options: EmulatorOptions = {}) {
  const start = Date.parse("2026-01-01T00:00:00Z");
  let now = start;
  const client = createClient({
    clock: { now: () => new Date(now), sleep: async () => {} },
    pace: PACE,
    ...options,
  });
  await register(client);
  await client.ask("PUT", JOB, { body: job() });
  const at = (ms: number) => void (now = start + ms);
  const states = async () => {
    const { body } = await client.ask("GET", `${RUNS}/job-1/children`);
    const steps = body.value.map((one: Record<string, string>) => `${one.displayName} ${one.status}`);
    return [(await client.ask("GET", JOB)).body.properties.status, ...steps];
  };
  return { ...client, at, states };
}

Deno.test("emulator with faults throttles one request, and cuts a connection after handling its request", async () => {
  const client = createClient({
    faults: [
      { method: "PUT", url: /\/jobs\//, happens: { kind: "throttle", retryAfterSeconds: 7 } },
      { method: "PUT", url: /\/jobs\//, after: 0, happens: { kind: "cut", afterServer: true } },
    ],
  });
  await register(client);
  const throttled = await client.ask("PUT", JOB, { body: job() });
  assert.deepEqual([throttled.status, throttled.headers.get("retry-after")], [429, "7"]);
  assert.equal((await client.ask("GET", JOB)).status, 404);
  await assert.rejects(client.ask("PUT", JOB, { body: job() }), TypeError);
  assert.equal((await client.ask("GET", JOB)).status, 200);
});

Deno.test("emulator by default starts a job after 2 seconds, runs a step for 3, and cancels after 1", async () => {
  const { ask, at, states } = await submitted({ pace: {} });
  const seen: Record<number, string> = {};
  for (const ms of [999, 1000, 1999, 2000, 2749, 2750, 4999, 5000]) {
    at(ms);
    seen[ms] = (await states()).join(", ");
  }
  assert.deepEqual(seen, {
    999: "NotStarted",
    1000: "Preparing",
    1999: "Preparing",
    2000: "Running, a Queued",
    2749: "Running, a Queued",
    2750: "Running, a Running",
    4999: "Running, a Running",
    5000: "Running, a Completed, b Queued",
  });
  await ask("POST", `${JOB}/cancel`);
  at(5999);
  assert.equal((await states())[0], "CancelRequested");
  at(6000);
  assert.equal((await states())[0], "Canceled");
});
