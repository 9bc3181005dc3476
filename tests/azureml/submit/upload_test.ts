import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { PreparedCode } from "../../../src/azureml/job/code/select.ts";
import { prepareCode } from "../job/code/prepare_code.ts";
import { codeAssetName } from "../../../src/azureml/job/code/file.ts";
import { BLOCK_BYTES } from "../../../src/azureml/storage/put_files.ts";
import { uploadCode, type UploadGrant, type UploadMemory } from "../../../src/azureml/submit/upload.ts";
import { openWorkspace } from "../../../src/azureml/client/open_workspace.ts";
import type { Workspace } from "../../../src/azureml/client/workspace.ts";
import { CLOUDS } from "../../../src/core/net/clouds.ts";
import { createEmulator, type Emulator, type EmulatorOptions } from "../../fakes/emulator.ts";
import type { UserError } from "../../../src/core/errors.ts";
import { type FakeContext, fakeContext } from "../../fakes/context.ts";
import { WORKSPACE } from "../../fakes/seed.ts";

const MANY = Object.fromEntries(
  Array.from({ length: 30 }, (_, at) => [`/project/src/f${at}.py`, `print(${at})\n`]),
);
const MORE = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`/project/src/g${at}.py`, ""]));
const FILES = { "/project/a b.txt": "a", "/project/src/é#.py": "é", "/project/empty": "" };

interface Place {
  readonly ctx: FakeContext;
  readonly azure: Emulator;
  readonly workspace: Workspace;
  readonly code: PreparedCode;
  /** `METHOD status path` of each request, without ids. */
  asked(): string[];
  blobNames(): string[];
}

async function createUpload(
  files: Record<string, string | Uint8Array<ArrayBuffer>>,
  options: EmulatorOptions = {},
  change: (request: Request) => Promise<Response> | undefined = () => undefined,
): Promise<Place> {
  const ctx: FakeContext = fakeContext({
    files,
    fetch: (request) => change(request) ?? azure.fetch(request),
  });
  const azure = createEmulator({ clock: ctx.clock, seed: { workspaces: [WORKSPACE] }, ...options });
  const tokens = {
    getToken: async (scope: string) => ({ token: azure.issueToken(scope.replace(/\/\.default$/, "")) }),
  };
  const workspace = openWorkspace({ ...ctx, cloud: CLOUDS.AzureCloud!, config: WORKSPACE, tokens });
  return {
    ctx,
    azure,
    workspace,
    code: await prepareCode(ctx.fs, "/project"),
    asked: () =>
      azure.requests.map(({ method, url, status }) => {
        const path = new URL(url).pathname.replace(/^.*\/workspaces\/ws\//, "").replace(
          /[0-9a-f-]{36}/g,
          "ID",
        );
        return `${method} ${status} ${path}${/comp=\w+/.exec(url)?.[0].replace(/^/, " ") ?? ""}`;
      }),
    blobNames: () => [...azure.blobs().keys()].map((name) => name.split("/").slice(2).join("/")).sort(),
  };
}

Deno.test("uploadCode() sends the same code once", async () => {
  const { workspace, code, azure, blobNames, asked } = await createUpload(FILES);
  const events: unknown[] = [];
  const first = await uploadCode(workspace, code, { onUploaded: (event) => events.push(event) });

  assert.deepEqual(blobNames(), ["project/a b.txt", "project/empty", "project/src/é#.py"]);
  assert.deepEqual(first, {
    id: `${workspace.id}/codes/${codeAssetName(code.hash)}/versions/1`,
    wasThere: false,
  });
  const { name } = events.at(-1) as { name: string };
  assert.deepEqual(events.at(-1), { name, files: 3, totalFiles: 3, sentBytes: 3, totalBytes: 3 });
  const { codeUri, isAnonymous, properties } = azure.resources("codes/versions")[0]!.properties;
  assert.match(String(codeUri), /^https:\/\/[^/]+\/[^/]+\/project$/);
  assert.equal(isAnonymous, true);
  assert.deepEqual(properties, { hash_sha256: code.hash, hash_version: "202208" });
  const put = azure.requests.find(({ url }) => /\/project\/a%20b\.txt\?sv=/.test(url))!;
  assert.deepEqual(
    ["content-type", "content-md5", "if-none-match", "x-ms-blob-type", "x-ms-version", "authorization"].map((
      name,
    ) => put.headers[name]),
    ["application/octet-stream", "DMF1ucDxtqgxw5niaXcmYQ==", "*", "BlockBlob", "2021-12-02", undefined],
  );
  assert.match(asked().at(-2)!, /^PUT 200 .*\/project\/a%20b\.txt comp=metadata$/);
  const { headers } = azure.requests.at(-2)!;
  assert.deepEqual(
    ["upload_status", "name", "version"].map((name) => headers[`x-ms-meta-${name}`]),
    ["completed", codeAssetName(code.hash), "1"],
  );

  const count = azure.requests.length;
  assert.deepEqual(await uploadCode(workspace, code), { ...first, wasThere: true });
  assert.deepEqual(asked().slice(count), ["GET 200 codes/ID/versions"]);
});

Deno.test("uploadCode() sends a large file in blocks", async () => {
  const large = new Uint8Array(18 * 1024 * 1024).map((_, at) => at * 31);
  const { workspace, code, azure, ctx, asked } = await createUpload({ "/project/large.bin": large });
  const stored: Uint8Array[] = [];
  let sum: string | undefined;
  const spy = {
    ...workspace,
    ask: async (request: Parameters<Workspace["ask"]>[0]) => {
      if (request.url.includes("comp=block&")) stored.push((request.body as Uint8Array).slice());
      if (request.url.includes("comp=blocklist")) sum = request.headers?.["x-ms-blob-content-md5"];
      return await workspace.ask(request);
    },
  };
  await uploadCode(spy, code);
  assert.deepEqual([...azure.blobs().values()], [large.length]);
  assert.equal(asked().filter((line) => line.endsWith("comp=block")).length, 5);
  assert.deepEqual(new Uint8Array(await new Blob(stored as Uint8Array<ArrayBuffer>[]).arrayBuffer()), large);
  assert.equal(sum, createHash("md5").update(large).digest("base64"));
  assert.deepEqual(ctx.sleeps, []);
});

Deno.test("uploadCode() replaces a blob with other content", async () => {
  const { workspace, code, azure, asked } = await createUpload(FILES, {}, (request) => {
    if (request.method !== "PUT" || !request.url.includes("a%20b.txt") || planted) return undefined;
    planted = true;
    const headers = { "x-ms-blob-type": "BlockBlob" };
    const other = new Request(request.url, { method: "PUT", headers, body: "z" });
    return azure.fetch(other).then(() => azure.fetch(request));
  });
  let planted = false;
  await uploadCode(workspace, code);
  const puts = asked().filter((line) => line.includes("a%20b")).map((line) => line.split("/")[0]!.trim());
  assert.deepEqual(puts, ["PUT 201", "PUT 409", "HEAD 200", "PUT 201", "PUT 200"]);
});

for (
  const [what, happens] of [
    ["a cut connection", { kind: "cut", afterServer: false }],
    ["status 429 with Retry-After", { kind: "throttle", retryAfterSeconds: 7 }],
  ] as const
) {
  Deno.test(`uploadCode() continues after ${what}`, async () => {
    const { workspace, code, blobNames, ctx } = await createUpload(MANY, {
      faults: [{ method: "PUT", url: /\.py\?/, after: 12, times: 2, happens }],
    });
    assert.equal((await uploadCode(workspace, code)).wasThere, false);
    assert.equal(blobNames().length, 30);
    assert.equal(ctx.sleeps.length, 2);
    if (happens.kind === "throttle") assert.deepEqual(ctx.sleeps, [7000, 7000]);
  });
}

Deno.test("uploadCode() renews a SAS that expires during the upload", async () => {
  const { workspace, code, asked, azure, ctx } = await createUpload(
    MANY,
    { sasLifetimeMs: 60_000 },
    (request) => {
      if (/f7\.py/.test(request.url) && !late) {
        late = true;
        return ctx.clock.sleep(61_000).then(() => azure.fetch(request));
      }
      return undefined;
    },
  );
  let late = false;
  assert.equal((await uploadCode(workspace, code)).wasThere, false);
  assert.equal(asked().filter((line) => line.includes("startPendingUpload")).length, 2);
});

for (
  const [azureCode, problem, hint] of [
    [
      "AuthorizationFailure",
      "the workspace storage does not allow requests from this network",
      "Run the command in a network that the storage account allows, or ask an owner to open its firewall",
    ],
    [
      "AuthenticationFailed",
      "the workspace storage rejected the SAS token from Azure ML",
      "Run the command again; if it fails again, check this machine's clock and the storage account's network rules",
    ],
  ] as const
) {
  Deno.test(`uploadCode() hides the SAS in error ${azureCode}`, async () => {
    let puts = 0;
    const { workspace, code, asked } = await createUpload({ ...MANY, ...MORE }, {}, (request) => {
      if (request.method !== "PUT" || !request.url.includes("sig=")) return undefined;
      puts++;
      const body =
        `<?xml version="1.0"?><Error><Code>${azureCode}</Code><Message>No.\nRequestId:1</Message></Error>`;
      return Promise.resolve(new Response(body, { status: 403, headers: { "x-ms-error-code": azureCode } }));
    });
    const error = await uploadCode(workspace, code).then(() => undefined, (thrown) => thrown as UserError);
    const { code: errorCode, exit, message, details, data } = error!;
    assert.deepEqual([errorCode, exit, message.replace(/".*?"/, "FILE"), error!.hint], [
      ...["upload.refused", 4, `Cannot upload FILE: ${problem}`, hint],
    ]);
    assert.deepEqual(data, { status: 403, azureCode });
    assert.deepEqual(details, [`Azure: No. (${azureCode})`]);
    assert.doesNotMatch(
      JSON.stringify([message, details, data, error!.hint]),
      /sig|signature/i,
    );
    const grants = asked().filter((line) => line.includes("startPendingUpload")).length;
    assert.equal(grants, azureCode === "AuthenticationFailed" ? 2 : 1, "a SAS is renewed once");
    assert.ok(puts <= 32 * grants, "after a refusal no further file is begun");
    assert.ok(!asked().some((line) => line.startsWith("PUT")));
  });
}

for (
  const [storage, shown] of [["identity", "identity-based access"], [
    "no credentials",
    "no credentials",
  ]] as const
) {
  Deno.test(`uploadCode() uses the user's token for a datastore with ${shown}`, async () => {
    const { workspace, code, azure, blobNames, asked } = await createUpload(FILES, { storage });
    assert.equal((await uploadCode(workspace, code)).wasThere, false);
    assert.deepEqual(blobNames(), ["project/a b.txt", "project/empty", "project/src/é#.py"]);
    const puts = azure.requests.filter(({ method, url, status }) =>
      method === "PUT" && url.includes(".blob.") && status !== 403
    );
    assert.equal(puts.length, 4);
    assert.ok(puts.every(({ url, headers }) => !url.includes("sig=") && "authorization" in headers));
    assert.equal(asked().filter((line) => line.includes("startPendingUpload")).length, 1);
  });
}

Deno.test("uploadCode() names the role that the user lacks", async () => {
  const { workspace, code, azure } = await createUpload(FILES, {
    storage: "identity",
    deniedActions: ["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/*"],
  });
  const error = await uploadCode(workspace, code).then(() => undefined, (thrown) => thrown as UserError);
  assert.equal(error?.code, "upload.refused");
  assert.match(error.message, /: the workspace storage requires a role, and this identity has none$/);
  assert.match(
    error.hint!,
    /^Ask an owner to run `az role assignment create --assignee <object id of this identity> --role "Storage Blob Data Contributor" --scope \/subscriptions\/.*\/storageAccounts\/\w+`$/,
  );
  assert.equal(azure.resources("codes/versions").length, 0);
});

/** Creates an upload memory in place of the user's file. */
function createMemory(): UploadMemory & { readonly kept: Map<string, UploadGrant> } {
  const kept = new Map<string, UploadGrant>();
  return {
    kept,
    recall: async (asset) => kept.get(asset),
    remember: async (asset, grant) => void kept.set(asset, grant),
    forget: async (asset) => void kept.delete(asset),
  };
}

/** An account in Azure's domain that the emulator does not have. */
const GONE = "https://gone.blob.core.windows.net/box";

const ENDS = { times: 5, happens: { kind: "status", status: 503 } } as const;
const isPut = (line: string) => /^PUT \d+ (?!.* comp=).*project\//.test(line);

Deno.test("uploadCode() sends each file once when resumed", async () => {
  const { workspace, code, azure, asked, blobNames } = await createUpload(MANY, {
    faults: [{ method: "PUT", url: /f17\.py\?/, ...ENDS }],
  });
  const uploads = createMemory();
  await assert.rejects(uploadCode(workspace, code, { memory: uploads }), { code: "azure.unavailable" });
  const [before, count] = [blobNames().length, azure.requests.length];
  assert.ok(before > 5 && before < 30, `${before}`);
  const events: { files: number }[] = [];
  await uploadCode(workspace, code, { memory: uploads, onUploaded: (event) => events.push(event) });
  const again = asked().slice(count);
  assert.equal(again.filter(isPut).length, 30 - before);
  assert.equal(again.filter((line) => line.includes("startPendingUpload")).length, 0);
  assert.equal(events.at(-1)!.files, 30);
  assert.equal(azure.blobs().size, 30);
  assert.equal(uploads.kept.size, 0);
});

Deno.test("uploadCode() resumes a large file after its last block", async () => {
  const large = new Uint8Array(18 * 1024 * 1024).map((_, at) => at * 31);
  const { workspace, code, azure, asked } = await createUpload({ "/project/large.bin": large }, {
    faults: [{ method: "PUT", url: /comp=block&/, after: 3, ...ENDS }],
  });
  const uploads = createMemory();
  await assert.rejects(uploadCode(workspace, code, { memory: uploads }), { code: "azure.unavailable" });
  const count = azure.requests.length;
  await uploadCode(workspace, code, { memory: uploads });
  assert.equal(asked().slice(count).filter((line) => line.endsWith("comp=block")).length, 2);
  assert.deepEqual([...azure.blobs().values()], [large.length]);
});

Deno.test("uploadCode() replaces a blob with wrong content", async () => {
  const { workspace, code, azure, ctx } = await createUpload(MANY, {
    faults: [{ method: "PUT", url: /f17\.py\?/, ...ENDS }],
  });
  const uploads = createMemory();
  await assert.rejects(uploadCode(workspace, code, { memory: uploads }), { code: "azure.unavailable" });
  const { sasUri } = [...uploads.kept.values()][0]!;
  const [container, sas] = sasUri!.split("?");
  const headers = { "x-ms-blob-type": "BlockBlob" };
  const url = `${container}/project/src/f0.py?${sas}`;
  await azure.fetch(new Request(url, { method: "PUT", headers, body: "half" }));
  await uploadCode(workspace, code, { memory: uploads });
  const answer = await azure.fetch(new Request(url));
  assert.equal(await answer.text(), new TextDecoder().decode(ctx.files.get("/project/src/f0.py")));
});

for (
  const [what, change] of [
    [
      "the container's SAS expired",
      (grant: UploadGrant) => ({ ...grant, sasUri: grant.sasUri!.replace(/se=[^&]+/, "se=2020-01-01") }),
    ],
    [
      "the container was deleted",
      (grant: UploadGrant) => ({ ...grant, sasUri: grant.sasUri!.replace(/\/([^/?]+)\?/, "/gone-$1?") }),
    ],
  ] as const
) {
  Deno.test(`uploadCode() does not resume if ${what}`, async () => {
    const { workspace, code, azure, blobNames } = await createUpload(MANY, {
      faults: [{ method: "PUT", url: /f17\.py\?/, ...ENDS }],
    });
    const uploads = createMemory();
    await assert.rejects(uploadCode(workspace, code, { memory: uploads }), { code: "azure.unavailable" });
    for (const [asset, grant] of uploads.kept) uploads.kept.set(asset, change(grant));
    assert.equal((await uploadCode(workspace, code, { memory: uploads })).wasThere, false);
    assert.equal(azure.resources("codes/versions").length, 1);
    assert.ok(blobNames().length > 30);
  });
}

Deno.test("uploadCode() fails if a file changed after it was hashed", async () => {
  for (const sizeBytes of [3, 9 * 1024 * 1024]) {
    const { ctx, azure, workspace, code } = await createUpload({ "/project/a": new Uint8Array(sizeBytes) });
    ctx.files.set("/project/a", new Uint8Array(sizeBytes).fill(1));
    await assert.rejects(uploadCode(workspace, code), { code: "code.changed" });
    assert.deepEqual([...azure.blobs()], [], "what is there under a hash would be taken for that content");
    assert.deepEqual(azure.resources("codes/versions"), []);
  }
});

for (
  const [name, blobUri] of [["another host", "https://evil.example/box"], [
    "a missing server",
    GONE,
  ]]
) {
  Deno.test(`uploadCode() starts again if its container is on ${name}`, async () => {
    const { workspace, code, azure } = await createUpload(MANY);
    const uploads = createMemory();
    const forgotten = { ...uploads, recall: async () => ({ blobUri: blobUri!, sasUri: undefined }) };
    assert.equal((await uploadCode(workspace, code, { memory: forgotten })).wasThere, false);
    assert.equal(azure.requests.some(({ url }) => url.includes("evil.example")), false);
    assert.equal(azure.resources("codes/versions").length, 1);
  });
}

for (
  const [bytes, blocks] of [[BLOCK_BYTES, 0], [BLOCK_BYTES + 1, 2], [2 * BLOCK_BYTES, 2]]
) {
  Deno.test(`uploadCode() sends ${bytes} bytes ${blocks === 0 ? "in one request" : `in ${blocks} blocks`}`, async () => {
    const { workspace, code, azure, asked } = await createUpload({
      "/project/a.bin": new Uint8Array(bytes!),
    });
    const sent: number[] = [];
    await uploadCode(workspace, code, { onUploaded: ({ sentBytes }) => sent.push(sentBytes) });
    assert.deepEqual([...azure.blobs().values()], [bytes]);
    assert.deepEqual([sent.length, sent.at(-1)], [Math.max(1, blocks!), bytes]);
    assert.equal(asked().filter((line) => /^PUT 201 .*comp=block$/.test(line)).length, blocks);
    assert.deepEqual(asked().filter((line) => line.startsWith("GET") && line.includes("comp=blocklist")), []);
    assert.deepEqual(asked().filter((line) => line.startsWith("HEAD")), []);
  });
}

Deno.test("uploadCode() does not resume with an expiring SAS", async () => {
  for (const [minutes, isResumed] of [[4, false], [6, true]] as const) {
    const { workspace, code, azure, asked } = await createUpload(MANY, {
      sasLifetimeMs: minutes * 60_000,
      faults: [{ method: "PUT", url: /f17\.py\?/, ...ENDS }],
    });
    const memory = createMemory();
    await assert.rejects(uploadCode(workspace, code, { memory }), { code: "azure.unavailable" });
    const count = azure.requests.length;
    await uploadCode(workspace, code, { memory });
    const grants = asked().slice(count).filter((line) => line.includes("startPendingUpload"));
    assert.equal(grants.length, isResumed ? 0 : 1, `${minutes} minutes`);
  }
});
