import assert from "node:assert/strict";
import { SIGNED_IN } from "../../fakes/seed.ts";
import { makeWorld, type World } from "../world.ts";

/** Runs `doctor` with a workspace that has `discoveryUrl`, and returns the checks by id. */
async function checksWith(
  discoveryUrl: string | undefined,
): Promise<Record<string, { readonly status: string }>> {
  const world: World = makeWorld({
    fetch: async (request) => {
      const response = await world.azure.fetch(request);
      if (!/\/workspaces\/[^/]+$/.test(new URL(request.url).pathname)) return response;
      const { properties, ...rest } = await response.json();
      return Response.json({ ...rest, properties: { ...properties, discoveryUrl } });
    },
  });
  await world.kedroAzureml("doctor --json");
  const { checks } = JSON.parse(world.ctx.stdout());
  return Object.fromEntries(checks.map(({ id, ...check }: { id: string }) => [id, check]));
}

for (const [what, url] of [["no address", undefined], ["an address that is no URL", "eastus"]] as const) {
  Deno.test(`doctor skips the run history of a workspace with ${what}, and checks its storage`, async () => {
    const { workspace, history, storage } = await checksWith(url);
    assert.deepEqual([workspace, history, storage].map((one) => one?.status), ["ok", "skipped", "ok"]);
  });
}

Deno.test("doctor ends at Ctrl+C while it waits for a host that does not answer", async () => {
  const stop = new AbortController();
  const tunnel = () => {
    stop.abort("SIGINT");
    return new Promise<never>(() => {});
  };
  const { ctx, kedroAzureml } = makeWorld({
    signal: stop.signal,
    probe: { tunnel },
    env: { ...SIGNED_IN, HTTPS_PROXY: "http://proxy.corp:3128" },
  });
  assert.equal(await kedroAzureml("doctor"), 130, ctx.stderr());
  assert.match(ctx.stderr(), /Interrupted \(Ctrl\+C\)/);
});
