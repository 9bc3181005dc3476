import { deepStrictEqual as assertEquals, equal, ok } from "node:assert/strict";
import { openWorkspace } from "../../../src/azureml/client/open_workspace.ts";
import {
  createHttpHeaders,
  createPipelineRequest,
  type PipelineResponse,
} from "../../../src/core/net/azure_http.ts";
import { createPace } from "../../../src/azureml/client/pace.ts";
import { CLOUDS } from "../../../src/core/net/clouds.ts";
import { createEmulator } from "../../fakes/emulator.ts";
import { fakeContext } from "../../fakes/context.ts";
import { WORKSPACE } from "../../fakes/seed.ts";

/** A clock on which only sleeping takes time. */
function sleepingClock() {
  let now = Date.parse("2026-03-27T00:00:00Z");
  const sleeps: number[] = [];
  const clock = {
    now: () => new Date(now),
    sleep: async (ms: number) => {
      now += ms;
      sleeps.push(ms);
    },
  };
  return { clock, sleeps };
}

/** A workspace on an emulator that limits requests as Azure does. */
function limitedWorkspace() {
  const { clock, sleeps } = sleepingClock();
  const emulator = createEmulator({ clock, limits: true, seed: { workspaces: [WORKSPACE] } });
  const { random, signal } = fakeContext();
  const workspace = openWorkspace({
    ...{ env: {}, random, signal, clock, cloud: CLOUDS.AzureCloud!, config: WORKSPACE },
    fetch: (request) => emulator.fetch(request),
    tokens: { getToken: async () => ({ token: emulator.issueToken("https://management.azure.com") }) },
  });
  return { workspace, emulator, sleeps };
}

const STORE = {
  properties: { datastoreType: "AzureBlob", accountName: "account", containerName: "container" },
};

Deno.test("openWorkspace() sends 1,000 writes without exceeding Azure's limit", async () => {
  const { workspace, emulator, sleeps } = limitedWorkspace();
  for (let index = 0; index < 1000; index++) {
    await workspace.send({ action: "write", method: "PUT", path: `datastores/d${index}`, body: STORE });
  }
  assertEquals(emulator.requests.filter(({ status }) => status === 429), []);
  equal(emulator.resources("datastores").length, 1000 + 3);
  const waitedMs = sleeps.reduce((sum, one) => sum + one, 0);
  ok(waitedMs > 79_000 && waitedMs < 90_000, `${waitedMs} ms`);
});

Deno.test("openWorkspace() does not slow down 150 writes", async () => {
  const { workspace, sleeps } = limitedWorkspace();
  for (let index = 0; index < 150; index++) {
    await workspace.send({ action: "write", method: "PUT", path: `datastores/d${index}`, body: STORE });
  }
  assertEquals(sleeps, []);
});

/** An answer that names how many requests of a kind are left, if any number. */
function answer(left?: number, kind = "writes"): PipelineResponse {
  const headers = createHttpHeaders(
    left === undefined ? {} : { [`x-ms-ratelimit-remaining-subscription-${kind}`]: String(left) },
  );
  return { status: 201, headers, request: createPipelineRequest({ url: "https://management.azure.com" }) };
}

const pace = (clock: ReturnType<typeof sleepingClock>["clock"]) =>
  createPace({ clock, signal: new AbortController().signal });

for (
  const [method, kind, waitMs] of [
    ["PUT", "writes", 1100],
    ["POST", "writes", 1100],
    ["DELETE", "deletes", 1100],
    ["GET", "reads", 440],
    ["HEAD", "reads", 440],
  ] as const
) {
  Deno.test(`createPace() waits ${waitMs} ms before a ${method} request if no ${kind} are left`, async () => {
    const { clock, sleeps } = sleepingClock();
    const { send } = pace(clock);
    await send(method, async () => answer(0, kind));
    await send(method, async () => answer(0, kind));
    await send(method === "GET" || method === "HEAD" ? "PUT" : "GET", async () => answer());
    assertEquals(sleeps, [waitMs]);
  });
}

Deno.test("createPace() allows ten more writes a second", async () => {
  const { clock, sleeps } = sleepingClock();
  const { send } = pace(clock);
  await send("PUT", async () => answer(10));
  await clock.sleep(10_000);
  for (let index = 0; index < 100; index++) await send("PUT", async () => answer());
  assertEquals(sleeps, [10_000]);
  await send("PUT", async () => answer());
  assertEquals(sleeps, [10_000, 100]);
});
