import type { Context } from "../../core/context.ts";
import { UserError } from "../../core/errors.ts";
import { isBelow } from "../../core/path_names.ts";
import { shellWord } from "../../core/text/shell_word.ts";
import { ANYTHING, fitsPieces, type GlobPiece, literal } from "../../core/text/wildcard.ts";
import { compareText } from "../../core/text/names.ts";

/** A file or folder of the configuration, with the name that messages use for it. */
export interface Folder {
  /** Absolute path. */
  readonly path: string;
  /** Path relative to the project. */
  readonly name: string;
}

/** The folders from which configuration may be read. */
export interface Allowed {
  /** Absolute path of the project. */
  readonly root: string;
  /** Absolute paths of folders outside the project that may contain configuration. */
  readonly outside?: readonly string[] | undefined;
}

/**
 * Finds the files of one folder that match Kedro's patterns, sorted by name and without hidden files.
 *
 * @param options Links and folders that lead out of the folders that it allows are rejected.
 * @throws {UserError} `config.link_outside`, `config.folder_outside`.
 */
export async function findFiles(
  ctx: Pick<Context, "fs">,
  folder: Folder,
  options: Allowed & { readonly patterns: readonly string[] },
): Promise<Folder[]> {
  await requireInside(ctx, folder.path, options);
  const folders: Folder[] = [];
  const wanted = options.patterns.map(globPieces);
  const depth = folder.path.length + 1;
  for await (const entry of ctx.fs.walk(folder.path, (path) => !isHidden(path.slice(depth)))) {
    const inside = entry.path.slice(depth).replaceAll("\\", "/");
    if (
      entry.kind === "folder" || entry.kind === "other" || isHidden(inside) ||
      !/.\.(?:yml|yaml|json)$/.test(inside)
    ) continue;
    if (!wanted.some((pattern) => fitsPieces(pattern, inside))) continue;
    if (entry.kind === "link" && !await isFile(ctx, entry.path, options)) continue;
    folders.push({ path: entry.path, name: `${folder.name}/${inside}` });
  }
  return folders.sort((a, b) => compareText(a.name, b.name));
}

async function isFile(ctx: Pick<Context, "fs">, link: string, allowed: Allowed): Promise<boolean> {
  if ((await ctx.fs.stat(link))?.kind !== "file") return false;
  await requireInside(ctx, link, allowed);
  return true;
}

/**
 * Rejects paths outside the allowed folders: what a link brings in would end up in a job that others can read.
 *
 * @throws {UserError} `config.link_outside`, `config.folder_outside`.
 */
export async function requireInside(
  ctx: Pick<Context, "fs">,
  path: string,
  { root, outside = [] }: Allowed,
): Promise<void> {
  const real = async (file: string) => await ctx.fs.realPath(file) ?? file;
  const target = await real(path);
  for (const allowed of [root, ...outside]) {
    const home = await real(allowed);
    if (isBelow(home, target)) return;
  }
  const allow = `--allow-outside ${shellWord(target)}`;
  if (!isBelow(root, path)) {
    throw new UserError(`Cannot read configuration from "${path}": it is outside the project`, {
      code: "config.folder_outside",
      hint: `Correct CONF_SOURCE in settings.py, or allow the folder with \`${allow}\``,
    });
  }
  const file = path.slice(root.length + 1);
  throw new UserError(`Cannot read "${file}": the link points outside the project`, {
    code: "config.link_outside",
    hint: `Replace the link with a copy of the file, or allow it with \`${allow}\``,
    place: { file },
  });
}

function isHidden(path: string): boolean {
  return path.split(/[\\/]/).some((part) => part.startsWith("."));
}

/** Parses an `fsspec` glob: `**` matches any number of folders, `*` anything within a name. */
export function globPieces(glob: string): readonly GlobPiece[] {
  const parts = glob.split("/");
  const last = parts.length - 1;
  return parts.flatMap((part, at): readonly GlobPiece[] => {
    if (part === "**") return at < last ? [ANYTHING, "boundary"] : [ANYTHING];
    const pieces = part === "*" ? [IN_NAME, { many: isInName }] : toSegment(part);
    return at < last ? [...pieces, ...literal("/")] : pieces;
  });
}

const isInName = (character: string) => character !== "/";
const IN_NAME: GlobPiece = { one: isInName };

function toSegment(part: string): readonly GlobPiece[] {
  return part.split(/(\*+|\?|\[!?\]?[^\]]*\])/).flatMap((piece, at): readonly GlobPiece[] => {
    if (at % 2 === 0) return literal(piece);
    if (piece.startsWith("*")) return [{ many: isInName }];
    if (piece === "?") return [IN_NAME];
    const isOthers = piece.startsWith("[!");
    const inside = piece.slice(isOthers ? 2 : 1, -1).replaceAll("\\", "\\\\").replaceAll("]", "\\]");
    const characters = new RegExp(`^[${isOthers ? "^" : ""}${inside.replaceAll("^", "\\^")}]$`, "s");
    return [{ one: (character) => characters.test(character) }];
  });
}
