import { createHash } from "node:crypto";
import { Reader, ZipReader, ZipWriter } from "@zip.js/zip.js";
import { onceEach } from "../../core/async.ts";
import { freeBytes, joinedBytes } from "../../core/bytes.ts";
import type { Chunks, FileSystem } from "../../core/context.ts";
import { UserError } from "../../core/errors.ts";
import { bytesOf, sizeText } from "../../core/format.ts";
import { redact } from "../../core/secrets.ts";
import { secretParameters, secretVariables } from "../checks/secrets_in_upload.ts";
import { hashFiles, readCodeFile } from "../job/code/file.ts";
import type { PreparedCode } from "../job/code/select.ts";
import type { JobSpec } from "../job/job_spec.ts";
import {
  anyPackage,
  damagedPackage,
  type Manifest,
  manifestText,
  notAPackage,
  PACKAGE_FORMAT,
  type PackagedJob,
  parseManifest,
  unsafePackage,
  wrongSha256,
  wrongVersion,
} from "./job_package_format.ts";
import { shellWord } from "../../core/untrusted.ts";

export interface OpenPackage {
  /** Of the whole file. */
  readonly sha256: string;
  readonly manifest: Manifest;
  /** By job name, in the order of the package. */
  readonly jobs: ReadonlyMap<string, PackagedJob>;
  /** Returns the code of a folder, as jobs name it. @throws {UserError} `package.damaged`. */
  readonly code: (directory: string) => Promise<PreparedCode>;
}

const MANIFEST = "manifest.json";
const MOST_MANIFEST_BYTES = 64 * 1024 * 1024;
const GIB = 1024 ** 3;
/** How much larger than the package its files may be: code compresses to a tenth, and only bombs to less than this. */
const MOST_TIMES = 200;

/**
 * Opens a package of {@linkcode PACKAGE_FORMAT}; reads all of it once and unpacks nothing to disk.
 *
 * @param path Absolute path.
 * @param options.sha256 Expected SHA-256 of the whole file.
 * @throws {UserError} `package.*` if it is not a package, has another version, is damaged, or has other files.
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
  const files = await openFiles(fs, path, sizeBytes);
  const unpackedBytes = bytesOf([...files.entries.values()]);
  if (unpackedBytes > Math.max(GIB, MOST_TIMES * sizeBytes)) {
    throw unsafePackage(path, `is not safe: its ${sizeText(sizeBytes)} unpack to ${sizeText(unpackedBytes)}`);
  }
  const manifest = await readManifest(files);
  if (!isWhole) throw damagedPackage(path, "is damaged: its checksum does not match");
  const names = new Set([MANIFEST, ...manifest.code.flatMap(({ files }, at) => files.map(pathIn(at)))]);
  const stray = [...files.entries.keys()].find((name) => !names.has(name));
  if (stray !== undefined) throw unsafePackage(path, `is not safe: its manifest does not list "${stray}"`);
  const jobs = new Map(manifest.jobs.map((job) => [job.spec.job, job]));
  const misplaced = manifest.jobs.find(({ workspace }) => !Object.hasOwn(manifest.workspaces, workspace));
  if (misplaced !== undefined || jobs.size < manifest.jobs.length) {
    throw damagedPackage(path, "is damaged: its jobs do not fit together");
  }
  const code = onceEach((directory: string) => readCode(files, manifest, directory));
  for (const { spec } of manifest.jobs) if (spec.codeDirectory !== undefined) await code(spec.codeDirectory);
  return { sha256, manifest, jobs, code };
}

interface PackageFiles {
  readonly path: string;
  readonly entries: ReadonlyMap<string, ZipEntry>;
}

async function openFiles(
  fs: Pick<FileSystem, "readRange">,
  path: string,
  sizeBytes: number,
): Promise<PackageFiles> {
  try {
    const entries = await openZip(fs, { path, sizeBytes });
    return { path, entries: new Map(entries.map((entry) => [entry.name, entry])) };
  } catch (thrown) {
    const what = "is not valid: truncated, corrupted, or not made by `kedro-azureml pack`";
    throw notAPackage(path, what, thrown);
  }
}

async function readManifest(files: PackageFiles): Promise<Manifest> {
  const { path, entries } = files;
  const isLarge = (entries.get(MANIFEST)?.sizeBytes ?? 0) > MOST_MANIFEST_BYTES;
  if (isLarge) throw unsafePackage(path, `is not safe: "${MANIFEST}" is too large`);
  const bytes = joinedBytes(await Array.fromAsync(readFile(files, MANIFEST)));
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw damagedPackage(path, `is damaged: "${MANIFEST}" is not JSON`);
  }
  const any = anyPackage.safeParse(value).data;
  if (any === undefined) {
    throw notAPackage(path, `is not a package: its ${MANIFEST} belongs to something else`);
  }
  if (any.version !== PACKAGE_FORMAT.version) throw wrongVersion(path, any.version);
  const manifest = parseManifest(value);
  if (manifest === undefined) throw damagedPackage(path, "is damaged: its manifest is not valid");
  return manifest;
}

/** Yields the bytes of a file in a package. @throws {UserError} `package.damaged`. */
async function* readFile({ path, entries }: PackageFiles, name: string): Chunks {
  const entry = entries.get(name);
  if (entry === undefined) throw damagedPackage(path, `is damaged: "${name}" is missing`);
  try {
    yield* entry.read();
  } catch (thrown) {
    throw damagedPackage(path, `is damaged: "${name}" cannot be unpacked`, thrown);
  }
}

async function readCode(files: PackageFiles, manifest: Manifest, directory: string): Promise<PreparedCode> {
  const index = manifest.code.findIndex((code) => code.directory === directory);
  if (index < 0) throw damagedPackage(files.path, `is damaged: the code folder "${directory}" is missing`);
  const { folderName, hash, files: names } = manifest.code[index]!;
  const readChunks = (path: string) => readFile(files, path);
  const fs = {
    readChunks,
    readBytes: async (path: string) => joinedBytes(await Array.fromAsync(readChunks(path))),
  };
  const code = names.map((name) => {
    const path = pathIn(index)(name);
    return { name, path, sizeBytes: files.entries.get(path)?.sizeBytes ?? 0 };
  });
  const hashed = await hashFiles(fs, code);
  if (hashed.hash !== hash) throw damagedPackage(files.path, "is damaged: its code does not match its hash");
  return { fs, hash, folderName, files: hashed.files, leftOut: [], ignoreFile: undefined, warnings: [] };
}

/** The path in a package of a file of its n-th code folder. */
function pathIn(at: number): (name: string) => string {
  return (name) => `code/${at}/${name}`;
}

/** What a package is made of: what its manifest says, and code by folder, as jobs name it. */
export interface PackageInput extends Omit<Manifest, keyof typeof PACKAGE_FORMAT | "code"> {
  readonly code: ReadonlyMap<string, PreparedCode>;
}

/**
 * Writes a package atomically; see {@linkcode PACKAGE_FORMAT}.
 *
 * @returns The SHA-256 of the whole file, and its size.
 * @throws {UserError} `pack.secret` if a job would carry a secret, `code.unreadable`, `code.changed`.
 */
export async function writePackage(
  fs: Pick<FileSystem, "writeChunks">,
  path: string,
  { code, ...input }: PackageInput,
) {
  input.jobs.forEach(({ spec }) => refuseSecrets(spec));
  const folders = [...code].map(([directory, { folderName, hash, files }]) => (
    { directory, folderName, hash, files: files.map(({ name }) => name) }
  ));
  const manifest = manifestText({ ...PACKAGE_FORMAT, ...input, code: folders });
  const hash = createHash("sha256");
  let sizeBytes = 0;
  async function* counted() {
    for await (const chunk of withSeal(writeZip(sources(manifest, [...code.values()]), SEAL_PLACEHOLDER))) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      yield chunk;
    }
  }
  await fs.writeChunks(path, counted(), { mode: 0o600 });
  return { sha256: hash.digest("hex"), sizeBytes };
}

function* sources(manifest: string, folders: readonly PreparedCode[]): Iterable<ZipSource> {
  yield { name: MANIFEST, chunks: once(manifest) };
  for (const [at, { fs, files }] of folders.entries()) {
    for (const file of files) yield { name: pathIn(at)(file.name), chunks: readCodeFile(fs, file) };
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
      hint: `Omit it here, and pass \`--env-var ${shellWord(name)}=VALUE\` when the package is submitted`,
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

interface ZipSource {
  /** With forward slashes. */
  readonly name: string;
  readonly chunks: Chunks;
}

interface ZipEntry {
  readonly name: string;
  /** The declared size; {@linkcode ZipEntry.read} never yields more. */
  readonly sizeBytes: number;
  /** Unpacks the entry. @throws {Error} if the contents do not match their declaration. */
  read(): Chunks;
}

/** The library's own deflate yields the same bytes on every machine; the platform's may not. */
const DETERMINISTIC = { useWebWorkers: false, useCompressionStream: false } as const;

/** ZIP stores local time; a fixed one yields the same bytes in every time zone. */
const FIXED_DATE = new Date(1980, 0, 1);

/**
 * Yields a ZIP archive while its files are read; the same files always yield the same bytes.
 *
 * @param comment The archive's last bytes.
 * @throws what reading the files throws.
 */
export async function* writeZip(files: Iterable<ZipSource>, comment?: Uint8Array): Chunks {
  yield* piped(async (into) => {
    const zip = new ZipWriter(into, {
      ...DETERMINISTIC,
      level: 6,
      lastModDate: FIXED_DATE,
      extendedTimestamp: false,
    });
    for (const { name, chunks } of files) await add(zip, name, chunks[Symbol.asyncIterator]());
    await zip.close(comment);
  });
}

/** Adds a file and closes its iterator, which the library leaves open if the archive is not written to its end. */
async function add(
  zip: ZipWriter<unknown>,
  name: string,
  chunks: AsyncIterator<Uint8Array<ArrayBuffer>>,
): Promise<void> {
  try {
    await zip.add(name, ReadableStream.from({ [Symbol.asyncIterator]: () => chunks }));
  } finally {
    await chunks.return?.();
  }
}

/** Yields what `write` writes, and throws what it throws, even before it has written anything. */
async function* piped(write: (into: WritableStream<Uint8Array>) => Promise<unknown>): Chunks {
  const { readable, writable } = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>();
  const out = writable.getWriter();
  const written = (async () => {
    try {
      await write(new WritableStream({ write: (chunk) => out.write(chunk.slice()) }));
      await out.close();
    } catch (thrown) {
      await out.abort(thrown).catch(() => {});
      return { thrown };
    }
  })();
  try {
    yield* readable;
  } catch (thrown) {
    throw (await written)?.thrown ?? thrown;
  } finally {
    await written;
  }
}

/**
 * Opens an archive and reads its list of contents; files are only read when requested, and nothing is unpacked to
 * disk.
 *
 * @throws {Error} if it is not a ZIP archive, one with very many files, folders or links, or one that programs could
 *   interpret differently: with duplicate names or names that lead elsewhere, overlapping parts, or extra bytes before,
 *   between or after the parts.
 */
export async function openZip(
  fs: Pick<FileSystem, "readRange">,
  { path, sizeBytes }: { readonly path: string; readonly sizeBytes: number },
): Promise<readonly ZipEntry[]> {
  const reader = Object.assign(new Reader(path), {
    size: sizeBytes,
    readUint8Array: (start: number, length: number) => fs.readRange(path, start, length),
  });
  const zip = new ZipReader(reader, {
    ...DETERMINISTIC,
    strictness: "strict",
    checkSignature: true,
    checkOverlappingEntry: true,
  });
  const entries: ZipEntry[] = [];
  for await (const entry of zip.getEntriesGenerator()) {
    const isOdd = entry.directory || entry.symlink || entries.length === MOST_FILES;
    if (isOdd) throw new Error(`Unexpected entry: ${entry.filename}`);
    entries.push({
      name: entry.filename,
      sizeBytes: entry.uncompressedSize,
      read: () => piped((into) => entry.getData(into)),
    });
  }
  return entries;
}

/** A limit: reading a list of this many files takes about 600 MB of memory. */
const MOST_FILES = 50_000;
