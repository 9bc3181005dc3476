import { deepStrictEqual as assertEquals, equal, ok } from "node:assert/strict";
import { openWorkspace } from "../../../../src/azureml/service/client/open_workspace.ts";
import { createPace } from "../../../../src/azureml/service/client/pace.ts";
import { CLOUDS } from "../../../../src/core/clouds/load.ts";
import { createEmulator } from "../../../../src/emulator/emulator.ts";
import { fakeContext } from "../../../fakes/context.ts";
import { WORKSPACE } from "../../../fakes/seed.ts";

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

Deno.test("openWorkspace() paces 1,000 writes so that none is throttled", async () => {
  const { workspace, emulator, sleeps } = limitedWorkspace();
  for (let index = 0; index < 1000; index++) {
    await workspace.send({ action: "write", method: "PUT", path: `datastores/d${index}`, body: STORE });
  }
  assertEquals(emulator.requests.filter(({ status }) => status === 429), []);
  equal(emulator.resources("datastores").length, 1000 + 3);
  const waitedMs = sleeps.reduce((sum, one) => sum + one, 0);
  ok(waitedMs > 79_000 && waitedMs < 90_000, `${waitedMs} ms`);
});

Deno.test("openWorkspace() does not wait while many requests are left", async () => {
  const { workspace, sleeps } = limitedWorkspace();
  for (let index = 0; index < 150; index++) {
    await workspace.send({ action: "write", method: "PUT", path: `datastores/d${index}`, body: STORE });
  }
  assertEquals(sleeps, []);
});

Deno.test("createPace() does not wait if no response names a limit", async () => {
  const { clock, sleeps } = sleepingClock();
  const pace = createPace({ clock, signal: new AbortController().signal });
  for (let index = 0; index < 500; index++) {
    await pace.wait("PUT");
    pace.note("PUT", () => undefined);
  }
  assertEquals(sleeps, []);
});

Deno.test("createPace() waits while other clients use up the limit", async () => {
  const { clock, sleeps } = sleepingClock();
  const pace = createPace({ clock, signal: new AbortController().signal });
  pace.note("PUT", (name) => name.endsWith("subscription-writes") ? "0" : undefined);
  await pace.wait("PUT");
  await pace.wait("GET");
  assertEquals(sleeps, [1100]);
});
