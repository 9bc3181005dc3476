import { format, parse, relative, resolve } from "node:path";
import type { Context } from "../core/context.ts";
import { DENIED, ExitCode, isOpenElsewhere, openFailure, UserError } from "../core/errors.ts";
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
  return !await isOwnOutput(fs, path).catch(() => false);
}

/** First line of the file with the emulator's CA certificate. */
export const AUTHORITY_HEADER = "# CA certificate of a kedro-azureml emulator";

const BEGINNINGS = [
  // `--output-file`
  /^\{\n {2}"version": 1,\n {2}"jobs": \[(?:\]|\n {4}\{\n {6}"job": )/,
  // `compile`, as requests and Mermaid
  /^\{\n {2}"job": ".*",\n {2}"dryRun": true,/,
  /^flowchart LR\n {2}s0\["/,
  // `job report` and `inspect`
  /^<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="generator" content="kedro-azureml(?: inspect)?">/,
  // `pack`: a ZIP whose first file is the manifest
  /^PK[^]{28}manifest\.json/,
];

/** A job that `compile` wrote as YAML or JSON: its document type, and the command of its steps. */
const COMPILED = /^(?:type: pipeline| {2}"type": "pipeline",)$/m;
const STEP_COMMAND = /\bkedro azureml\s+-e\b/;

/** Bytes to read from the start of a file to recognize it. */
const HEAD_BYTES = 64 * 1024;

async function isOwnOutput(fs: Context["fs"], path: string): Promise<boolean> {
  // As Latin-1, in which each byte of a package is one character.
  const head = new TextDecoder("latin1").decode(await fs.readRange(path, 0, HEAD_BYTES));
  if (head.startsWith(AUTHORITY_HEADER) || BEGINNINGS.some((beginning) => beginning.test(head))) return true;
  return COMPILED.test(head) && (STEP_COMMAND.test(head) || STEP_COMMAND.test(await fs.readText(path)));
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

const FULL = "the disk is full";

/** What to do, by why the system refused to write. */
const HINTS: Readonly<Record<string, string>> = {
  [FULL]: "Free up disk space, or choose another file",
  [DENIED]: "Choose another file, or make its folder writable",
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
  return /read-only/i.test(text) ? "the file system is read-only" : text;
}
