import { dirname, join, relative, sep } from "node:path";
import pLimit from "p-limit";
import type { Entry, FileSystem } from "../../../core/context.ts";
import type { Place, Warning } from "../../../core/errors.ts";
import { isOutside, shellWord, shownName } from "../../../core/untrusted.ts";
import { isSecretPath, isShownIn } from "../../../kedro/visible.ts";
import { type Exclusion, type Exclusions, isInVersionControl } from "./exclusions.ts";
import { type CodeFile, unreadableCode } from "./file.ts";
import type { IgnoreLine, IgnoreRules } from "./ignore.ts";

/** A file of the code, with what shows whether another program is writing to it. */
export interface WalkedFile extends CodeFile {
  readonly modifiedAt: Date | undefined;
}

interface Folder {
  /** Path with all links resolved; azure-ai-ml matches the folder's entries by it. */
  readonly real: string;
  /** Path relative to the code folder, as used in the storage; empty for the code folder. */
  readonly name: string;
  /** Real paths of its parent folders, to detect links that would recurse forever. */
  readonly chain: readonly string[];
  /** Set if only files that a `!` line includes are taken. */
  readonly exclusion: Exclusion | undefined;
}

interface Walk {
  readonly rules: IgnoreRules;
  readonly exclusions: Exclusions;
  /** Real paths outside the code folder to which links are followed. */
  readonly outside?: readonly string[] | undefined;
  readonly fs: CodeFs;
  /** Converts a real path to one relative to the code folder, which the ignore file is matched against. */
  readonly matched: (real: string) => string;
  readonly found: Pick<CodeFile, "name" | "path" | "target">[];
  readonly leftOut: LeftOut[];
  readonly warnings: Warning[];
}

const STATS_AT_ONCE = 16;

/**
 * Finds the files of a code folder, and follows links as azure-ai-ml does: a link to a folder is entered, its files
 * keep the name by which they were found, and the ignore file is applied to the link's target. Unlike azure-ai-ml, it
 * does not follow a link to a parent folder, which would never end, or a link that leaves the code folder, except to
 * folders that the user allows.
 *
 * A folder of which nothing can be included is not read; azure-ai-ml reads it and follows links in it to files that are
 * not excluded.
 *
 * @param root Absolute path with all links resolved.
 * @throws {UserError} `code.unreadable`.
 */
export async function walkCode(
  fs: CodeFs,
  root: string,
  options: Pick<Walk, "rules" | "exclusions" | "outside">,
) {
  const matched = (real: string) => relative(root, real).replaceAll(sep, "/");
  const walk: Walk = { ...options, fs, matched, found: [], leftOut: [], warnings: [] };
  await visitFolder(walk, { real: root, name: "", chain: [], exclusion: undefined });
  const limit = pLimit(STATS_AT_ONCE);
  const files = await Promise.all(walk.found.map((file) => limit(() => measure(fs, file))));
  return { files, leftOut: walk.leftOut, warnings: walk.warnings };
}

async function visitFolder(walk: Walk, folder: Folder): Promise<void> {
  const { real, name } = folder;
  const own = name === "" ? undefined : walk.exclusions({ path: name, kind: "folder" });
  if (isLeftOut(walk, folder, own)) return;
  const entries = await list(walk, folder);
  const all = (kind: Entry["kind"]) =>
    entries.filter((entry) => entry.kind === kind).map(({ path }) => relative(real, path));
  const [files, folders] = [all("file"), all("folder")];
  const contains = new Set([...files, ...folders]);
  const seen = name === "" ? undefined : own ?? walk.exclusions({ path: name, kind: "folder", contains });
  if (isLeftOut(walk, folder, seen)) return;
  const here = { ...folder, chain: [...folder.chain, real], exclusion: seen ?? folder.exclusion };
  for (const entry of files) visitFile(walk, here, entry, join(real, entry));
  for (const entry of all("other")) {
    walk.leftOut.push({ name: below(name, entry), reason: "not a regular file" });
  }
  for (const entry of all("link")) await visitLink(walk, here, entry);
  for (const entry of folders) {
    await visitFolder(walk, { ...here, real: join(real, entry), name: below(name, entry) });
  }
}

function isLeftOut(walk: Walk, { real, name }: Folder, exclusion: Exclusion | undefined): boolean {
  const path = walk.matched(real);
  const line = name === "" ? undefined : walk.rules.allBelowExcludedBy(path);
  const isExcluded = exclusion !== undefined && !walk.rules.takesInBelow(path, exclusion.isNamedBy);
  if (line !== undefined) walk.leftOut.push(ignored(`${name}/`, line));
  else if (isExcluded) walk.leftOut.push({ name: `${name}/`, reason: exclusion.reason });
  return line !== undefined || isExcluded;
}

function ignored(name: string, { pattern, place }: IgnoreLine): LeftOut {
  return { name, reason: place.file, pattern, place };
}

function visitFile(walk: Walk, folder: Folder, entry: string, path: string): void {
  const name = below(folder.name, entry);
  const matched = walk.matched(join(folder.real, entry));
  const target = walk.matched(path);
  const exclusion = walk.exclusions({ path: name, kind: "file" }) ??
    walk.exclusions({ path: target, kind: "file" }) ?? folder.exclusion;
  const line = walk.rules.excludedBy(matched);
  if (line !== undefined) walk.leftOut.push(ignored(name, line));
  else if (exclusion !== undefined && !walk.rules.includesFile(matched, exclusion.isNamedBy)) {
    walk.leftOut.push({ name, reason: exclusion.reason });
    // Where a backslash separates folders, the file would be elsewhere.
  } else if (name.includes("\\")) walk.leftOut.push({ name, reason: "backslash in its name" });
  else walk.found.push({ name, path, ...(target !== name && { target }) });
}

async function visitLink(walk: Walk, folder: Folder, entry: string): Promise<void> {
  const name = below(folder.name, entry);
  const link = join(folder.real, entry);
  const real = await walk.fs.realPath(link);
  const kind = real === undefined ? undefined : (await walk.fs.stat(real))?.kind;
  if (real === undefined || kind === undefined || kind === "other") return visitBroken(walk, name, link);
  if (isOutside(walk.matched(real)) && !isShownIn(walk.outside ?? [], real)) {
    // In someone else's branch, a link could point to any file that this user can read; azure-ai-ml uploads it.
    return leaveLinkOut(walk, { name, link, target: real, reason: "link to outside the code folder" }, {
      // code.link_outside: A link leads out of the code folder, so it is not uploaded. Allow it with
      //   `--allow-outside` if the job needs it.
      code: "code.link_outside",
      message: `"${shownName(name)}" is a link to outside the code folder, so it is not uploaded`,
      hint: allowHint(real),
    });
  }
  if (isInVersionControl(walk.matched(real))) {
    walk.leftOut.push({ name: kind === "folder" ? `${name}/` : name, reason: "link into version control" });
    return;
  }
  if (kind === "file") visitFile(walk, folder, entry, real);
  else if (folder.chain.includes(real)) {
    walk.leftOut.push({ name: `${name}/`, reason: "link to a parent folder" });
  } else await visitFolder(walk, { ...folder, real, name });
}

/** How to upload what a link outside the code folder leads to. */
export function allowHint(target: string): string {
  if (isSecretPath(target) || dirname(target) === target) {
    return "If the job needs it, replace the link with a copy";
  }
  return `Add \`--allow-outside ${shellWord(target)}\` if the job needs it`;
}

function visitBroken(walk: Walk, name: string, link: string): void {
  leaveLinkOut(walk, { name, link, reason: "broken link" }, {
    // code.broken_link: A link points to nothing, so it is not uploaded. Fix or remove it.
    code: "code.broken_link",
    message: `"${shownName(name)}" is a broken link, so it is not uploaded`,
    hint: "Fix or remove the link",
  });
}

/** Excludes a link, with a warning unless the ignore file excludes it anyway. */
function leaveLinkOut(
  walk: Walk,
  { link, ...leftOut }: LeftOut & { readonly link: string },
  warning: Warning,
): void {
  const line = walk.rules.excludedBy(walk.matched(link));
  walk.leftOut.push(line === undefined ? leftOut : ignored(leftOut.name, line));
  if (line === undefined) walk.warnings.push(warning);
}

/**
 * Reads one level of a folder. A folder that cannot be read is skipped if the ignore file excludes it, even if a `!`
 * line might include something below it.
 */
async function list(walk: Walk, { name, real }: Folder): Promise<readonly Entry[]> {
  const folders: Entry[] = [];
  const note = (path: string) => {
    folders.push({ path, kind: "folder" });
    return false;
  };
  try {
    return [...await Array.fromAsync(walk.fs.walk(real, note)), ...folders];
  } catch (thrown) {
    const line = name === "" ? undefined : walk.rules.excludedBy(`${walk.matched(real)}/`);
    if (line !== undefined && thrown instanceof Deno.errors.PermissionDenied) {
      walk.leftOut.push(ignored(`${name}/`, line));
      return [];
    }
    throw unreadableCode(name === "" ? "." : `${name}/`, thrown);
  }
}

async function measure(fs: CodeFs, file: Walk["found"][number]): Promise<WalkedFile> {
  const { name, path } = file;
  const stat = await fs.stat(path).catch((thrown) => {
    throw unreadableCode(name, thrown);
  });
  // All links were resolved, so that one is new.
  if (stat === undefined || stat.isLink) throw unreadableCode(name, new Deno.errors.NotFound());
  return { ...file, sizeBytes: stat.sizeBytes, modifiedAt: stat.modifiedAt, id: stat.id };
}

function below(folder: string, entry: string): string {
  return folder === "" ? entry : `${folder}/${entry}`;
}

export type CodeFs = Pick<
  FileSystem,
  | "readText"
  | "readBytes"
  | "readChunks"
  | "readRange"
  | "walk"
  | "stat"
  | "realPath"
  | "redirects"
>;

/** A path that is not uploaded; a folder is listed once, with a trailing slash. */
export interface LeftOut {
  /** Path relative to the code folder. */
  readonly name: string;
  /** The ignore file's name, or the kind of file that no job needs. */
  readonly reason: string;
  /** The line of the ignore file, if that excludes it. */
  readonly pattern?: string;
  readonly place?: Place;
  /** Where a link to outside the code folder leads. */
  readonly target?: string;
}

export interface CodeSelection {
  /** In hash order. */
  readonly files: readonly CodeFile[];
  readonly leftOut: readonly LeftOut[];
  /** The ignore file in effect, `.amlignore` or `.gitignore`; `undefined` if there is neither. */
  readonly ignoreFile: string | undefined;
  readonly warnings: readonly Warning[];
}
