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

Deno.test("emulator runs steps in the order of their dependencies", async () => {
  const { at, states } = await submitted();
  const seen = [];
  for (const ms of [0, 1000, 2000, 3500, 6000, 7500, 10_000]) {
    at(ms);
    seen.push(await states());
  }
  assert.deepEqual(seen, [
    ["NotStarted"],
    ["Preparing"],
    ["Running", "a Queued"],
    ["Running", "a Running"],
    ["Running", "a Completed", "b Queued"],
    ["Running", "a Completed", "b Running"],
    ["Completed", "a Completed", "b Completed"],
  ]);
});

Deno.test("emulator fails a job whose step fails, and serves the log of the step", async () => {
  const { ask, at, states } = await submitted({ outcome: { failingSteps: { a: "ValueError: no rides" } } });
  at(20_000);
  assert.deepEqual(await states(), ["Failed", "a Failed"]);
  const { body: { value: [step] } } = await ask("GET", `${RUNS}/job-1/children`);
  const { body: details } = await ask("GET", `${RUNS}/${step.runId}/details`);
  assert.equal(details.error.error.message, "\nValueError: no rides");
  const url = details.logFiles["user_logs/std_log.txt"];
  const log = await ask("GET", url, { headers: { authorization: null } });
  assert.equal(log.status, 200);
  assert.match(log.body, /ValueError: no rides/);
  const other = await ask("GET", url.replace("std_log.txt", "other.txt"), {
    headers: { authorization: null },
  });
  assert.deepEqual([other.status, other.headers.get("x-ms-error-code")], [403, "AuthenticationFailed"]);
});

Deno.test("emulator cancels a job some time after the request, and rejects a second request", async () => {
  const { ask, at, states } = await submitted();
  at(3500);
  const asked = await ask("POST", `${JOB}/cancel`);
  assert.equal(asked.status, 202);
  const operation = asked.headers.get("location")!;
  assert.equal((await ask("GET", operation)).status, 202);
  assert.deepEqual(await states(), ["CancelRequested", "a Running"]);
  at(4500);
  assert.deepEqual(await states(), ["Canceled", "a Canceled"]);
  assert.ok([200, 204].includes((await ask("GET", operation)).status));
  assert.equal((await ask("POST", `${JOB}/cancel`)).status, 400);
});

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

Deno.test("emulator lists the log of a step among the blobs of the artifact datastore", async () => {
  const { ask, at } = await submitted();
  at(20_000);
  const store = `${ID}/datastores/workspaceartifactstore`;
  const { body: { properties } } = await ask("GET", store);
  const { body: { sasToken } } = await ask("POST", `${store}/listSecrets`, {
    body: { expirableSecret: true, expireAfterHours: 1 },
  });
  const { body: { value: [step] } } = await ask("GET", `${RUNS}/job-1/children`);
  const prefix = `ExperimentRun/dcid.${step.runId}/`;
  const container = `https://${properties.accountName}.blob.core.windows.net/${properties.containerName}`;
  const list = `${container}${sasToken}&restype=container&comp=list&prefix=${encodeURIComponent(prefix)}`;
  const { body } = await ask("GET", list, { headers: { authorization: null } });
  assert.match(body, new RegExp(`<Name>${prefix}user_logs/std_log.txt</Name>`));
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
