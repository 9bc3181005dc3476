import assert from "node:assert/strict";
import { openWorkspace } from "../../../src/azureml/client/open_workspace.ts";
import { uploadData } from "../../../src/azureml/submit/upload.ts";
import { CLOUDS } from "../../../src/core/net/clouds.ts";
import { createEmulator, type EmulatorOptions } from "../../fakes/emulator.ts";
import { type FakeContext, fakeContext } from "../../fakes/context.ts";
import { WORKSPACE } from "../../fakes/seed.ts";

/** Creates a folder of data, and a workspace to upload it to; counts the blobs that are written at once. */
function createUpload(
  files: Record<string, string | Uint8Array<ArrayBuffer>>,
  options: EmulatorOptions = {},
) {
  let [writing, mostAtOnce] = [0, 0];
  const ctx: FakeContext = fakeContext({
    files: Object.fromEntries(
      Object.entries(files).map(([name, content]) => [`/data/sales/${name}`, content]),
    ),
    async fetch(request) {
      const isWrite = request.method === "PUT" && request.url.includes(".blob.");
      mostAtOnce = Math.max(mostAtOnce, writing += Number(isWrite));
      await new Promise((resolve) => setTimeout(resolve));
      const response = await azure.fetch(request);
      writing -= Number(isWrite);
      return response;
    },
  });
  const azure = createEmulator({ clock: ctx.clock, seed: { workspaces: [WORKSPACE] }, ...options });
  const tokens = {
    getToken: async (scope: string) => ({ token: azure.issueToken(scope.replace(/\/\.default$/, "")) }),
  };
  const workspace = openWorkspace({ ...ctx, cloud: CLOUDS.AzureCloud!, config: WORKSPACE, tokens });
  const listed = Object.entries(files).map(([name, { length: sizeBytes }]) => ({
    path: `/data/sales/${name}`,
    name,
    sizeBytes,
  }));
  const data = { path: "/data/sales", type: "uri_folder" as "uri_folder" | "uri_file", files: listed };
  return {
    ctx,
    azure,
    upload: (onUploaded?: Parameters<typeof uploadData>[3], change: Partial<typeof data> = {}) =>
      uploadData(workspace, ctx.fs, { ...data, ...change }, onUploaded),
    puts: () =>
      azure.requests.filter(({ method, url, status }) =>
        method === "PUT" && url.includes(".blob.") && status === 201
      ),
    mostAtOnce: () => mostAtOnce,
  };
}

Deno.test("uploadData() names a folder by its hash", async () => {
  const { upload, azure, puts } = createUpload({ "a.csv": "1", "b/c.csv": "22" });
  const uri = await upload();
  assert.match(uri, /\/datastores\/workspaceblobstore\/paths\/LocalUpload\/[0-9a-f]{32}\/sales\/$/);
  const names = [...azure.blobs().keys()].map((name) => name.replace(/^.*LocalUpload\/[0-9a-f]{32}\//, ""));
  assert.deepEqual(names.sort(), ["sales/a.csv", "sales/b/c.csv"]);
  assert.equal(await upload(), uri);
  assert.equal(puts().length, 2);
});

for (
  const [sizeBytes, count, atOnce] of [
    [4 * 1024 * 1024, 4, 2],
    [1024 * 1024 + 1, 9, 7],
    [1024, 40, 32],
  ] as const
) {
  Deno.test(`uploadData() sends ${atOnce} files of ${sizeBytes} bytes at once`, async () => {
    const content = (at: number) => new Uint8Array(sizeBytes).fill(at);
    const files = Object.fromEntries(Array.from({ length: count }, (_, at) => [`${at}.bin`, content(at)]));
    const { upload, mostAtOnce } = createUpload(files);
    await upload();
    assert.equal(mostAtOnce(), atOnce);
  });
}
