import assert from "node:assert/strict";
import { keepContent } from "../../../src/emulator/storage/blob_content.ts";
import type { World } from "../../../src/emulator/state/world.ts";
import { fakeContext } from "../../fakes/context.ts";
import { createClient, ID } from "../two_steps.ts";

async function grant({ ask }: ReturnType<typeof createClient>): Promise<{ base: string; sas: string }> {
  const path = `${ID}/codes/code/versions/1/startPendingUpload`;
  const { body } = await ask("POST", path, { body: { pendingUploadType: "TemporaryBlobReference" } });
  const [base, sas] = body.blobReferenceForConsumption.credential.sasUri.split("?");
  return { base, sas };
}

const BLOB = { authorization: null, "x-ms-blob-type": "BlockBlob" };

Deno.test("emulator limits a SAS to its permissions and lifetime", async () => {
  let now = Date.parse("2026-01-01T00:00:00.500Z");
  const client = createClient({
    clock: { now: () => new Date(now), sleep: async () => {} },
    sasLifetimeMs: 60_000,
  });
  const { base, sas } = await grant(client);
  const code = async (method: string, url: string) => {
    const answer = await client.ask(method, url, { headers: BLOB, ...(method === "PUT" && { body: "a" }) });
    return answer.headers.get("x-ms-error-code") ?? answer.status;
  };
  assert.equal(await code("PUT", `${base}/a?${sas}`), 201);
  assert.equal(await code("GET", `${base}/a`), "NoAuthenticationInformation");
  assert.equal(await code("GET", `${base}/a?${sas.replace(/sig=.../, "sig=AAA")}`), "AuthenticationFailed");
  assert.equal(await code("GET", `${base.slice(0, -1)}0/a?${sas}`), "AuthenticationFailed");
  assert.equal(await code("DELETE", `${base}/a?${sas}`), "AuthorizationPermissionMismatch");
  assert.equal((await client.ask("DELETE", `${base}/a?${sas}`, { headers: BLOB })).status, 403);
  assert.equal(await code("GET", `${base}/a?${sas}`), 200);
  // It ends at a whole second.
  now += 59_499;
  assert.equal(await code("GET", `${base}/a?${sas}`), 200);
  now += 1;
  assert.equal(await code("GET", `${base}/a?${sas}`), "AuthenticationFailed");
});

Deno.test("emulator accepts a SAS only for its container", async () => {
  const client = createClient();
  const [mine, other] = [await grant(client), await grant(client)];
  const put = async (base: string, sas: string | undefined, to = client) => {
    const url = `${base}/a${sas === undefined ? "" : `?${sas}`}`;
    const { status, headers } = await to.ask("PUT", url, { body: "a", headers: BLOB });
    return [status, headers.get("x-ms-error-code")];
  };
  assert.notEqual(mine.base, other.base);
  assert.deepEqual(await put(mine.base, mine.sas), [201, null]);
  assert.deepEqual(await put(other.base, mine.sas), [403, "AuthenticationFailed"]);
  assert.deepEqual(await put(mine.base, undefined), [401, "NoAuthenticationInformation"]);
  const strict = createClient({ storage: "identity" });
  const { base, sas } = await grant(strict);
  assert.deepEqual(await put(base, sas, strict), [403, "KeyBasedAuthenticationNotPermitted"]);
});

Deno.test("emulator's blobs are readable only by their owner", async () => {
  const { fs } = fakeContext();
  const written: unknown[] = [];
  const disk = {
    folder: "/state",
    fs: {
      ...fs,
      writeChunks: async (...[path, , options]: Parameters<typeof fs.writeChunks>) =>
        void written.push([path, options]),
    },
  };
  const content = await keepContent(
    { disk, random: { uuid: () => "1" } } as unknown as World,
    new Uint8Array(5),
  );
  const file = "/state/blobs/1";
  assert.deepEqual(content.pieces, [{ sizeBytes: 5, file }]);
  assert.deepEqual(written, [[file, { mode: 0o600, folderMode: 0o700 }]]);
});
