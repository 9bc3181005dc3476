import { join } from "node:path";
import { basename } from "node:path/posix";
import { globPieces } from "../../../config/conf_folders.ts";
import type { FileSystem, WriteOptions } from "../../../core/context.ts";
import { fitsPieces } from "../../../core/text_match.ts";

/** Why a path is excluded from the code even if the ignore file does not exclude it. */
export interface Exclusion {
  readonly reason: string;
  /** Whether a segment of a `!` line refers to it, and so includes it after all. */
  isNamedBy(part: string): boolean;
}

interface CodeCandidate {
  /** Relative to the code folder, with forward slashes. */
  readonly path: string;
  readonly kind: "file" | "folder";
  /** Names of the folder's entries. */
  readonly contains?: ReadonlySet<string>;
}

/** Returns why a path is excluded, or `undefined` if it is not. */
export type Exclusions = (candidate: CodeCandidate) => Exclusion | undefined;

const VERSION_CONTROL: ReadonlySet<string> = new Set([".git", ".hg", ".svn"]);

/** Whether a path is in a folder of version control, whose files can hold tokens. Some systems ignore case. */
export function isInVersionControl(path: string): boolean {
  return path.toLowerCase().split("/").some((name) => VERSION_CONTROL.has(name));
}

const FOLDER_NAMES: ReadonlyMap<string, string> = new Map([
  [".venv", "virtual environment"],
  ["node_modules", "Node.js packages"],
  [".github", "CI workflows"],
  ...[
    "__pycache__",
    ".hypothesis",
    ".ipynb_checkpoints",
    ".mypy_cache",
    ".nox",
    ".pytest_cache",
    ".ruff_cache",
    ".tox",
  ].map((name) => [name, "cache"] as const),
]);

/** Entries found in every virtual environment, and in every Conda environment. */
const ENVIRONMENT_SIGNS = ["pyvenv.cfg", "conda-meta"];

/** Excludes what no job needs: version control, virtual environments, caches, CI workflows, local credentials. */
export function defaultExclusions({ path, kind, contains }: CodeCandidate): Exclusion | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const reason = isInVersionControl(name)
    ? "version control"
    : (kind === "folder" ? FOLDER_NAMES.get(name) : undefined);
  if (reason !== undefined) return { reason, isNamedBy: (part) => part === name };
  if (ENVIRONMENT_SIGNS.some((sign) => contains?.has(sign))) {
    return { reason: "virtual environment", isNamedBy: (part) => part === name };
  }
  if (contains?.has(OWN_FOLDER_MARK)) {
    return { reason: OWN_FOLDER, isNamedBy: (part) => part === name };
  }
  if (kind === "file" && /(?:^|\/)conf\/local\/(?:.+\/)?credentials/i.test(path)) {
    // In any case: Windows finds `conf/local` in `Conf/Local`.
    return { reason: LOCAL_CREDENTIALS, isNamedBy: (part) => /^credentials/i.test(part) };
  }
  return undefined;
}

/**
 * Excludes local credentials in the project's configuration folder, too, by the names that settings.py gives them.
 *
 * @param conf Path of that folder, relative to the code folder.
 * @param patterns The files of its environments that Kedro reads as credentials.
 */
export function exclusionsWithConf(conf: string, patterns: readonly string[] = []): Exclusions {
  const globs = patterns.map(globPieces);
  return (candidate) => {
    const { path, kind } = candidate;
    const byName = defaultExclusions(candidate);
    if (byName !== undefined || !path.toLowerCase().startsWith(`${conf.toLowerCase()}/`)) return byName;
    const below = path.slice(conf.length + 1);
    const [, local] = /^local\/(.+)$/i.exec(below) ?? [];
    if (kind === "file" && local !== undefined && globs.some((glob) => fitsPieces(glob, local))) {
      return { reason: LOCAL_CREDENTIALS, isNamedBy: (part) => part === basename(path) };
    }
    return defaultExclusions({ ...candidate, path: `conf/${below}` });
  };
}

/** The reason that causes a warning, because a step may look for these files. */
export const LOCAL_CREDENTIALS = "local credentials";

/** The reasons for what this program wrote itself. */
export const [OWN_FILE, OWN_FOLDER] = ["output of kedro-azureml", "folder of kedro-azureml"] as const;

/** Name of the file that marks a folder of this program's files, such as downloads, as not part of the code. */
export const OWN_FOLDER_MARK = ".kedro-azureml-download";

/**
 * Creates a folder for files of this program, marked so that it is not uploaded with the code. A folder that has files
 * is left unmarked: they may be files of the project.
 *
 * @param folder Absolute path.
 */
export async function markOwnFolder(
  fs: Pick<FileSystem, "stat" | "walk" | "writeText">,
  folder: string,
  options?: WriteOptions,
): Promise<void> {
  if (await fs.stat(folder) !== undefined && !await isEmptyFolder(fs, folder)) return;
  await fs.writeText(
    join(folder, OWN_FOLDER_MARK),
    "Written by `kedro-azureml`; this folder is not uploaded with the code.\n",
    options,
  );
}

async function isEmptyFolder(fs: Pick<FileSystem, "walk">, folder: string): Promise<boolean> {
  for await (const _ of fs.walk(folder, () => true)) return false;
  return true;
}
