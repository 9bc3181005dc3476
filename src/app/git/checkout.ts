import { dirname, join, resolve } from "node:path";
import type { FileSystem } from "../../core/context.ts";

/** The parts of a file system that a checkout is read with. */
export type GitFs = Pick<FileSystem, "readText" | "stat" | "realPath">;

/** A git checkout, and the folders where git keeps its data. */
export interface Checkout {
  /** The top folder, with every link resolved. */
  readonly top: string;
  /** Folder of data for this checkout only: HEAD and the index. */
  readonly gitDir: string;
  /** Folder of data shared by all worktrees of a repository; differs from `gitDir` only in a worktree. */
  readonly commonDir: string;
}

/** What is checked out. */
export interface Head {
  /** `undefined` if HEAD is detached. */
  readonly branch: string | undefined;
  /** `undefined` before the first commit. */
  readonly commit: string | undefined;
}

/** Sections of git's configuration, such as `remote "origin"`; each maps lowercase keys to their last values. */
export type GitConfig = ReadonlyMap<string, ReadonlyMap<string, string>>;

const MOST_SYMBOLIC_REFS = 5;

/** Finds the checkout that contains a folder; `undefined` if there is none. */
export async function findCheckout(fs: GitFs, folder: string): Promise<Checkout | undefined> {
  const start = await fs.realPath(folder);
  for (let top = start; top !== undefined; top = dirname(top) === top ? undefined : dirname(top)) {
    const gitDir = await gitDirOf(fs, join(top, ".git"));
    if (gitDir === undefined) continue;
    const common = (await readFileIfPresent(fs, join(gitDir, "commondir")))?.trim();
    return { top, gitDir, commonDir: common ? resolve(gitDir, common) : gitDir };
  }
  return undefined;
}

/** `.git` itself, or the folder that it points to in worktrees and submodules. */
async function gitDirOf(fs: GitFs, path: string): Promise<string | undefined> {
  const stat = await fs.stat(path);
  const target = stat?.kind === "file" ? gitDirIn(await fs.readText(path)) : stat && path;
  if (target === undefined) return undefined;
  const gitDir = resolve(dirname(path), target);
  return await fs.stat(join(gitDir, "HEAD")) === undefined ? undefined : gitDir;
}

/** The target in the `.git` file of a worktree or submodule. */
function gitDirIn(text: string): string | undefined {
  return text.startsWith("gitdir:") ? text.slice("gitdir:".length).trim() || undefined : undefined;
}

/** Reads what is checked out; `undefined` if the repository stores its refs in an unsupported format. */
export async function readHead(fs: GitFs, checkout: Checkout, config: GitConfig): Promise<Head | undefined> {
  const storage = config.get("extensions")?.get("refstorage") ?? "files";
  if (storage !== "files") return undefined;
  const text = await readFileIfPresent(fs, join(checkout.gitDir, "HEAD"));
  const ref = text === undefined ? undefined : symbolicRef(text);
  if (ref === undefined) return { branch: undefined, commit: commitIn(text) };
  return { branch: ref.replace(/^refs\/heads\//, ""), commit: await commitOf(fs, checkout, ref) };
}

async function commitOf(fs: GitFs, checkout: Checkout, ref: string): Promise<string | undefined> {
  let name = ref;
  for (let tries = MOST_SYMBOLIC_REFS; tries > 0; tries--) {
    const text = await readFileIfPresent(fs, join(checkout.gitDir, name)) ??
      await readFileIfPresent(fs, join(checkout.commonDir, name));
    if (text === undefined) return await packedRef(fs, checkout, name);
    const next = symbolicRef(text);
    if (next === undefined) return commitIn(text);
    name = next;
  }
  return undefined;
}

async function packedRef(fs: GitFs, { commonDir }: Checkout, ref: string): Promise<string | undefined> {
  const lines = (await readFileIfPresent(fs, join(commonDir, "packed-refs")))?.split("\n") ?? [];
  return commitIn(lines.find((line) => line.trimEnd().endsWith(` ${ref}`))?.split(" ")[0]);
}

function symbolicRef(text: string): string | undefined {
  return /^ref:\s*(\S+)/.exec(text)?.[1];
}

/** The commit in a text, of a repository with SHA-1 or SHA-256; `undefined` if it is something else. */
export function commitIn(text: string | undefined): string | undefined {
  return /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.exec(text?.trim() ?? "")?.[0];
}

/** Reads the repository's own configuration. */
export async function readGitConfig(fs: GitFs, { commonDir }: Checkout): Promise<GitConfig> {
  const sections = new Map<string, Map<string, string>>();
  let section = new Map<string, string>();
  for (const line of (await readFileIfPresent(fs, join(commonDir, "config")))?.split("\n") ?? []) {
    const [, name, sub] = /^\s*\[\s*([\w.-]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\]/.exec(line) ?? [];
    if (name !== undefined) {
      const key = name.toLowerCase() + (sub === undefined ? "" : ` "${sub.replace(/\\(.)/g, "$1")}"`);
      section = sections.get(key) ?? new Map();
      sections.set(key, section);
      continue;
    }
    const [before, key] = /^\s*([A-Za-z][\w-]*)\s*=/.exec(line) ?? [];
    if (key !== undefined) section.set(key.toLowerCase(), unquoted(line.slice(before!.length).trim()));
  }
  return sections;
}

function unquoted(value: string): string {
  const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(value)?.[1];
  if (quoted !== undefined) return quoted.replace(/\\(.)/g, "$1");
  const comment = value.search(/\s[#;]/);
  return comment === -1 ? value : value.slice(0, comment).trimEnd();
}

/** Reads a file's text; `undefined` if it does not exist. */
export async function readFileIfPresent(
  fs: Pick<GitFs, "readText" | "stat">,
  path: string,
): Promise<string | undefined> {
  return (await fs.stat(path))?.kind === "file" ? await fs.readText(path) : undefined;
}
