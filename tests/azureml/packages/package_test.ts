import { deepEqual, equal, rejects } from "node:assert/strict";
import { createHash } from "node:crypto";
import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from "@zip.js/zip.js";
import { openPackage } from "../../../src/azureml/packages/read.ts";
import { SEAL_PLACEHOLDER, withSeal } from "../../../src/azureml/packages/seal.ts";
import { UserError } from "../../../src/core/errors.ts";
import { fakeContext } from "../../fakes/context.ts";

const SPEC = {
  job: "main",
  key: "main",
  pipelineName: "__default__",
  displayName: null,
  experimentName: "e",
  description: null,
  compute: "cpu",
  codeDirectory: ".",
  environment: "env@latest",
  steps: [{
    key: "a",
    node: "a",
    name: "a",
    displayName: "A",
    command: "true",
    inputs: [],
    outputs: [],
    environmentVariables: {},
    compute: "cpu",
    instanceType: null,
    isDeterministic: false,
    timeoutSeconds: null,
    distribution: null,
  }],
  outputs: [],
};
const CODE = "print(1)\n";
/** One file: its count, name, size and content. */
const CODE_HASH = sha256(`1#a.py#${CODE.length}${CODE}`);

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

type Parts = ReturnType<typeof parts>;

function parts() {
  const job = JSON.stringify({ spec: SPEC, schedules: [] });
  const file = { name: "a.py", sizeBytes: CODE.length, sha256: sha256(CODE) };
  const manifest = {
    format: "kedro-azureml package",
    version: 1,
    madeBy: "a test",
    project: "p",
    env: "local",
    experiment: "e",
    properties: {},
    workspaces: { __default__: { subscription_id: "s", resource_group: "g", name: "w" } },
    jobs: [{ job: "main", workspace: "__default__", sizeBytes: job.length, sha256: sha256(job) }],
    code: [{ directory: ".", folderName: "p", hash: CODE_HASH, files: [file] }],
  };
  return { job, code: CODE, manifest };
}

type Extra = readonly (readonly [name: string, text: string, options?: object])[];

/** Writes a package by hand, as no `pack` would. */
async function packaged(change: (parts: Parts) => void = () => {}, extra: Extra = []) {
  const made = parts();
  change(made);
  const writer = new Uint8ArrayWriter();
  const zip = new ZipWriter(writer, { useWebWorkers: false });
  const files: Extra = [
    ["manifest.json", JSON.stringify(made.manifest)],
    ["jobs/0.json", made.job],
    ["code/0/a.py", made.code],
    ...extra,
  ];
  for (const [name, text, options] of files) {
    await zip.add(name, new Uint8ArrayReader(new TextEncoder().encode(text)), options);
  }
  const archive = await zip.close(SEAL_PLACEHOLDER) as Uint8Array<ArrayBuffer>;
  return await new Blob(await Array.fromAsync(withSeal(inPieces(archive)))).bytes();
}

/** Pieces that end anywhere. */
async function* inPieces(bytes: Uint8Array<ArrayBuffer>) {
  for (let at = 0; at < bytes.length; at += 50) yield bytes.slice(at, at + 50);
}

async function open(bytes: Uint8Array<ArrayBuffer>) {
  return await openPackage(fakeContext({ files: { "/p.kap": bytes } }).fs, "/p.kap");
}

Deno.test("openPackage() gives jobs and code as they were packed", async () => {
  const { jobs, code } = await open(await packaged());
  const prepared = await code(".");
  deepEqual([...jobs.keys()], ["main"]);
  equal(jobs.get("main")!.spec.steps[0]!.instanceType, undefined);
  equal(new TextDecoder().decode(await prepared.fs.readBytes(prepared.files[0]!.path)), CODE);
  equal(prepared.hash, CODE_HASH);
});

const manifestOf = (change: (manifest: Parts["manifest"]) => void) => (made: Parts) => change(made.manifest);
const link = { externalFileAttributes: 0o120777 << 16 >>> 0, versionMadeBy: 0x314 };

const REFUSED: Readonly<
  Record<string, readonly [code: string, change?: (parts: Parts) => void, extra?: Extra]>
> = {
  "of a later version": ["package.version", manifestOf((one) => one.version = 2)],
  "of a later version with other fields": [
    "package.version",
    (made) => made.manifest = { format: "kedro-azureml package", version: 9, things: [] } as never,
  ],
  "of something else": ["package.not_one", (made) => made.manifest = { format: "egg" } as never],
  "with a field that this version does not know": [
    "package.damaged",
    manifestOf((one) => Object.assign(one, { hook: "rm -rf /" })),
  ],
  "with another job than its checksum": [
    "package.damaged",
    (made) => made.job = made.job.replace('"true"', '"evil"'),
  ],
  "with other code than its checksum": ["package.damaged", (made) => made.code = "print(2)\n"],
  "with code of another length": ["package.damaged", (made) => made.code = "print(12)\n"],
  "with another hash of the code": [
    "package.damaged",
    manifestOf((one) => one.code[0]!.hash = "0".repeat(64)),
  ],
  "with a job of another name": ["package.damaged", manifestOf((one) => one.jobs[0]!.job = "other")],
  "with a job twice": ["package.damaged", manifestOf((one) => one.jobs.push(one.jobs[0]!))],
  "with a job for no workspace": ["package.damaged", manifestOf((one) => one.jobs[0]!.workspace = "x")],
  "with a job for a workspace by a name of JavaScript": [
    "package.damaged",
    manifestOf((one) => one.jobs[0]!.workspace = "constructor"),
  ],
  "without the code of a job": ["package.unsafe", manifestOf((one) => one.code = [])],
  "with a file that its manifest does not name": ["package.unsafe", () => {}, [["code/0/b.py", "x"]]],
  "with a file that is named twice": [
    "package.unsafe",
    manifestOf((one) => one.code[0]!.files.push(one.code[0]!.files[0]!)),
  ],
  "without a file that its manifest names": [
    "package.damaged",
    manifestOf((one) => one.code[0]!.files.push({ ...one.code[0]!.files[0]!, name: "c.py" })),
  ],
  "with a link": ["package.unsafe", () => {}, [["code/0/link", "/etc/passwd", link]]],
  "with a folder": ["package.unsafe", () => {}, [["code/0/folder/", "", { directory: true }]]],
  "with a folder of the storage that leads out": [
    "package.damaged",
    manifestOf((one) => one.code[0]!.folderName = "../x"),
  ],
};

for (const [what, [code, change, extra]] of Object.entries(REFUSED)) {
  Deno.test(`openPackage() refuses a package ${what}`, async () => {
    const bytes = await packaged(change, extra);
    await rejects(open(bytes), (thrown) => {
      equal(thrown instanceof UserError && thrown.code, code, String(thrown));
      return true;
    });
  });
}

Deno.test("openPackage() refuses a package that becomes far larger, before it unpacks it", async () => {
  const zeros = "\0".repeat(64 * 1024 * 1024);
  const bytes = await packaged((made) => {
    made.code = zeros;
    made.manifest.code[0]!.files[0] = { name: "a.py", sizeBytes: 2 * 1024 ** 3, sha256: sha256(zeros) };
  });
  await rejects(open(bytes), { code: "package.unsafe" });
});

Deno.test("openPackage() refuses every package of which one byte was changed, or that was cut", async () => {
  const bytes = await packaged();
  for (let at = 0; at < bytes.length; at += 3) {
    for (const changed of [bytes.with(at, bytes[at]! ^ 0x55), bytes.slice(0, at)]) {
      await rejects(open(changed), (thrown) => {
        equal(thrown instanceof UserError && thrown.code.startsWith("package."), true, `${at}: ${thrown}`);
        return true;
      });
    }
  }
});
