import type { Context } from "../../core/context.ts";
import { ExitCode, UserError } from "../../core/errors.ts";

/** A folder of configuration and how it is called in messages. */
export interface Folder {
  /** Absolute path. */
  readonly path: string;
  /** Path relative to the project. */
  readonly name: string;
}

/**
 * Finds the files of one folder that match Kedro's patterns, sorted, without hidden ones.
 *
 * @param root Absolute path of the project; a link that leaves it is refused.
 * @throws {UserError} `config.link_outside`.
 */
export async function findFiles(
  ctx: Pick<Context, "fs">,
  folder: Folder,
  options: { root: string; patterns: readonly string[] },
): Promise<Folder[]> {
  if (folder.path.startsWith(options.root)) await requireInside(ctx, folder.path, options.root);
  const found: Folder[] = [];
  const wanted = options.patterns.map(toPattern);
  const depth = folder.path.length + 1;
  for await (const entry of ctx.fs.walk(folder.path, (path) => !isHidden(path.slice(depth)))) {
    const inside = entry.path.slice(depth).replaceAll("\\", "/");
    if (
      entry.kind === "folder" || entry.kind === "other" || isHidden(inside) ||
      !/.\.(?:yml|yaml|json)$/.test(inside)
    ) continue;
    if (!wanted.some((pattern) => pattern.test(inside))) continue;
    if (entry.kind === "link" && !await isFile(ctx, entry.path, options.root)) continue;
    found.push({ path: entry.path, name: `${folder.name}/${inside}` });
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function isFile(ctx: Pick<Context, "fs">, link: string, root: string): Promise<boolean> {
  if ((await ctx.fs.stat(link))?.kind !== "file") return false;
  await requireInside(ctx, link, root);
  return true;
}

/** What a link brings in from elsewhere would end up in a job that others can read. */
async function requireInside(ctx: Pick<Context, "fs">, path: string, root: string): Promise<void> {
  const [target, home] = [await ctx.fs.realPath(path) ?? path, await ctx.fs.realPath(root) ?? root];
  if (target === home || target.startsWith(`${home}/`) || target.startsWith(`${home}\\`)) return;
  const file = path.slice(root.length + 1);
  throw new UserError(`Cannot read "${file}": the link points outside of the project`, {
    code: "config.link_outside",
    exit: ExitCode.Config,
    hint: "Replace the link with a copy of the file",
    place: { file },
  });
}

function isHidden(path: string): boolean {
  return path.split(/[\\/]/).some((part) => part.startsWith("."));
}

/** Turns a glob as `fsspec` has it into a pattern: `**` is any number of folders, `*` anything in a name. */
function toPattern(glob: string): RegExp {
  const parts = glob.split("/");
  const last = parts.length - 1;
  const pieces = parts.map((part, at) => {
    if (part === "**") return at < last ? "(?:.+/)?" : ".*";
    return (part === "*" ? "[^/]+" : toSegment(part)) + (at < last ? "/" : "");
  });
  return new RegExp(`^${pieces.join("")}$`, "s");
}

function toSegment(part: string): string {
  return part.replace(/\*+|\?|\[!?\]?[^\]]*\]|[\\^$.|+(){}[\]]/g, (piece) => {
    if (piece.startsWith("*")) return "[^/]*";
    if (piece === "?") return "[^/]";
    return piece.length > 1 ? piece.replace(/^\[!/, "[^") : `\\${piece}`;
  });
}
