import assert from "node:assert/strict";
import { keepContent } from "../../../src/emulator/storage/store.ts";
import { commitBlocks, deleteBlob, putBlob, stageBlock } from "../../../src/emulator/storage/blobs.ts";
import type { Blob } from "../../../src/emulator/state/records.ts";
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

Deno.test("emulator accepts a code version only in its granted container, and only after a file is uploaded", async () => {
  const client = createClient();
  const { base, sas } = await grant(client);
  const put = (codeUri: string) =>
    client.ask("PUT", `${ID}/codes/code/versions/1`, {
      body: { properties: { codeUri } },
      version: "2023-04-01",
    });
  assert.equal((await put(`${base}/dir`)).status, 400);
  assert.equal(
    (await client.ask("PUT", `${base}/dir/a.py?${sas}`, { body: "a", headers: BLOB })).status,
    201,
  );
  assert.equal((await put("https://other.blob.core.windows.net/c/dir")).status, 400);
  assert.equal((await put(`${base}/dir`)).status, 201);
  assert.deepEqual([...client.emulator.blobs().keys()].map((name) => name.endsWith("/dir/a.py")), [true]);
});

Deno.test("emulator limits a SAS to its container, permissions and lifetime", async () => {
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

Deno.test("emulator accepts a SAS only for its container, and no SAS with storage option identity", async () => {
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

Deno.test("emulator gives a container without a SAS if its storage has no credentials", async () => {
  const { ask } = createClient({ storage: "no credentials" });
  const { body } = await ask("POST", `${ID}/codes/code/versions/1/startPendingUpload`, {
    body: { pendingUploadType: "TemporaryBlobReference" },
  });
  assert.deepEqual(body.blobReferenceForConsumption.credential, { credentialType: "NoCredentials" });
});

Deno.test("keepContent() writes files that only their owner can read", async () => {
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

/** Requests for one blob of an emulator, and what the emulator keeps in memory. */
function blockBlob() {
  const world = {
    kept: { bytes: 0 },
    clock: { now: () => new Date(0) },
    random: { uuid: () => "00000000-0000-4000-8000-000000000000" },
  } as unknown as World;
  const container = { account: "a", name: "c", blobs: new Map<string, Blob>() };
  const call = (body: string, query = "") => ({
    world,
    request: new Request("https://a/c/x", {
      method: "PUT",
      body,
      headers: { "x-ms-blob-type": "BlockBlob" },
    }),
    query: new URLSearchParams(query),
    container,
    name: "x",
  });
  return {
    world,
    stage: (id: string, body: string) => stageBlock(call(body, `blockid=${id}`)),
    commit: async (...listed: string[]) => {
      await commitBlocks(call(`<BlockList>${listed.join("")}</BlockList>`));
      const bytes = container.blobs.get("x")!.pieces!.map((piece) =>
        "bytes" in piece ? piece.bytes : assert.fail()
      );
      return bytes.map((part) => new TextDecoder().decode(part)).join("");
    },
    put: (body: string) => putBlob(call(body)),
    remove: () => deleteBlob(call("")),
  };
}

Deno.test("commitBlocks() combines committed and staged blocks, and rejects unknown blocks", async () => {
  const { stage, commit } = blockBlob();
  await stage("AA==", "one ");
  await stage("BB==", "two");
  await commit("<Latest>AA==</Latest>", "<Latest>BB==</Latest>");
  await stage("BB==", "new");
  await stage("CC==", "!");
  assert.equal(
    await commit(
      "<Committed>AA==</Committed>",
      "<Committed>BB==</Committed>",
      "<Latest>BB==</Latest>",
      "<Uncommitted>CC==</Uncommitted>",
    ),
    "one twonew!",
  );
  for (const listed of ["<Uncommitted>AA==</Uncommitted>", "<Committed>DD==</Committed>"]) {
    await assert.rejects(commit(listed), { code: "InvalidBlockList" }, listed);
  }
});
