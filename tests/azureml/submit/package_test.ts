import { deepEqual, equal, rejects, throws } from "node:assert/strict";
import { createHash } from "node:crypto";
import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from "@zip.js/zip.js";
import { openPackage } from "../../../src/azureml/submit/package.ts";

import { writePackage } from "../../../src/azureml/submit/package.ts";
import type { PreparedCode } from "../../../src/azureml/job/code/select.ts";
import type { FileSystem } from "../../../src/core/context.ts";
import { spec, STEP } from "../checks/subject.ts";
import { SEAL_PLACEHOLDER, withSeal } from "../../../src/azureml/submit/package.ts";
import { UserError } from "../../../src/core/errors.ts";
import { renderError } from "../../../src/cli/text/error.ts";
import { assertTranscript } from "../../cli/transcript.ts";
import { refuseSecrets } from "../../../src/azureml/submit/package.ts";
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
/** Hash of the only file: count, name, size and content. */
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

/** Creates a package that `pack` would not write. */
async function createPackage(change: (parts: Parts) => void = () => {}, extra: Extra = []) {
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
  return await new Blob(await Array.fromAsync(withSeal(chunksOf(archive)))).bytes();
}

/** Yields chunks with arbitrary boundaries. */
async function* chunksOf(bytes: Uint8Array<ArrayBuffer>) {
  for (let at = 0; at < bytes.length; at += 50) yield bytes.slice(at, at + 50);
}

async function open(bytes: Uint8Array<ArrayBuffer>, options: Parameters<typeof openPackage>[2] = {}) {
  return await openPackage(fakeContext({ files: { "/p.kap": bytes } }).fs, "/p.kap", options);
}

Deno.test("openPackage() returns the packed jobs and code", async () => {
  const { jobs, code } = await open(await createPackage());
  const prepared = await code(".");
  deepEqual([...jobs.keys()], ["main"]);
  equal(jobs.get("main")!.spec.steps[0]!.instanceType, undefined);
  equal(new TextDecoder().decode(await prepared.fs.readBytes(prepared.files[0]!.path)), CODE);
  equal(prepared.hash, CODE_HASH);
});

Deno.test("refuseSecrets() names the variable or the step of a secret, but not its value", () => {
  const refuse = (change: Partial<typeof STEP>) =>
    refuseSecrets(spec({ steps: [STEP, { ...STEP, ...change }] }));
  refuse({ environmentVariables: { API_TOKEN: "" } });
  throws(() => refuse({ environmentVariables: { MODE: "x", API_TOKEN: "hush" } }), {
    code: "pack.secret",
    message: 'Variable API_TOKEN of job "main" looks like a secret, which a package must not contain',
    hint: "Omit it here, and pass `--env-var API_TOKEN=VALUE` when the package is submitted",
    data: { job: "main", variable: "API_TOKEN" },
  });
  for (const command of [`kedro --params='{"api_key": "hush"}'`, "curl https://me:hush@host/x"]) {
    throws(() => refuse({ key: "fit", command }), {
      code: "pack.secret",
      message:
        'A parameter of step "fit" of job "main" looks like a secret, which a package must not contain',
      hint: "Omit the parameter, and read the value from a key vault in the step",
      data: { job: "main", step: "fit" },
    });
  }
});

/** Writes a package of one job and its code. */
async function write(writeChunks: FileSystem["writeChunks"], code: PreparedCode, steps = [STEP]) {
  return await writePackage({ writeChunks }, "/out.kap", {
    ...{ madeBy: "a test", project: "p", env: "local", experiment: "e", properties: { a: "1" } },
    workspaces: { __default__: { subscription_id: "s", resource_group: "g", name: "w" } },
    jobs: [{ spec: spec({ codeDirectory: "src", steps }), schedules: [], workspace: "__default__" }],
    code: new Map([["src", code]]),
  });
}

Deno.test("writePackage() fails if a file of the code changes while it is packed", async () => {
  const { code } = await open(await createPackage());
  const prepared = await code(".");
  let reads = 0;
  const readBytes: typeof prepared.fs.readBytes = async (path) =>
    ++reads === 1 ? await prepared.fs.readBytes(path) : new TextEncoder().encode("print(2)\n");
  const drain: FileSystem["writeChunks"] = async (_, chunks) => {
    await Array.fromAsync(chunks);
  };
  await rejects(write(drain, { ...prepared, fs: { ...prepared.fs, readBytes } }), {
    code: "code.changed",
    message: '"a.py" changed while the code was being uploaded',
  });
});

Deno.test("writePackage() writes what only its owner can read, with the manifest first", async () => {
  const { code } = await open(await createPackage());
  let options: unknown;
  const written: Uint8Array<ArrayBuffer>[] = [];
  const { sha256: hash, sizeBytes, manifest } = await write(
    async (path, chunks, given) => {
      options = [path, given];
      for await (const chunk of chunks) written.push(chunk.slice());
    },
    await code("."),
    [{ ...STEP, displayName: "Größe" }],
  );
  const bytes = await new Blob(written).bytes();
  deepEqual(options, ["/out.kap", { mode: 0o600 }]);
  deepEqual([hash, sizeBytes], [createHash("sha256").update(bytes).digest("hex"), bytes.length]);
  const names = [
    ...new TextDecoder("latin1").decode(bytes).matchAll(/manifest\.json|jobs\/0\.json|code\/0\/a\.py/g),
  ];
  deepEqual(names.slice(0, 3).map(String), ["manifest.json", "jobs/0.json", "code/0/a.py"]);
  const { jobs: [job], ...rest } = manifest;
  const { manifest: { jobs: _, ...expected } } = parts();
  deepEqual(rest, {
    ...expected,
    properties: { a: "1" },
    code: [{ ...expected.code[0], directory: "src" }],
  });
  const { jobs } = await open(bytes);
  deepEqual([...jobs.keys()], ["main"]);
  equal(jobs.get("main")!.spec.steps[0]!.displayName, "Größe");
  deepEqual([job!.job, job!.workspace, job!.sha256.length], ["main", "__default__", 64]);
});

const manifestOf = (change: (manifest: Parts["manifest"]) => void) => (made: Parts) => change(made.manifest);
const link = { externalFileAttributes: 0o120777 << 16 >>> 0, versionMadeBy: 0x314 };

/** Replaces the job, with a matching checksum. */
const jobOf = (change: (spec: Spec) => void) => (made: Parts) => {
  const spec = structuredClone(SPEC) as unknown as Spec;
  change(spec);
  made.job = JSON.stringify({ spec, schedules: [] });
  Object.assign(made.manifest.jobs[0]!, { sizeBytes: made.job.length, sha256: sha256(made.job) });
};
type Spec = { steps: Record<string, unknown>[]; outputs: unknown[] };
const input = (step: string, output: string) => ({
  name: "x",
  dataset: "x",
  type: "uri_folder",
  from: { kind: "step", step, output },
});
const output = (jobOutput: string | null = null) => ({
  name: "y",
  dataset: "y",
  type: "uri_folder",
  asset: null,
  jobOutput,
});

Deno.test("openPackage() accepts inputs of every kind, outputs of the job, and code that compresses well", async () => {
  const spec = jobOf((spec) => {
    spec.steps[0]!.outputs = [output("o"), { ...output(), name: "z", asset: { name: "m", version: null } }];
    const inputs = [
      { ...input("a", "y"), from: { kind: "step", step: "a", output: "y" } },
      { ...input("a", "y"), name: "l", from: { kind: "literal", value: "1" } },
      { ...input("a", "y"), name: "d", from: { kind: "asset", path: "azureml:d:1", type: "uri_folder" } },
    ];
    spec.steps.push({ ...spec.steps[0]!, key: "b", node: "b", inputs, outputs: [] });
    spec.outputs = [{ name: "o", type: "uri_folder", step: "a", output: "y" }];
  });
  const zeros = "\0".repeat(1024 * 1024 + 1);
  const bytes = await createPackage((made) => {
    spec(made);
    made.code = zeros;
    const [code] = made.manifest.code;
    code!.files[0] = { name: "a.py", sizeBytes: zeros.length, sha256: sha256(zeros) };
    code!.hash = sha256(`1#a.py#${zeros.length}${zeros}`);
  });
  equal((await open(bytes)).jobs.get("main")!.spec.steps.length, 2);
});

Deno.test("openPackage() rejects a package with another SHA-256 than expected", async () => {
  const bytes = await createPackage();
  const { sha256: whole } = await open(bytes);
  equal(whole, createHash("sha256").update(bytes).digest("hex"));
  equal((await open(bytes, { sha256: whole })).sha256, whole);
  await rejects(open(bytes, { sha256: "0".repeat(64) }), {
    code: "package.sha256",
    message: new RegExp(whole),
  });
});

const REFUSED: Readonly<
  Record<string, readonly [code: string, change?: (parts: Parts) => void, extra?: Extra]>
> = {
  "of a later version": ["package.version", manifestOf((one) => one.version = 2)],
  "whose manifest has another format": [
    "package.not_one",
    (made) => made.manifest = { format: "egg" } as never,
  ],
  "with an unknown field": [
    "package.damaged",
    manifestOf((one) => Object.assign(one, { hook: "rm -rf /" })),
  ],
  "with a job that does not match its checksum": [
    "package.damaged",
    (made) => made.job = made.job.replace('"true"', '"evil"'),
  ],
  "with code that does not match its checksum": ["package.damaged", (made) => made.code = "print(2)\n"],
  "with a wrong hash of its code": [
    "package.damaged",
    manifestOf((one) => one.code[0]!.hash = "0".repeat(64)),
  ],
  "with a job under another name": ["package.damaged", manifestOf((one) => one.jobs[0]!.job = "other")],
  "with a duplicate job": [
    "package.damaged",
    manifestOf((one) => one.jobs.push(one.jobs[0]!)),
    [["jobs/1.json", parts().job]],
  ],
  "with a job without a workspace": ["package.damaged", manifestOf((one) => one.jobs[0]!.workspace = "x")],
  "without the code of a job": ["package.unsafe", manifestOf((one) => one.code = [])],
  "with a file that is not in the manifest": ["package.unsafe", () => {}, [["code/0/b.py", "x"]]],
  "with a duplicate file in the manifest": [
    "package.unsafe",
    manifestOf((one) => one.code[0]!.files.push(one.code[0]!.files[0]!)),
  ],
  "that lacks a file of its manifest": [
    "package.damaged",
    manifestOf((one) => one.code[0]!.files.push({ ...one.code[0]!.files[0]!, name: "c.py" })),
  ],
  "with an input from an unknown step": [
    "package.unsafe",
    jobOf((spec) => spec.steps[0]!.inputs = [input("gone", "y")]),
  ],
  "with a job output that no step writes": [
    "package.unsafe",
    jobOf((spec) => spec.outputs = [{ name: "o", type: "uri_folder", step: "constructor", output: "y" }]),
  ],
  "with a job that uses another code folder": [
    "package.damaged",
    jobOf((spec) => Object.assign(spec, { codeDirectory: "other" })),
  ],
  "with code that no job uses and that does not match its hash": [
    "package.damaged",
    manifestOf((one) => {
      const [{ files: [file], ...rest }] = one.code as [(typeof one.code)[0]];
      one.code.push({
        ...{ ...rest, directory: "other", hash: "0".repeat(64) },
        files: [{ ...file!, name: "b.py" }],
      });
    }),
    [["code/1/b.py", CODE]],
  ],
  "with a null character in the name of a file": [
    "package.damaged",
    manifestOf((one) => one.code[0]!.files[0]!.name = "a\0.py"),
  ],
  "with an encrypted file": ["package.unsafe", () => {}, [["code/0/b.py", "x", { password: "p" }]]],
  "with a symbolic link": ["package.unsafe", () => {}, [["code/0/link", "/etc/passwd", link]]],
  "with an entry for a folder": ["package.unsafe", () => {}, [["code/0/folder/", "", { directory: true }]]],
  "with a storage folder outside the code": [
    "package.damaged",
    manifestOf((one) => one.code[0]!.folderName = "../x"),
  ],
};

for (const [what, [code, change, extra]] of Object.entries(REFUSED)) {
  Deno.test(`openPackage() rejects a package ${what}`, async (t) => {
    const bytes = await createPackage(change, extra);
    const thrown = await open(bytes).then(() => undefined, (thrown) => thrown as UserError);
    deepEqual([thrown?.code, thrown?.exit], [code, 3], String(thrown));
    await assertTranscript(t, renderError(thrown!).text, import.meta.url);
  });
}

Deno.test("openPackage() rejects a package of too many files before listing them", async () => {
  const bytes = await createPackage();
  const view = new DataView(bytes.buffer);
  const end = bytes.length - 64 - 22;
  const declare = (count: number) => [8, 10].forEach((at) => view.setUint16(end + at, count, true));
  for (const count of [50_001, 0xffff]) {
    declare(count);
    await rejects(open(bytes), { code: "package.unsafe", message: /more than 50000 files/ });
  }
  declare(50_000);
  await rejects(open(bytes), { code: "package.not_one" });
});

Deno.test("openPackage() rejects a decompression bomb before unpacking it", async () => {
  const zeros = "\0".repeat(64 * 1024 * 1024);
  const bytes = await createPackage((made) => {
    made.code = zeros;
    made.manifest.code[0]!.files[0] = { name: "a.py", sizeBytes: 2 * 1024 ** 3, sha256: sha256(zeros) };
  });
  await rejects(open(bytes), {
    code: "package.unsafe",
    message: /^Package "\/p.kap" is not safe: it would unpack to \d{5} times its size$/,
  });
});

Deno.test("openPackage() rejects a package with a changed byte, or cut off at any point", async () => {
  const bytes = await createPackage();
  for (let at = 0; at < bytes.length; at += 3) {
    for (const changed of [bytes.with(at, bytes[at]! ^ 0x55), bytes.slice(0, at)]) {
      await rejects(open(changed), (thrown) => {
        equal(thrown instanceof UserError && thrown.code.startsWith("package."), true, `${at}: ${thrown}`);
        return true;
      });
    }
  }
});
