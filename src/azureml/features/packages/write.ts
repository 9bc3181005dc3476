import { createHash } from "node:crypto";
import type { WorkspaceConfig } from "../../../config/azureml/types.ts";
import type { FileSystem } from "../../../core/context.ts";
import type { PreparedCode } from "../../job/code/select.ts";
import { type CodeFile, digestOf, readCodeFile } from "../../job/code/file.ts";
import { type Manifest, PACKAGE_FORMAT, type PackagedJob, packageJson } from "./format.ts";
import { SEAL_PLACEHOLDER, withSeal } from "./seal.ts";
import { refuseSecrets } from "./secrets.ts";
import { writeZip, type ZipSource } from "./zip.ts";

/** The contents of a package. */
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

/** A package that was written. */
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
