import { equal, match } from "node:assert/strict";
import { createClient, ID } from "../two_steps.ts";

const CODE = `${ID}/codes/c/versions/1`;

Deno.test("emulator rejects a code version whose blobs are not committed", async () => {
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
