import assert from "node:assert/strict";
import { startEmulator } from "../../src/app/emulator/start_emulator.ts";
import type { Context } from "../../src/core/context.ts";
import { createFetch } from "../../src/system/fetch.ts";
import { systemFs } from "../../src/system/fs.ts";
import { serve } from "../../src/system/serve.ts";
import { fakeContext } from "../fakes/context.ts";

const WORKSPACE = { subscription_id: "s", resource_group: "rg", name: "ws" };
const ID = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/ws";

/** Creates a world with real files, time and sockets in its own folder. */
async function inFolder(body: (ctx: Context, stop: () => void) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const control = new AbortController();
  const clock = { now: () => new Date(), sleep: () => Promise.resolve() };
  const random = { uuid: () => crypto.randomUUID(), number: () => Math.random() };
  try {
    const fake = fakeContext({ cwd: folder, fs: systemFs, signal: control.signal });
    await body({ ...fake, serve, clock, random }, () => control.abort("SIGTERM"));
  } finally {
    control.abort();
    await Deno.remove(folder, { recursive: true });
  }
}

const options = { seed: { workspaces: [WORKSPACE] }, caFile: "ca.pem" };

/** Clients keep connections open. */
const keepsConnections = { sanitizeResources: false, sanitizeOps: false };

Deno.test(
  "emulator serves clients with its certificate",
  keepsConnections,
  async () => {
    await inFolder(async (ctx, stop) => {
      const { ready, finished, cleanUp } = await startEmulator(ctx, options);
      const { env, origin, caFile } = ready;
      await assert.rejects(
        createFetch({})(new Request(env.ARM_CLOUD_METADATA_URL!)),
        ({ cause }) => /certificate/i.test(String(cause)),
      );
      const send = createFetch({ SSL_CERT_FILE: env.SSL_CERT_FILE });
      const { access_token } = await (await send(signIn(env))).json();
      const path = `${ID}/codes/c/versions/1/startPendingUpload?api-version=2023-04-01`;
      const grant = await send(
        new Request(`${origin}${path}`, {
          method: "POST",
          headers: { authorization: `Bearer ${access_token}`, "content-type": "application/json" },
          body: JSON.stringify({ pendingUploadType: "TemporaryBlobReference" }),
        }),
      );
      const [address, sas] = (await grant.json()).blobReferenceForConsumption.credential.sasUri.split("?");
      const blob = {
        method: "PUT",
        headers: { "x-ms-blob-type": "BlockBlob" },
        body: new Uint8Array(20_000_000),
      };
      assert.equal((await send(new Request(`${address}/large.bin?${sas}`, blob))).status, 201);
      const head = await send(new Request(`${address}/large.bin?${sas}`, { method: "HEAD" }));
      assert.equal(head.headers.get("content-length"), "20000000");
      assert.equal((await Deno.stat(caFile)).isFile, true);
      stop();
      await finished;
      await cleanUp();
      await assert.rejects(Deno.stat(caFile), Deno.errors.NotFound);
    });
  },
);

Deno.test("emulator removes its certificate if the port is in use", async () => {
  await inFolder(async (ctx) => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    try {
      const { port } = listener.addr;
      await assert.rejects(startEmulator(ctx, { ...options, port }), { code: "emulator.port" });
      assert.deepEqual([...Deno.readDirSync(ctx.cwd)], []);
    } finally {
      listener.close();
    }
  });
});

function signIn(env: Readonly<Record<string, string>>): Request {
  const body = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: env.AZURE_CLIENT_ID!,
    client_secret: env.AZURE_CLIENT_SECRET!,
    scope: `${env.AZURE_AUTHORITY_HOST}/.default`,
  });
  return new Request(`${env.AZURE_AUTHORITY_HOST}/${env.AZURE_TENANT_ID}/oauth2/v2.0/token`, {
    method: "POST",
    body,
  });
}
