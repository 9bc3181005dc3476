import { format, parse, relative, resolve } from "node:path";
import type { Context } from "../../core/context.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { asPathName } from "../../core/path_names.ts";

/** Where a result goes: the file as typed, with `_NAME` before its ending where one of several is written. */
export function outputPath(ctx: Pick<Context, "cwd">, file: string, name?: string): string {
  const path = resolve(ctx.cwd, file);
  if (name === undefined) return path;
  const { dir, name: stem, ext } = parse(path);
  return format({ dir, name: `${stem}_${asPathName(name)}`, ext });
}

/** A path as a person would write it from where they stand. */
export function shownPath(ctx: Pick<Context, "cwd">, path: string): string {
  const from = relative(ctx.cwd, path);
  return from === "" ? "." : from.startsWith("..") ? path : from;
}

/**
 * Writes a result, whole or not at all.
 *
 * @throws {UserError} `file.not_written` with the system's reason.
 */
export async function writeFile(ctx: Pick<Context, "fs" | "cwd">, path: string, text: string): Promise<void> {
  await writing(ctx, path, () => ctx.fs.writeText(path, text));
}

/**
 * Does what writes a file.
 *
 * @throws {UserError} `file.not_written` with the system's reason.
 */
export async function writing<T>(
  ctx: Pick<Context, "cwd">,
  path: string,
  write: () => Promise<T>,
): Promise<T> {
  try {
    return await write();
  } catch (thrown) {
    if (thrown instanceof UserError) throw thrown;
    const why = reason(thrown);
    throw new UserError(`Cannot write "${shownPath(ctx, path)}": ${why}`, {
      code: "file.not_written",
      exit: ExitCode.Usage,
      hint: `Name another file, or make ${why === FULL ? "room" : "its folder writable"}`,
      cause: thrown,
    });
  }
}

const FULL = "the disk is full";

/** What the system said, in words. */
function reason(thrown: unknown): string {
  if (thrown instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (thrown instanceof Deno.errors.IsADirectory) return "it is a folder";
  const blocked = [Deno.errors.NotADirectory, Deno.errors.AlreadyExists].some((kind) =>
    thrown instanceof kind
  );
  if (blocked) return "a part of its path is a file";
  if (thrown instanceof Deno.errors.NotFound) return "nothing can be made in its folder";
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  if (/no space left/i.test(text)) return FULL;
  return /read-only/i.test(text) ? "the file system is read-only" : text;
}
