import assert from "node:assert/strict";
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
  let now = Date.parse("2026-01-01T00:00:00Z");
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
  now += 59_999;
  assert.equal(await code("GET", `${base}/a?${sas}`), 200);
  now += 1;
  assert.equal(await code("GET", `${base}/a?${sas}`), "AuthenticationFailed");
});

Deno.test("emulator creates a blob from a block list and supports ranges, hashes and conditions", async () => {
  const client = createClient();
  const { base, sas } = await grant(client);
  const url = `${base}/big?${sas}`;
  const ask = (method: string, more = "", options = {}) =>
    client.ask(method, `${url}${more}`, { headers: BLOB, ...options });
  await ask("PUT", "&comp=block&blockid=QQ==", { body: "hello " });
  await ask("PUT", "&comp=block&blockid=Qg==", { body: "world" });
  assert.equal((await ask("HEAD")).status, 404);
  const list = (ids: string[]) =>
    `<BlockList>${ids.map((id) => `<Latest>${id}</Latest>`).join("")}</BlockList>`;
  assert.equal((await ask("PUT", "&comp=blocklist", { body: list(["QQ==", "Qw=="]) })).status, 400);
  assert.equal((await ask("PUT", "&comp=blocklist", { body: list(["QQ==", "Qg=="]) })).status, 201);
  assert.equal((await ask("GET")).body, "hello world");
  const part = await ask("GET", "", { headers: { ...BLOB, range: "bytes=6-8" } });
  assert.deepEqual([part.status, part.body, part.headers.get("content-range")], [206, "wor", "bytes 6-8/11"]);
  const again = await ask("PUT", "", { body: "x", headers: { ...BLOB, "if-none-match": "*" } });
  assert.deepEqual([again.status, again.headers.get("x-ms-error-code")], [409, "BlobAlreadyExists"]);
  const hash = { ...BLOB, "content-md5": "1B2M2Y8AsgTpgAmY7PhCfg==" };
  assert.equal(
    (await ask("PUT", "", { body: "x", headers: hash })).headers.get("x-ms-error-code"),
    "Md5Mismatch",
  );
});

Deno.test("emulator keeps only the size of a large blob", async () => {
  const client = createClient();
  const { base, sas } = await grant(client);
  const body = "x".repeat(5 * 1024 * 1024);
  assert.equal((await client.ask("PUT", `${base}/large?${sas}`, { body, headers: BLOB })).status, 201);
  assert.deepEqual([...client.emulator.blobs().values()], [body.length]);
  assert.equal((await client.ask("GET", `${base}/large?${sas}`, { headers: BLOB })).status, 409);
});
