import assert from "node:assert/strict";
import { codeAsset, findCode, registerCode } from "../../../src/azureml/submit/upload.ts";
import { blobFolderOf, sasExpiry, startUpload } from "../../../src/azureml/submit/upload.ts";
import { listUncommittedBlocks } from "../../../src/azureml/storage/blobs.ts";
import type { Workspace } from "../../../src/azureml/client/workspace.ts";
import { workspaceOf } from "../runs/odd_answers.ts";

const HASH = "abc";

Deno.test("findCode() prefers code under its own name, then the oldest, and ignores other code", async () => {
  const code = (name: string, createdAt: string | undefined, change: object = {}) => ({
    id: `${workspaceId}/codes/${name}/versions/1`,
    properties: { properties: { hash_sha256: HASH } },
    ...(createdAt !== undefined && { systemData: { createdAt } }),
    ...change,
  });
  const found = async (...value: readonly unknown[]) => {
    const workspace = workspaceOf(() => Response.json({ value }));
    const { id } = await findCode(workspace, { hash: HASH }) ?? {};
    return id === undefined ? undefined : String(id).split("/").at(-3);
  };
  const { id: workspaceId } = workspaceOf(() => Response.json({}));
  const own = codeAsset({ id: workspaceId } as Workspace, HASH).name;
  const [old, newer] = [code("old", "2026-01-01"), code("newer", "2026-01-02")];
  assert.equal(await found(newer, old), "old");
  assert.equal(await found(old, newer, code(own.toUpperCase(), "2026-01-03")), own.toUpperCase());
  assert.equal(await found(newer, code("ageless", undefined)), "ageless");
  assert.equal(await found(code("x", undefined, { id: old.id.toUpperCase() })), "OLD");
  for (
    const other of [
      null,
      code("x", undefined, { id: 5 }),
      code("x", undefined, { id: `${workspaceId}2/codes/x/versions/1` }),
      code("x", undefined, { properties: { properties: { hash_sha256: "other" } } }),
      code("x", undefined, {
        properties: { provisioningState: "Failed", properties: { hash_sha256: HASH } },
      }),
    ]
  ) assert.equal(await found(other), undefined, JSON.stringify(other));
});

Deno.test("findCode() asks by the hash and by the version of the hash", async () => {
  const asked: unknown[] = [];
  const workspace = workspaceOf(({ url }) => {
    const { pathname, searchParams } = new URL(url);
    asked.push([
      pathname.split("/workspaces/ws/")[1],
      ...["hash", "hashVersion"].map((name) => searchParams.get(name)),
    ]);
    return Response.json({ value: [] });
  });
  await findCode(workspace, { hash: HASH });
  assert.deepEqual(asked, [[`codes/${codeAsset(workspace, HASH).name}/versions`, HASH, "202208"]]);
});

Deno.test("registerCode() returns the id of new code, or of equal code that another run registered, or fails with the first error", async () => {
  const register = async (id?: string) => {
    const value = id === undefined ? [] : [{ id, properties: { properties: { hash_sha256: HASH } } }];
    const workspace = workspaceOf(({ method }) =>
      method === "PUT"
        ? Response.json({ error: { code: "UserError", message: "No." } }, { status: 409 })
        : Response.json({ value })
    );
    return await registerCode(workspace, { codeUri: "https://x/y", hash: HASH });
  };
  const { id: workspaceId } = workspaceOf(() => Response.json({}));
  const id = `${workspaceId}/codes/other/versions/1`;
  assert.deepEqual(await register(id), { id, wasThere: true });
  const own = codeAsset({ id: workspaceId } as Workspace, HASH).id.replace(
    "resourceGroups",
    "resourcegroups",
  );
  const accepting = workspaceOf(() => Response.json({ id: own, name: "1", properties: {} }, { status: 201 }));
  assert.deepEqual(await registerCode(accepting, { codeUri: "https://x/y", hash: HASH }), {
    id: own,
    wasThere: false,
  });
  await assert.rejects(register(), { exit: 5, message: /^Cannot register the code/ });
});

Deno.test("startUpload() asks for a temporary container, with a SAS if the datastore has credentials", async () => {
  const [blobUri, storageAccountArmId] = ["https://acc.blob.core.windows.net/c", "/subscriptions/s/acc"];
  const asked: unknown[] = [];
  const start = async (credential: object | null) => {
    const workspace = workspaceOf(async (request) => {
      asked.push([
        request.method,
        request.url.split("/workspaces/ws/")[1]!.split("?")[0],
        await request.json(),
      ]);
      return Response.json({ blobReferenceForConsumption: { blobUri, storageAccountArmId, credential } });
    });
    return await startUpload(workspace, "codes/c/versions/1");
  };
  const sasUri = `${blobUri}?sv=1&se=2026-01-02T00%3A00%3A00Z&sig=x`;
  const [signed, own] = [await start({ sasUri }), await start(null)];
  assert.deepEqual([signed, own], [
    { blobUri, sasUri, storageAccountId: storageAccountArmId },
    { blobUri, sasUri: undefined, storageAccountId: storageAccountArmId },
  ]);
  const body = { pendingUploadType: "TemporaryBlobReference" };
  assert.deepEqual(asked, Array(2).fill(["POST", "codes/c/versions/1/startPendingUpload", body]));
  const rest = { containerUrl: blobUri, folder: "shop", storageAccountId: storageAccountArmId };
  assert.deepEqual([signed, own].map((grant) => blobFolderOf(grant, { folderName: "shop" })), [
    { ...rest, sas: "sv=1&se=2026-01-02T00%3A00%3A00Z&sig=x" },
    { ...rest, sas: undefined },
  ]);
  assert.deepEqual([signed, own].map(sasExpiry), [Date.parse("2026-01-02T00:00:00Z"), undefined]);
});

Deno.test("startUpload() rejects an answer without a container", async () => {
  const workspace = workspaceOf(() => Response.json({}));
  await assert.rejects(startUpload(workspace, "codes/c/versions/1"), { code: "network.answer" });
});

Deno.test("listUncommittedBlocks() returns no blocks for a missing blob, and rejects other responses", async () => {
  const list = (status: number, text: string) =>
    listUncommittedBlocks(
      workspaceOf(() => new Response(text, { status, headers: { "x-ms-version": "1" } })),
      {
        ...{ containerUrl: "https://acc.blob.core.windows.net/c", sas: "sig=x", folder: "f" },
        storageAccountId: undefined,
      },
      "a",
    );
  assert.deepEqual(await list(404, "<Error><Code>BlobNotFound</Code></Error>"), new Map());
  await assert.rejects(list(200, "<Other />"), { code: "network.answer" });
  await assert.rejects(list(400, ""), { exit: 5 });
});
