import { deepEqual, equal, ok } from "node:assert/strict";
import { createEmulatorPage } from "../../../src/app/emulator/page.ts";
import { loadCloud } from "../../../src/core/net/clouds.ts";
import { newPageKey } from "../../../src/core/net/cloud_hosts.ts";
import { fakeContext } from "../../fakes/context.ts";
import { createClient, ID, job, register } from "../../emulator/two_steps.ts";
import { browserTest } from "./chromium.ts";

/** Serves an emulator on the loopback interface, on a clock that a test advances. */
async function serve() {
  let now = Date.parse("2026-02-03T04:05:06Z");
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => await page(request) ?? await client.emulator.fetch(request),
  );
  const origin = `http://127.0.0.1:${server.addr.port}`;
  const clock = { now: () => new Date(now), sleep: async () => {} };
  const client = createClient({
    origin,
    clock,
    pace: { prepareMs: 1000, stepMs: 40_000 },
  });
  const { emulator } = client;
  const env = { ARM_CLOUD_METADATA_URL: `${origin}/metadata/endpoints?api-version=2019-05-01` };
  const ctx = { ...fakeContext({ env, fetch: emulator.fetch }), clock };
  const page = createEmulatorPage({ ...ctx, emulator, cloud: await loadCloud(ctx) });
  await register(client);
  return {
    origin,
    /** What a link to a run ends with; it works once. */
    get key() {
      return `&key=${newPageKey(emulator.identity.secret, origin, ctx.random)}`;
    },
    submit: (name: string) => client.ask("PUT", `${ID}/jobs/${name}`, { body: job() }),
    advance: (ms: number) => void (now += ms),
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

browserTest(
  "emulator page follows a new job to its end",
  async (open) => {
    await using emulator = await serve();
    const { page, problems, requests } = await open(`${emulator.origin}/?${emulator.key.slice(1)}`);
    await page.locator("text=No jobs yet").waitFor();
    equal((await emulator.submit("first")).status, 201);
    await page.locator("tbody a").click();
    await page.locator(".canvas").waitFor();
    equal(await page.locator(".node.waiting").count(), 2);

    emulator.advance(12_000);
    await page.locator(".node.running").waitFor();
    await page.locator("[role=status]", { hasText: "Step a: Running" }).waitFor();
    await page.locator(".node.running").click();
    equal(await page.textContent(".panel h2"), "a");
    await page.locator(".line", { hasText: "Running node: a" }).waitFor();
    const before = await page.locator(".line").count();
    emulator.advance(5000);
    await page.locator(".line", { hasText: "a has run for 5 s" }).waitFor();
    ok(await page.locator(".line").count() > before);

    emulator.advance(200_000);
    await page.locator(".headline .status.completed").waitFor();
    await page.locator(".line", { hasText: "completed successfully" }).waitFor();
    equal(await page.locator(".node.completed").count(), 2);
    equal(await page.locator(".live").count(), 0);
    deepEqual(problems, []);
    ok(requests.every((url) => url.startsWith(`${emulator.origin}/`)), requests.join("\n"));
  },
);

browserTest("emulator page reconnects after the network was lost", async (open) => {
  await using emulator = await serve();
  await emulator.submit("first");
  const { page } = await open(`${emulator.origin}/runs/first?wsid=${ID}${emulator.key}`);
  await page.context().setOffline(true);
  await page.locator(".live.failed", { hasText: "Lost contact: The server does not answer" }).waitFor();
  emulator.advance(12_000);
  await page.context().setOffline(false);
  await page.locator(".node.running").waitFor();
  equal(await page.locator(".live").textContent(), "Live");

  await page.fill(".filter input", "running node: a");
  equal(await page.locator(".filter [role=status]").textContent(), "0 of 2");
  await page.click("text=Search the logs, too");
  await page.locator(".filter [role=status]", { hasText: "1 of 2" }).waitFor();
  await page.fill(".filter input", "running node: b");
  await page.locator(".filter [role=status]", { hasText: "0 of 2" }).waitFor();
});

browserTest("emulator page shows that it lost contact with a stopped emulator", async (open) => {
  const emulator = await serve();
  await emulator.submit("first");
  const { page } = await open(`${emulator.origin}/runs/first?wsid=${ID}${emulator.key}`);
  await page.locator(".live").waitFor();
  await emulator[Symbol.asyncDispose]();
  await page.locator(".live.failed", { hasText: "Lost contact" }).waitFor();
});
