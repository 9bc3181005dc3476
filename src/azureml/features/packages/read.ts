import { joinedBytes } from "../../../core/bytes.ts";
import type { FileSystem } from "../../../core/context.ts";
import { onceEach } from "../../../core/async.ts";
import type { PreparedCode } from "../../job/code/select.ts";
import { hashFiles } from "../../job/code/hash.ts";
import { openPackageFiles, type PackageFiles, readPackagedFile } from "./files.ts";
import { checkSeal } from "./seal.ts";
import { damagedPackage, notAPackage, unsafePackage, wrongSha256, wrongVersion } from "./errors.ts";
import {
  anyPackage,
  type Manifest,
  PACKAGE_FORMAT,
  type PackagedJob,
  parseManifest,
  parsePackagedJob,
} from "./format.ts";
import type { JobSpec } from "../../job/job_spec.ts";

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
  const bytes = code.flatMap(({ files }) => files).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
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
