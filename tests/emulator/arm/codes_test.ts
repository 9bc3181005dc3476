import { deepEqual, equal, match } from "node:assert/strict";
import { createClient, ID } from "../two_steps.ts";

const CODE = `${ID}/codes/c/versions/1`;

Deno.test("emulator rejects a code version with uncommitted blobs", async () => {
  const { ask, emulator } = createClient();
  const upload = await ask("POST", `${CODE}/startPendingUpload`, {
    body: { pendingUploadType: "TemporaryBlobReference" },
    version: "2023-04-01",
  });
  const { blobUri, credential } = upload.body.blobReferenceForConsumption;
  const [address, sas] = credential.sasUri.split("?");
  const put = async (query: string, body: string) => {
    const url = `${address}/code/a.py?${query}&${sas}`;
    equal((await emulator.fetch(new Request(url, { method: "PUT", body }))).status, 201);
  };
  const register = () =>
    ask("PUT", CODE, { body: { properties: { codeUri: `${blobUri}/code` } }, version: "2023-04-01" });

  await put("comp=block&blockid=MQ%3D%3D", "print(1)");
  const rejected = await register();
  equal(rejected.status, 400);
  match(rejected.body.error.message, /There is no blob at the code URI/);

  await put("comp=blocklist", "<BlockList><Latest>MQ==</Latest></BlockList>");
  equal((await register()).status, 201);
});

/** Uploads `code/a.py` for a code version; `put` registers it with a URI and properties. */
async function uploaded() {
  const client = createClient();
  const { ask, emulator } = client;
  const version = "2023-04-01";
  const upload = await ask("POST", `${CODE}/startPendingUpload`, {
    body: { pendingUploadType: "TemporaryBlobReference" },
    version,
  });
  const { blobUri, credential } = upload.body.blobReferenceForConsumption as {
    readonly blobUri: string;
    readonly credential: { readonly sasUri: string };
  };
  const [address, sas] = credential.sasUri.split("?");
  const headers = { "x-ms-blob-type": "BlockBlob" };
  const blob = new Request(`${address}/my%20code/a.py?${sas}`, { method: "PUT", headers, body: "x" });
  equal((await emulator.fetch(blob)).status, 201);
  const put = (codeUri: string, properties?: object, id = CODE) =>
    ask("PUT", id, { body: { properties: { codeUri, ...(properties && { properties }) } }, version });
  return { ...client, upload, blobUri, put };
}

Deno.test("emulator rejects code outside its own containers", async () => {
  const { blobUri, put } = await uploaded();
  for (
    const uri of [
      `${blobUri}/my%20cod`,
      `${blobUri}/my%20code/a.py`,
      `${blobUri}x/my%20code`,
      "https://other.blob.core.windows.net/c/my%20code",
      "not a URL",
    ]
  ) {
    const { status, body } = await put(uri);
    equal(status, 400, uri);
    match(body.error.message, /^The(?: code URI .* is in no container|re is no blob at the code URI)/);
  }
  equal((await put(`${blobUri}/`, undefined, CODE.replace(/1$/, "3"))).status, 201);
  equal((await put(`${blobUri}/my%20code/`)).status, 201);
});

Deno.test("emulator finds code by its hash under any name", async () => {
  const { ask, blobUri, put } = await uploaded();
  await put(`${blobUri}/my%20code`, { hash_sha256: "abc" });
  await put(`${blobUri}/my%20code`, {}, CODE.replace("/c/", "/d/"));
  const names = async (path: string) =>
    (await ask("GET", path)).body.value.map(({ id }: { readonly id: string }) => id.split("/").at(-3));
  deepEqual(await names(`${ID}/codes/any/versions?hash=abc`), ["c"]);
  deepEqual(await names(`${ID}/codes/any/versions?hash=other`), []);
  deepEqual(await names(`${ID}/codes/d/versions`), ["d"]);
});
