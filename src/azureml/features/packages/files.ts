import { createHash } from "node:crypto";
import type { Chunks, FileSystem } from "../../../core/context.ts";
import { damagedPackage, notAPackage, unsafePackage } from "./errors.ts";
import { countEntries, openZip, type ZipEntry } from "./zip.ts";

/** The files of a package, not yet read. */
export interface PackageFiles {
  /** Path of the package. */
  readonly path: string;
  readonly entries: ReadonlyMap<string, ZipEntry>;
}

/** A limit: reading a list of this many files takes about 600 MB of memory. */
const MOST_FILES = 50_000;

/** A file in a package, and what it must match. */
export interface PackagedFile {
  /** Name in the package. */
  readonly name: string;
  readonly sizeBytes?: number;
  readonly sha256?: string;
}

/**
 * Opens a package and reads its list of contents.
 *
 * @throws {UserError} `package.not_one`, `package.unsafe` for links, folders and encrypted files.
 */
export async function openPackageFiles(
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
export async function* readPackagedFile(
  { path, entries }: PackageFiles,
  { name, sizeBytes, sha256 }: PackagedFile,
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
