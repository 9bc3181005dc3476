import { markOwnFolder } from "../azureml/job/code/exclusions.ts";
import { isOwnOutput } from "../azureml/job/code/own_outputs.ts";
import { dirname, format, parse, relative, resolve } from "node:path";
import type { Context, WriteOptions } from "../core/context.ts";
import { DENIED, ExitCode, isOpenElsewhere, openFailure, UserError } from "../core/errors.ts";
import { PRIVATE_FILE } from "../core/files.ts";
import { asPathName, pathBelow } from "../core/untrusted.ts";

/** The absolute path of an output file; `_NAME` goes before the extension, for one file of several. */
export function outputPath(ctx: Pick<Context, "cwd">, file: string, name?: string): string {
  const path = resolve(ctx.cwd, file);
  if (name === undefined) return path;
  const { dir, name: stem, ext } = parse(path);
  return format({ dir, name: `${stem}_${asPathName(name)}`, ext });
}

/** A path for messages: relative to the current folder if it is inside. */
export function shownPath(ctx: Pick<Context, "cwd">, path: string): string {
  return pathBelow(ctx.cwd, path) === undefined ? path : relative(ctx.cwd, path) || ".";
}

/** A path for commands to copy, also on Windows: relative to the current folder if it is inside. */
export function typedPath(ctx: Pick<Context, "cwd">, path: string): string {
  return shownPath(ctx, path).replaceAll("\\", "/");
}

/** A file that the user named, to write a command's result to. */
export interface OutputFile {
  /** As typed. */
  readonly file: string;
  /** Whether to replace a file that this program did not write. */
  readonly force?: boolean | undefined;
}

/** Rejects a path with a file that this program did not write. @throws {UserError} `file.exists`. */
export async function refuseOverwrite(
  ctx: Pick<Context, "fs" | "cwd">,
  path: string,
  force = false,
): Promise<void> {
  if (force || !await isForeignFile(ctx, path)) return;
  throw new UserError(`"${shownPath(ctx, path)}" already exists, and kedro-azureml did not write it`, {
    // file.exists: A file is there that kedro-azureml did not write. Choose another file, or pass `--force`.
    code: "file.exists",
    exit: ExitCode.Usage,
    hint: "Choose another file, or pass `--force` to overwrite it",
  });
}

/**
 * Whether a file exists that this program did not write. Its content decides, so that a command can replace its earlier
 * output. Empty files, pipes and devices are nobody's.
 */
export async function isForeignFile({ fs }: Pick<Context, "fs">, path: string): Promise<boolean> {
  const stat = await fs.stat(path);
  if (stat?.kind !== "file" || stat.sizeBytes === 0) return false;
  return !await isOwnOutput(fs, path);
}

/** Rejects a file in a folder that does not exist; the plugin makes none either. @throws {UserError} `file.no_folder`. */
export async function requireFolder(ctx: Pick<Context, "fs" | "cwd">, path: string): Promise<void> {
  const folder = dirname(path);
  if (folder === ctx.cwd || await ctx.fs.stat(folder) !== undefined) return;
  throw new UserError(
    `Cannot write "${shownPath(ctx, path)}": folder "${shownPath(ctx, folder)}" does not exist`,
    {
      // file.no_folder: The folder of a file to write does not exist. Create it, or choose another file.
      code: "file.no_folder",
      exit: ExitCode.Usage,
      hint: "Create the folder, or choose another file",
    },
  );
}

/** Writes a file atomically. @throws {UserError} `file.not_written` with the system's reason. */
export async function writeFile(ctx: Pick<Context, "fs" | "cwd">, path: string, text: string): Promise<void> {
  await withWriteErrors(ctx, path, () => ctx.fs.writeText(path, text));
}

/**
 * Rejects a file that cannot be written, before the work whose result goes there. An existing file stays as it is.
 *
 * @throws {UserError} `file.not_written` with the system's reason.
 */
export async function requireWritable(ctx: Pick<Context, "fs" | "cwd">, path: string): Promise<void> {
  const stat = await ctx.fs.stat(path);
  if (stat?.kind === "other") return;
  await withWriteErrors(ctx, path, () => ctx.fs.append(path, ""));
  if (stat === undefined) await ctx.fs.remove(path);
}

/** Makes a folder for files of this program, as {@linkcode markOwnFolder}. @throws {UserError} `file.not_written`. */
export async function makeMarkedFolder(
  ctx: Pick<Context, "fs" | "cwd">,
  folder: string,
  options: WriteOptions = PRIVATE_FILE,
): Promise<void> {
  await withWriteErrors(ctx, folder, () => markOwnFolder(ctx.fs, folder, options));
}

/** Runs `write`; file system errors become errors about the file. @throws {UserError} `file.not_written`. */
export async function withWriteErrors<T>(
  ctx: Pick<Context, "cwd">,
  path: string,
  write: () => Promise<T>,
): Promise<T> {
  try {
    return await write();
  } catch (thrown) {
    if (thrown instanceof UserError) throw thrown;
    const why = writeFailure(thrown);
    throw new UserError(`Cannot write "${shownPath(ctx, path)}": ${why}`, {
      // file.not_written: A file cannot be written. Choose another one, or correct the permissions or the
      //   disk space.
      code: "file.not_written",
      exit: ExitCode.Usage,
      hint: HINTS[why] ?? "Choose another file",
      cause: thrown,
    });
  }
}

const [FULL, READ_ONLY] = ["the disk is full", "the file system is read-only"] as const;

const HINTS: Readonly<Record<string, string>> = {
  [FULL]: "Free up disk space, or choose another file",
  [DENIED]: "Make its folder writable, or use another one",
  [READ_ONLY]: "Use a folder on a disk that can be written to",
};

/** Why the system refused to write, such as `permission denied`. */
export function writeFailure(thrown: unknown): string {
  const why = openFailure(thrown);
  if (why !== undefined) return why;
  const blocked = [Deno.errors.NotADirectory, Deno.errors.AlreadyExists].some((kind) =>
    thrown instanceof kind
  );
  if (blocked) return "a part of its path is a file";
  if (thrown instanceof Deno.errors.NotFound) return "its folder cannot be created";
  if (isOpenElsewhere(thrown)) return "another program has it open";
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  if (/no space left/i.test(text)) return FULL;
  return /read-only/i.test(text) ? READ_ONLY : text;
}
