import { deepEqual, equal, match, rejects, throws } from "node:assert/strict";
import { createHash } from "node:crypto";
import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from "@zip.js/zip.js";
import {
  checkSeal,
  openPackage,
  refuseSecrets,
  SEAL_PLACEHOLDER,
  withSeal,
  writePackage,
} from "../../../src/azureml/submit/job_package.ts";
import type { PreparedCode } from "../../../src/azureml/job/code/select.ts";
import type { FileSystem } from "../../../src/core/context.ts";
import { spec, STEP } from "../checks/subject.ts";
import { UserError } from "../../../src/core/errors.ts";
import { renderError } from "../../../src/cli/text/error.ts";
import { assertTranscript } from "../../cli/transcript.ts";
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
  const manifest = {
    format: "kedro-azureml package",
    version: 2,
    madeBy: "a test",
    project: "p",
    env: "local",
    experiment: "e",
    properties: {},
    workspaces: { __default__: { subscription_id: "s", resource_group: "g", name: "w" } },
    jobs: [{ spec: SPEC, schedules: [], workspace: "__default__" }],
    code: [{ directory: ".", folderName: "p", hash: CODE_HASH, files: ["a.py"] }],
  };
  return { code: CODE, manifest };
}

type Extra = readonly (readonly [name: string, text: string, options?: object])[];

/** Creates a package that `pack` would not write. */
async function createPackage(change: (parts: Parts) => void = () => {}, extra: Extra = []) {
  const made = structuredClone(parts());
  change(made);
  const writer = new Uint8ArrayWriter();
  const zip = new ZipWriter(writer, { useWebWorkers: false });
  const files: Extra = [
    ["manifest.json", JSON.stringify(made.manifest)],
    ["code/0/a.py", made.code],
    ...extra,
  ];
  for (const [name, text, options] of files) {
    await zip.add(name, new Uint8ArrayReader(new TextEncoder().encode(text)), options);
  }
  const archive = await zip.close(SEAL_PLACEHOLDER) as Uint8Array<ArrayBuffer>;
  return await sealed(archive);
}

async function sealed(archive: Uint8Array<ArrayBuffer>) {
  return await new Blob(await Array.fromAsync(withSeal(chunksOf(archive)))).bytes();
}

/** Yields chunks with arbitrary boundaries. */
async function* chunksOf(bytes: Uint8Array<ArrayBuffer>) {
  for (let at = 0; at < bytes.length; at += 50) yield bytes.slice(at, at + 50);
}

async function open(bytes: Uint8Array<ArrayBuffer>, options: Parameters<typeof openPackage>[2] = {}) {
  return await openPackage(fakeContext({ files: { "/p.kap": bytes } }).fs, "/p.kap", options);
}

Deno.test("openPackage() returns jobs and code", async () => {
  const { jobs, code } = await open(await createPackage());
  const prepared = await code(".");
  deepEqual([...jobs.keys()], ["main"]);
  equal(jobs.get("main")!.spec.steps[0]!.instanceType, undefined);
  equal(new TextDecoder().decode(await prepared.fs.readBytes(prepared.files[0]!.path)), CODE);
  equal(prepared.hash, CODE_HASH);
});

Deno.test("refuseSecrets() names the step with a secret", () => {
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

Deno.test("writePackage() writes nothing if a job has a secret", async () => {
  const { code } = await open(await createPackage());
  const steps = [{ ...STEP, environmentVariables: { API_TOKEN: "hush" } }];
  const never = () => Promise.reject(new Error("something is written"));
  await rejects(write(never, await code("."), steps), { code: "pack.secret" });
});

Deno.test("writePackage() fails if a code file changes", async () => {
  const { code } = await open(await createPackage());
  const prepared = await code(".");
  const readBytes = () => Promise.resolve(new TextEncoder().encode("print(2)\n"));
  const drain: FileSystem["writeChunks"] = async (_, chunks) => {
    await Array.fromAsync(chunks);
  };
  await rejects(write(drain, { ...prepared, fs: { ...prepared.fs, readBytes } }), {
    code: "code.changed",
    message: '"a.py" changed while the code was being uploaded',
  });
});

Deno.test("writePackage() writes a file that only its owner can read", async () => {
  const { code } = await open(await createPackage());
  let options: unknown;
  const written: Uint8Array<ArrayBuffer>[] = [];
  const { sha256: hash, sizeBytes } = await write(
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
    ...new TextDecoder("latin1").decode(bytes).matchAll(/manifest\.json|code\/0\/a\.py/g),
  ];
  deepEqual(names.slice(0, 2).map(String), ["manifest.json", "code/0/a.py"]);
  const { jobs, manifest: { jobs: [job], ...rest } } = await open(bytes);
  const { manifest: { jobs: _, ...expected } } = parts();
  deepEqual(rest, {
    ...expected,
    properties: { a: "1" },
    code: [{ ...expected.code[0], directory: "src" }],
  });
  deepEqual([...jobs.keys()], ["main"]);
  equal(job!.spec.steps[0]!.displayName, "Größe");
  equal(job!.workspace, "__default__");
});

const manifestOf = (change: (manifest: Parts["manifest"]) => void) => (made: Parts) => change(made.manifest);
const link = { externalFileAttributes: 0o120777 << 16 >>> 0, versionMadeBy: 0x314 };

type Spec = { steps: Record<string, unknown>[]; outputs: unknown[] };
const jobOf = (change: (spec: Spec) => void) => (made: Parts) =>
  change(made.manifest.jobs[0]!.spec as unknown as Spec);
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

Deno.test("openPackage() accepts inputs and outputs of each type", async () => {
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
    made.manifest.code[0]!.hash = sha256(`1#a.py#${zeros.length}${zeros}`);
  });
  equal((await open(bytes)).jobs.get("main")!.spec.steps.length, 2);
});

Deno.test("openPackage() rejects an unexpected SHA-256", async () => {
  const bytes = await createPackage();
  const { sha256: whole } = await open(bytes);
  equal(whole, createHash("sha256").update(bytes).digest("hex"));
  equal((await open(bytes, { sha256: whole })).sha256, whole);
  await rejects(open(bytes, { sha256: "0".repeat(64) }), {
    code: "package.sha256",
    message: new RegExp(whole),
  });
});

Deno.test("openPackage() rejects files that are no package", async () => {
  const { fs } = fakeContext({ files: { "/folder/a": "" } });
  await rejects(openPackage(fs, "/gone"), { code: "package.not_one", message: /does not exist/ });
  await rejects(openPackage(fs, "/folder"), { code: "package.not_one", message: /is not a file/ });
  await rejects(openPackage(fs, "/folder/a"), {
    code: "package.not_one",
    hint: /^Copy it again, or use another file/,
  });
});

for (const size of [1, 63, 64, 65, 200, 1000]) {
  Deno.test(`checkSeal() verifies a package in chunks of ${size} bytes`, async () => {
    const bytes = crypto.getRandomValues(new Uint8Array(300));
    async function* chunks() {
      for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
    }
    const sealed = await Array.fromAsync(withSeal(chunks()));
    equal(sealed.every(({ length }) => length > 0), true);
    const rest = bytes.slice(0, -64);
    const seal = createHash("sha256").update(rest).digest("hex");
    const all = await new Blob(sealed).bytes();
    deepEqual(all, new Uint8Array([...rest, ...new TextEncoder().encode(seal)]));
    const check = async (content: Uint8Array<ArrayBuffer>) => {
      async function* readChunks() {
        for (let at = 0; at < content.length; at += size) yield content.slice(at, at + size);
      }
      return await checkSeal({ readChunks }, { path: "/p", sizeBytes: content.length });
    };
    deepEqual(await check(all), { sha256: createHash("sha256").update(all).digest("hex"), isWhole: true });
    equal((await check(all.with(0, all[0]! ^ 1))).isWhole, false);
    equal((await check(all.slice(0, 10))).isWhole, false);
  });
}

const REFUSED: Readonly<
  Record<string, readonly [code: string, change?: (parts: Parts) => void, extra?: Extra]>
> = {
  "of an earlier version": ["package.version", manifestOf((one) => one.version = 1)],
  "of a later version with other fields": [
    "package.version",
    (made) => made.manifest = { format: "kedro-azureml package", version: 9, things: [] } as never,
  ],
  "with a manifest of another format": [
    "package.not_one",
    (made) => made.manifest = { format: "egg" } as never,
  ],
  "with an unknown field": [
    "package.damaged",
    manifestOf((one) => Object.assign(one, { hook: "rm -rf /" })),
  ],
  "with a step of unknown fields": [
    "package.damaged",
    jobOf((spec) => Object.assign(spec.steps[0]!, { hook: "rm -rf /" })),
  ],
  "with code of another hash": ["package.damaged", (made) => made.code = "print(2)\n"],
  "with a duplicate job": ["package.damaged", manifestOf((one) => one.jobs.push(one.jobs[0]!))],
  "with a job without a workspace": ["package.damaged", manifestOf((one) => one.jobs[0]!.workspace = "x")],
  "with a workspace named like a JavaScript property": [
    "package.damaged",
    manifestOf((one) => one.jobs[0]!.workspace = "constructor"),
  ],
  "without the code of a job": ["package.unsafe", manifestOf((one) => one.code = [])],
  "with a file outside the manifest": ["package.unsafe", () => {}, [["code/0/b.py", "x"]]],
  "without a file of its manifest": [
    "package.damaged",
    manifestOf((one) => one.code[0]!.files.push("c.py")),
  ],
  "with a job of another code folder": [
    "package.damaged",
    jobOf((spec) => Object.assign(spec, { codeDirectory: "other" })),
  ],
  "with a null character in the name of a file": [
    "package.damaged",
    manifestOf((one) => one.code[0]!.files[0] = "a\0.py"),
  ],
  "with an encrypted file": ["package.unsafe", () => {}, [["code/0/b.py", "x", { password: "p" }]]],
  "with a symbolic link": ["package.not_one", () => {}, [["code/0/link", "/etc/passwd", link]]],
  "with an entry for a folder": ["package.not_one", () => {}, [["code/0/folder/", "", { directory: true }]]],
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

/** Changes a package where its first and last mention of a file are, and seals it again. */
async function changed(
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
  change: (view: DataView, first: number, last: number) => void,
) {
  const text = new TextDecoder("latin1").decode(bytes);
  change(new DataView(bytes.buffer), text.indexOf(name), text.lastIndexOf(name));
  return await sealed(bytes);
}

Deno.test("openPackage() rejects too large files before unpacking", async () => {
  const declare = async (name: string, sizeBytes: number) =>
    // The name follows the 46 bytes of its entry in the list of contents, whose 25th to 28th are the size.
    await changed(
      await createPackage(),
      name,
      (view, _, entry) => view.setUint32(entry - 46 + 24, sizeBytes, true),
    );
  await rejects(open(await declare("manifest.json", 64 * 1024 * 1024 + 1)), {
    code: "package.unsafe",
    message: 'Package "/p.kap" is not safe: "manifest.json" is too large',
  });
  await rejects(open(await declare("manifest.json", 64 * 1024 * 1024)), { code: "package.damaged" });
  await rejects(open(await declare("code/0/a.py", 2 ** 31)), { code: "package.unsafe" });
});

Deno.test("openPackage() says why it cannot unpack a file", async () => {
  const name = "code/0/a.py";
  const bytes = await changed(await createPackage(), name, (view, header) => {
    const data = header + name.length + view.getUint16(header - 2, true);
    view.setUint8(data, 0xff);
  });
  await rejects(open(bytes), ({ message, cause }: Error) => {
    equal(message, 'Package "/p.kap" is damaged: "code/0/a.py" cannot be unpacked');
    match(String(cause), /Invalid compressed data/);
    return true;
  });
});

Deno.test("openPackage() rejects any changed or missing byte", async () => {
  const bytes = await createPackage();
  for (let at = 0; at < bytes.length; at += 7) {
    for (const changed of [bytes.with(at, bytes[at]! ^ 0x55), bytes.slice(0, at)]) {
      await rejects(open(changed), (thrown) => {
        equal(thrown instanceof UserError && thrown.code.startsWith("package."), true, `${at}: ${thrown}`);
        return true;
      });
    }
  }
});
