import { createHash } from "node:crypto";
import { bytesOf } from "../../core/format.ts";
import type { WorkspaceConfig } from "../../config/types.ts";
import { onceEach } from "../../core/async.ts";
import { freeBytes, joinedBytes } from "../../core/bytes.ts";
import type { Chunks, FileSystem } from "../../core/context.ts";
import { UserError } from "../../core/errors.ts";
import { redact } from "../../core/secrets.ts";
import { secretParameters, secretVariables } from "../checks/secrets.ts";
import { type CodeFile, digestOf, hashFiles, readCodeFile } from "../job/code/file.ts";
import type { PreparedCode } from "../job/code/select.ts";
import type { JobSpec } from "../job/job_spec.ts";
import {
  anyPackage,
  damagedPackage,
  type Manifest,
  notAPackage,
  PACKAGE_FORMAT,
  type PackagedJob,
  packageJson,
  parseManifest,
  parsePackagedJob,
  unsafePackage,
  wrongSha256,
  wrongVersion,
} from "./package_format.ts";
import { countEntries, openZip, writeZip, type ZipEntry, type ZipSource } from "./zip.ts";

/** A package whose bytes were all checked against its checksums. */
export interface OpenPackage {
  /** Of the whole file. */
  readonly sha256: string;
  readonly manifest: Manifest;
  /** By job name, in the order of the package. */
  readonly jobs: ReadonlyMap<string, PackagedJob & { readonly workspace: string }>;
  /** Returns the code of a folder, as jobs name it. @throws {UserError} `package.damaged`. */
  readonly code: (directory: string) => Promise<PreparedCode>;
}

const MOST_TEXT_BYTES = 64 * 1024 * 1024;
/** Code that is larger than this and compresses better than only repetitive data does is rejected. */
const LARGE_BYTES = 1024 ** 3;
const MOST_SHRUNK = 200;

/**
 * Opens a package of {@linkcode PACKAGE_FORMAT}; reads all of it once and unpacks nothing to disk.
 *
 * @param path Absolute path.
 * @param options.sha256 Expected SHA-256 of the whole file.
 * @throws {UserError} `package.*` if it is not a package, has another version, is damaged, or is malicious.
 */
export async function openPackage(
  fs: Pick<FileSystem, "readRange" | "readChunks" | "stat">,
  path: string,
  options: { readonly sha256?: string | undefined } = {},
): Promise<OpenPackage> {
  const entry = await fs.stat(path);
  if (entry?.kind !== "file") {
    throw notAPackage(path, entry === undefined ? "does not exist" : "is not a file");
  }
  const { sizeBytes } = entry;
  const { sha256, isWhole } = await checkSeal(fs, { path, sizeBytes });
  if (options.sha256 !== undefined && options.sha256 !== sha256) throw wrongSha256(path, sha256);
  const files = await openPackageFiles(fs, { path, sizeBytes });
  const manifest = await readManifest(files);
  if (!isWhole) throw damagedPackage(path, "is damaged: its checksum does not match");
  refuseOthers(files, manifest);
  refuseBomb(path, manifest, sizeBytes);
  const jobs = new Map<string, PackagedJob & { readonly workspace: string }>();
  for (const [at, { job, workspace, ...checks }] of manifest.jobs.entries()) {
    const name = `jobs/${at}.json`;
    const parsed = parsePackagedJob(await readJson(files, name, checks));
    const fits = parsed?.spec.job === job && !jobs.has(job) && Object.hasOwn(manifest.workspaces, workspace);
    if (parsed === undefined || !fits) {
      throw damagedPackage(path, `is damaged: "${name}" does not match the manifest`);
    }
    const problem = jobProblem(parsed.spec);
    if (problem !== undefined) throw unsafePackage(path, `is not safe: job "${job}" ${problem}`);
    jobs.set(job, { ...parsed, workspace });
  }
  const code = onceEach((directory: string) => readCode(files, manifest, directory));
  const needed = [...jobs.values()].flatMap(({ spec }) => spec.codeDirectory ?? []);
  for (const directory of new Set([...needed, ...manifest.code.map((code) => code.directory)])) {
    await code(directory);
  }
  return { sha256, manifest, jobs, code };
}

async function readManifest(files: PackageFiles): Promise<Manifest> {
  const { path } = files;
  const value = await readJson(files, "manifest.json", {});
  const any = anyPackage.safeParse(value).data;
  if (any === undefined) {
    throw notAPackage(path, "is not a package: its manifest.json belongs to something else");
  }
  if (any.version !== PACKAGE_FORMAT.version) throw wrongVersion(path, any.version);
  const manifest = parseManifest(value);
  if (manifest === undefined) throw damagedPackage(path, "is damaged: its manifest is not valid");
  return manifest;
}

async function readJson(
  files: PackageFiles,
  name: string,
  checks: { readonly sizeBytes?: number; readonly sha256?: string },
): Promise<unknown> {
  const entry = files.entries.get(name);
  if (entry === undefined) throw damagedPackage(files.path, `is damaged: "${name}" is missing`);
  if (entry.sizeBytes > MOST_TEXT_BYTES) {
    throw unsafePackage(files.path, `is not safe: "${name}" is too large`);
  }
  const bytes = joinedBytes(await Array.fromAsync(readPackagedFile(files, { name, ...checks })));
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw damagedPackage(files.path, `is damaged: "${name}" is not JSON`);
  }
}

/** Checks that the archive contains exactly the files that the manifest lists. */
function refuseOthers({ path, entries }: PackageFiles, manifest: Manifest): void {
  const named = [
    "manifest.json",
    ...manifest.jobs.map((_, at) => `jobs/${at}.json`),
    ...manifest.code.flatMap(({ files }, at) => files.map(({ name }) => `code/${at}/${name}`)),
  ];
  const names = new Set(named);
  if (names.size < named.length) throw unsafePackage(path, "is not safe: its manifest lists a file twice");
  const missing = named.find((name) => !entries.has(name));
  if (missing !== undefined) throw damagedPackage(path, `is damaged: "${missing}" is missing`);
  const stray = [...entries.keys()].find((name) => !names.has(name));
  if (stray !== undefined) throw unsafePackage(path, `is not safe: its manifest does not list "${stray}"`);
}

function refuseBomb(path: string, { code }: Manifest, packedBytes: number): void {
  const bytes = bytesOf(code.flatMap(({ files }) => files));
  if (bytes > LARGE_BYTES && bytes > packedBytes * MOST_SHRUNK) {
    throw unsafePackage(
      path,
      `is not safe: it would unpack to ${Math.round(bytes / packedBytes)} times its size`,
    );
  }
}

async function readCode(files: PackageFiles, manifest: Manifest, directory: string): Promise<PreparedCode> {
  const index = manifest.code.findIndex((code) => code.directory === directory);
  if (index < 0) throw damagedPackage(files.path, `is damaged: the code folder "${directory}" is missing`);
  const { folderName, hash, files: listed } = manifest.code[index]!;
  const checks = new Map(listed.map((file) => [`code/${index}/${file.name}`, file]));
  const readChunks = (path: string) => readPackagedFile(files, { ...checks.get(path)!, name: path });
  const fs = {
    readChunks,
    readBytes: async (path: string) => joinedBytes(await Array.fromAsync(readChunks(path))),
  };
  const code = listed.map(({ name, sizeBytes }) => ({ name, sizeBytes, path: `code/${index}/${name}` }));
  const hashed = await hashFiles(fs, code);
  if (hashed.hash !== hash) throw damagedPackage(files.path, "is damaged: its code does not match its hash");
  return { fs, hash, folderName, files: hashed.files, leftOut: [], ignoreFile: undefined, warnings: [] };
}

/**
 * Finds an inconsistency in a packaged job: it has the fields of a job, but no compiler could have written it.
 *
 * @returns Such as `has no steps`; `undefined` if the job is consistent.
 */
function jobProblem({ steps, outputs }: JobSpec): string | undefined {
  if (steps.length === 0) return "has no steps";
  const twice = repeated(steps.map(({ key }) => key)) ??
    repeated(steps.map(({ node }) => node)) ?? repeated(outputs.map(({ name }) => name));
  if (twice !== undefined) return `has two steps or outputs named "${twice}"`;
  const made = new Map(steps.map((step) => [step.key, new Set(step.outputs.map(({ name }) => name))]));
  const isMade = (step: string, output: string) => made.get(step)?.has(output) === true;
  for (const { key, inputs, outputs: own } of steps) {
    const port = repeated(inputs.map(({ name }) => name)) ?? repeated(own.map(({ name }) => name));
    if (port !== undefined) return `has two inputs or outputs named "${port}" in step "${key}"`;
    for (const { name, from } of inputs) {
      if (from.kind === "step" && !isMade(from.step, from.output)) {
        return `has no step that writes input "${name}" of step "${key}"`;
      }
    }
    const lost = own.find(({ jobOutput }) =>
      jobOutput !== undefined && !outputs.some((output) => output.name === jobOutput)
    );
    if (lost !== undefined) return `has no output "${lost.jobOutput}", which step "${key}" writes`;
  }
  const unmade = outputs.find(({ step, output }) => !isMade(step, output));
  return unmade && `has no step that writes its output "${unmade.name}"`;
}

function repeated(names: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return names.find((name) => seen.size === seen.add(name).size);
}

/** The files of a package, not yet read. */
interface PackageFiles {
  readonly path: string;
  readonly entries: ReadonlyMap<string, ZipEntry>;
}

/** A limit: reading a list of this many files takes about 600 MB of memory. */
const MOST_FILES = 50_000;

/**
 * Opens a package and reads its list of contents.
 *
 * @throws {UserError} `package.not_one`, `package.unsafe` for links, folders and encrypted files.
 */
async function openPackageFiles(
  fs: Pick<FileSystem, "readRange">,
  file: { readonly path: string; readonly sizeBytes: number },
): Promise<PackageFiles> {
  const count = await countEntries(fs, file);
  if (count !== undefined && count > MOST_FILES) {
    throw unsafePackage(file.path, `is not safe: it holds more than ${MOST_FILES} files`);
  }
  let entries: readonly ZipEntry[];
  try {
    entries = await openZip(fs, file);
  } catch (thrown) {
    throw notAPackage(
      file.path,
      "is not valid: truncated, corrupted, or not made by `kedro-azureml pack`",
      thrown,
    );
  }
  const odd = entries.find(({ isPlain }) => !isPlain);
  if (odd !== undefined) {
    throw unsafePackage(file.path, `contains "${odd.name}", which is not a regular file`);
  }
  return { path: file.path, entries: new Map(entries.map((entry) => [entry.name, entry])) };
}

/**
 * Yields the bytes of a file in a package, at most as many as its declared size.
 *
 * @throws {UserError} `package.damaged` if they do not match the checksum.
 */
async function* readPackagedFile(
  { path, entries }: PackageFiles,
  { name, sizeBytes, sha256 }: {
    readonly name: string;
    readonly sizeBytes?: number;
    readonly sha256?: string;
  },
): Chunks {
  const entry = entries.get(name)!;
  if (sizeBytes !== undefined && entry.sizeBytes !== sizeBytes) {
    throw damagedPackage(path, `is damaged: the size of "${name}" differs from the manifest`);
  }
  const hash = createHash("sha256");
  try {
    for await (const chunk of entry.read()) {
      hash.update(chunk);
      yield chunk;
    }
  } catch (thrown) {
    throw damagedPackage(path, `is damaged: "${name}" cannot be unpacked`, thrown);
  }
  if (sha256 !== undefined && hash.digest("hex") !== sha256) {
    throw damagedPackage(path, `is damaged: "${name}" does not match its checksum`);
  }
}

export interface PackageInput {
  /** The program that makes it. */
  readonly madeBy: string;
  readonly project: string;
  readonly env: string;
  readonly experiment: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly workspaces: Readonly<Record<string, WorkspaceConfig>>;
  /** The jobs, each with the name of its workspace. */
  readonly jobs: readonly (PackagedJob & { readonly workspace: string })[];
  /** Code by folder, as jobs name it. */
  readonly code: ReadonlyMap<string, PreparedCode>;
}

export interface WrittenPackage {
  /** Of the whole file. */
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly manifest: Manifest;
}

/**
 * Writes a package atomically; see {@linkcode PACKAGE_FORMAT}.
 *
 * @throws {UserError} `pack.secret` if a job would carry a secret, `code.unreadable`, `code.changed`.
 */
export async function writePackage(
  fs: Pick<FileSystem, "writeChunks">,
  path: string,
  input: PackageInput,
): Promise<WrittenPackage> {
  input.jobs.forEach(({ spec }) => refuseSecrets(spec));
  const jobs = input.jobs.map(({ spec, schedules }) => packageJson({ spec, schedules }));
  const manifest = await manifestOf(input, jobs);
  const hash = createHash("sha256");
  let sizeBytes = 0;
  async function* counted() {
    for await (const chunk of withSeal(writeZip(sources(input, manifest, jobs), SEAL_PLACEHOLDER))) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      yield chunk;
    }
  }
  await fs.writeChunks(path, counted(), { mode: 0o600 });
  return { sha256: hash.digest("hex"), sizeBytes, manifest };
}

async function manifestOf(input: PackageInput, jobs: readonly string[]): Promise<Manifest> {
  const { madeBy, project, env, experiment, properties, workspaces } = input;
  return {
    ...PACKAGE_FORMAT,
    madeBy,
    project,
    env,
    experiment,
    properties,
    workspaces,
    jobs: input.jobs.map(({ spec, workspace }, at) => {
      const bytes = new TextEncoder().encode(jobs[at]);
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      return { job: spec.job, workspace, sizeBytes: bytes.length, sha256 };
    }),
    code: await Promise.all([...input.code].map(async ([directory, code]) => ({
      directory,
      folderName: code.folderName,
      hash: code.hash,
      files: await Array.fromAsync(code.files, (file) => described(code, file)),
    }))),
  };
}

async function described(code: PreparedCode, file: CodeFile) {
  const sha256 = (await digestOf(code.fs, file, "sha256")).toString("hex");
  return { name: file.name, sizeBytes: file.sizeBytes, sha256 };
}

function* sources(input: PackageInput, manifest: Manifest, jobs: readonly string[]): Iterable<ZipSource> {
  yield { name: "manifest.json", chunks: once(packageJson(manifest)) };
  for (const [at, text] of jobs.entries()) yield { name: `jobs/${at}.json`, chunks: once(text) };
  for (const [at, code] of [...input.code.values()].entries()) {
    for (const file of code.files) {
      yield { name: `code/${at}/${file.name}`, chunks: readCodeFile(code.fs, file) };
    }
  }
}

async function* once(text: string) {
  yield new TextEncoder().encode(text);
}

/** A package ends with its seal, the hexadecimal digits of its SHA-256. */
const SEAL_BYTES = 64;

/** Placeholder of the same length as the seal, written as the archive's comment, which comes last. */
export const SEAL_PLACEHOLDER = new TextEncoder().encode("0".repeat(SEAL_BYTES));

/** Replaces the last bytes of a package by its seal: the SHA-256 of all bytes before them, in hexadecimal. */
export async function* withSeal(chunks: Chunks): Chunks {
  const hash = createHash("sha256");
  let kept = new Uint8Array();
  for await (const chunk of chunks) {
    const both = joinedBytes([kept, chunk]);
    const sure = both.subarray(0, Math.max(0, both.length - SEAL_BYTES));
    kept = both.slice(sure.length);
    if (sure.length === 0) continue;
    hash.update(sure);
    yield sure;
  }
  yield new TextEncoder().encode(hash.digest("hex"));
}

/** Computes the SHA-256 of a whole package, and whether its seal matches the rest. */
export async function checkSeal(
  fs: Pick<FileSystem, "readChunks">,
  { path, sizeBytes }: { readonly path: string; readonly sizeBytes: number },
): Promise<{ readonly sha256: string; readonly isWhole: boolean }> {
  const [whole, rest] = [createHash("sha256"), createHash("sha256")];
  let [left, seal] = [sizeBytes - SEAL_BYTES, ""];
  for await (const chunk of fs.readChunks(path)) {
    whole.update(chunk);
    const part = chunk.subarray(0, Math.max(0, left));
    rest.update(part);
    seal += new TextDecoder().decode(chunk.subarray(part.length));
    left -= part.length;
    freeBytes(chunk);
  }
  return { sha256: whole.digest("hex"), isWhole: seal === rest.digest("hex") };
}

/**
 * Rejects a job that would carry a secret out of this machine: a variable or parameter whose name suggests one, or
 * a text that looks like a token, a key or a password.
 *
 * @throws {UserError} `pack.secret`, which names the variable or the step but not the value.
 */
export function refuseSecrets({ job, steps }: JobSpec): void {
  for (const step of steps) {
    const [variable] = secretVariables(step);
    if (variable !== undefined) throw secretVariable(job, variable);
    if (secretParameters(step).length > 0 || redact(step.command) !== step.command) {
      throw secretParameter(job, step.key);
    }
  }
}

function secretVariable(job: string, name: string): UserError {
  return new UserError(
    `Variable ${name} of job "${job}" looks like a secret, which a package must not contain`,
    {
      // pack.secret: A variable or parameter that looks like a secret cannot be packed. Pass a variable when
      //   the package is submitted.
      code: "pack.secret",
      hint: `Omit it here, and pass \`--env-var ${name}=VALUE\` when the package is submitted`,
      data: { job, variable: name },
    },
  );
}

function secretParameter(job: string, step: string): UserError {
  return new UserError(
    `A parameter of step "${step}" of job "${job}" looks like a secret, which a package must not contain`,
    {
      code: "pack.secret",
      hint: "Omit the parameter, and read the value from a key vault in the step",
      data: { job, step },
    },
  );
}
