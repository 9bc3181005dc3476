import { deepEqual } from "node:assert/strict";
import { createHash } from "node:crypto";
import { codeChanges } from "../../../src/azureml/submit/code_changes.ts";
import { fakeContext } from "../../fakes/context.ts";
import { prepareCode } from "../job/code/prepare_code.ts";
import { workspaceOf } from "../runs/odd_answers.ts";

const BOX = "https://acc.blob.core.windows.net/box";
const AZURES = { "x-ms-request-id": "1", "content-type": "application/xml" };
const md5 = (text: string | Uint8Array) => createHash("md5").update(text).digest("base64");

/** What a code version in Azure ML is like: its files, and how its storage answers. */
interface Stored {
  readonly codeUri?: string;
  readonly hash?: string;
  /** Content by name; a list has no hash of names that begin with `big`. */
  readonly files?: Readonly<Record<string, string | Uint8Array<ArrayBuffer>>>;
  readonly listStatus?: number;
  readonly readStatus?: number;
  readonly isGone?: boolean;
  /** The properties of the code version, if they are unusual. */
  readonly properties?: unknown;
}

/** Compares code in Azure ML with a folder of these files. */
async function compare(
  {
    codeUri = `${BOX}/my%20code`,
    hash = "other",
    files = {},
    listStatus = 200,
    readStatus = 200,
    isGone,
    properties = { codeUri, properties: { hash_sha256: hash } },
  }: Stored,
  now: Readonly<Record<string, string | Uint8Array<ArrayBuffer>>>,
  { patches = false } = {},
) {
  const asked: string[] = [];
  const sent = new Set<string>();
  const workspace = workspaceOf((request) => {
    const { pathname, searchParams, host } = new URL(request.url);
    const path = decodeURIComponent(pathname);
    if (host.startsWith("management.") && path.includes("/providers/")) {
      if (isGone) return Response.json({ error: { code: "UserError", message: "No." } }, { status: 404 });
      return Response.json({ id: path, properties });
    }
    sent.add(["authorization", "x-ms-version"].map((name) => request.headers.get(name)).join(", "));
    const isList = searchParams.get("comp") === "list";
    asked.push(`${host}${path}${isList ? ` ${searchParams.get("prefix")}` : ""}`);
    if (!isList) {
      const name = Object.keys(files).find((name) => path.endsWith(`/${name}`))!;
      return new Response(files[name]!, { status: readStatus, headers: AZURES });
    }
    const prefix = searchParams.get("prefix")!;
    const blobs = Object.entries(files).map(([name, content]) =>
      `<Blob><Name>${prefix}${name}</Name><Properties><Content-Length>${content.length}</Content-Length>${
        name.startsWith("big") ? "" : `<Content-MD5>${md5(content)}</Content-MD5>`
      }</Properties></Blob>`
    );
    const xml = `<EnumerationResults><Blobs>${blobs.join("")}</Blobs><NextMarker /></EnumerationResults>`;
    return new Response(xml, { status: listStatus, headers: AZURES });
  });
  const entries = Object.entries(now).map(([name, content]) => [`/project/${name}`, content]);
  const code = await prepareCode(fakeContext({ files: Object.fromEntries(entries) }).fs, "/project");
  const changes = await codeChanges(workspace, "c0de:1", hash === "same" ? { ...code, hash } : code, {
    patches,
  });
  return { changes: "files" in changes ? changes.files : changes.reason, asked, sent: [...sent] };
}

Deno.test("codeChanges() compares files by size and hash, or only by size if the storage has no hash", async () => {
  const files = { "a.py": "1", "b.py": "2", "big.bin": "12", "big2.bin": "12", "gone.py": "4" };
  const { changes } = await compare({ files }, {
    ...{ "a.py": "1", "b.py": "3", "big.bin": "34", "big2.bin": "345", "new.py": "12345" },
  });
  deepEqual(changes, [
    { name: "b.py", beforeBytes: 1, afterBytes: 1 },
    { name: "big2.bin", beforeBytes: 2, afterBytes: 3 },
    { name: "gone.py", beforeBytes: 1 },
    { name: "new.py", afterBytes: 5 },
  ]);
});

Deno.test("codeChanges() cannot tell what changed if only a file without a hash can differ", async () => {
  const files = { "a.py": "1", "big.bin": "12" };
  const now = { "a.py": "1", "big.bin": "34" };
  const reason = 'a file of the same size changed, and the storage has no hash of "big.bin"';
  deepEqual((await compare({ files }, now)).changes, reason);
  deepEqual((await compare({ files: { "a.py": "1" } }, { "a.py": "1" })).changes, []);
  deepEqual((await compare({ files, properties: { codeUri: `${BOX}/code` } }, now)).changes, []);
});

Deno.test("codeChanges() lists nothing if the hash of all code is the same", async () => {
  const { changes, asked } = await compare({ hash: "same", listStatus: 403 }, { "a.py": "1" });
  deepEqual(changes, []);
  deepEqual(asked.length, 1);
  deepEqual(
    (await compare({ hash: "same", codeUri: "https://evil.example/code" }, { "a.py": "1" })).changes,
    [],
  );
});

Deno.test("codeChanges() includes patches only of text files of at most 256 KiB", async () => {
  const most = "x".repeat(256 * 1024);
  const files = {
    ...{ "a.py": "1\n", "gone.py": "2\n", "most.txt": most, "more.txt": `${most}x`, "less.txt": "x" },
    ...{ "zero.bin": "a\0b", "latin.txt": new Uint8Array([0xe9]) },
  };
  const { changes } = await compare({ files }, {
    ...{
      "a.py": "3\n",
      "new.py": "4\n",
      "most.txt": `y${most.slice(1)}`,
      "more.txt": "y",
      "less.txt": `${most}y`,
    },
    ...{ "zero.bin": "abc", "latin.txt": "e" },
  }, { patches: true });
  deepEqual(
    (changes as readonly { name: string; patch?: string }[]).map((
      { name, patch },
    ) => [name, patch !== undefined && patch.length > 99 ? "long" : patch]),
    [
      ["a.py", "@@ -1,1 +1,1 @@\n-1\n+3\n"],
      ["gone.py", "@@ -1,1 +0,0 @@\n-2\n"],
      ["latin.txt", undefined],
      ["less.txt", undefined],
      ["more.txt", undefined],
      ["most.txt", "long"],
      ["new.py", "@@ -0,0 +1,1 @@\n+4\n"],
      ["zero.bin", undefined],
    ],
  );
});

Deno.test("codeChanges() reads files whose names have characters that URLs reserve", async () => {
  const files = { "src/é #1?.py": "1\n" };
  const { changes, sent } = await compare({ files }, { "src/é #1?.py": "2\n" }, { patches: true });
  deepEqual(sent, ["Bearer https://storage.azure.com/.default, 2021-12-02"]);
  deepEqual(changes, [
    { name: "src/é #1?.py", beforeBytes: 2, afterBytes: 2, patch: "@@ -1,1 +1,1 @@\n-1\n+2\n" },
  ]);
});

Deno.test("codeChanges() includes no patch of a file that the storage does not return", async () => {
  const { changes } = await compare({ files: { "a.py": "1" }, readStatus: 404 }, { "a.py": "2" }, {
    patches: true,
  });
  deepEqual(changes, [{ name: "a.py", beforeBytes: 1, afterBytes: 1 }]);
});

for (
  const [what, stored, reason] of [
    ["code that is gone from the workspace", { isGone: true }, "it is no longer in the workspace"],
    ["code that is gone from the storage", { listStatus: 404 }, "it is no longer in the storage"],
    [
      "code whose listing returns status 401",
      { listStatus: 401 },
      "your identity cannot read the storage; it needs the role Storage Blob Data Reader",
    ],
    [
      "code whose listing returns status 403",
      { listStatus: 403 },
      "your identity cannot read the storage; it needs the role Storage Blob Data Reader",
    ],
    ["code whose listing returns status 400", { listStatus: 400 }, "the storage returned status 400"],
    ["code on another host", { codeUri: "https://evil.example/box/code" }, "it is not in Azure blob storage"],
    [
      "code at a plain HTTP URL",
      { codeUri: "http://acc.blob.core.windows.net/box/code" },
      "it is not in Azure blob storage",
    ],
    ["code without properties", { properties: null }, "it is not in Azure blob storage"],
    ["code at a relative path", { codeUri: "code" }, "it is not in Azure blob storage"],
  ] as const
) {
  Deno.test(`codeChanges() explains why it cannot compare ${what}`, async () => {
    const { changes, asked } = await compare(stored, { "a.py": "1" });
    deepEqual(changes, reason);
    deepEqual(asked.filter((one) => one.startsWith("evil")), []);
  });
}

Deno.test("codeChanges() finds the container in a URL of Azure or of an emulator", async () => {
  const files = { "a.py": "1" };
  const here = await compare({ files }, files);
  deepEqual([here.changes, here.asked], [[], ["acc.blob.core.windows.net/box my code/"]]);
  const emulated = await compare({ files, codeUri: "https://management.azure.com/acc/box/code/deep" }, files);
  deepEqual([emulated.changes, emulated.asked], [[], ["management.azure.com/acc/box code/deep/"]]);
});
