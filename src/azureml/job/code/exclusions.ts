import { join } from "node:path";
import type { FileSystem } from "../../../core/context.ts";

/** Why a path is excluded from the code even if the ignore file does not exclude it. */
export interface Exclusion {
  /** Reason to display. */
  readonly reason: string;
  /** Whether a segment of a `!` line refers to it, and so includes it after all. */
  isNamedBy(part: string): boolean;
}

/** A file or folder below the code folder. */
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

/** Excludes what no job needs: version control, virtual environments, caches, downloads, local credentials. */
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
    return { reason: "folder of kedro-azureml", isNamedBy: (part) => part === name };
  }
  if (kind === "file" && /(?:^|\/)conf\/local\/(?:.+\/)?credentials/i.test(path)) {
    // In any case: Windows finds `conf/local` in `Conf/Local`.
    return { reason: LOCAL_CREDENTIALS, isNamedBy: (part) => /^credentials/i.test(part) };
  }
  return undefined;
}

/** Excludes local credentials in the project's configuration folder, too, whose path is relative to the code folder. */
export function exclusionsWithConf(conf: string): Exclusions {
  return (candidate) => {
    const { path } = candidate;
    const isConf = path.toLowerCase().startsWith(`${conf.toLowerCase()}/`);
    return defaultExclusions(candidate) ??
      (isConf ? defaultExclusions({ ...candidate, path: `conf${path.slice(conf.length)}` }) : undefined);
  };
}

/** The reason that causes a warning, because a step may look for these files. */
export const LOCAL_CREDENTIALS = "local credentials";

/** First line of the file with the emulator's CA certificate, by which the file is left out of uploaded code. */
export const AUTHORITY_HEADER = "# CA certificate of a kedro-azureml emulator";

/** A file that this program may have written. */
interface OutputCandidate {
  /** Absolute path. */
  readonly path: string;
  /** Its name; if absent, its extension says nothing, as where a user chose it with `-o`. */
  readonly name?: string;
  readonly sizeBytes: number;
}

type OutputFs = Pick<FileSystem, "readText" | "readRange">;

/** Bytes to read from the start of a file to recognize it. */
const HEAD_BYTES = 64 * 1024;
/** A package ends with its seal, the hexadecimal digits of its SHA-256. */
export const SEAL_BYTES = 64;

/** Text files written by this program, by start of the text. */
const TEXTS: readonly { readonly start: RegExp; readonly reason: string }[] = [
  {
    start: /^\{\n {2}"version": 1,\n {2}"jobs": \[(?:\]|\n {4}\{\n {6}"job": )/,
    reason: "written by `--output-file`",
  },
  {
    start: /^\{\s*"version":\s*1,\s*"project":\s*\{[^{}]*"kedro_init_version":/,
    reason: "written by `kedro-azureml inspect`",
  },
  { start: /^\{\n {2}"job": ".*",\n {2}"dryRun": true,/, reason: "written by `kedro-azureml compile`" },
  {
    start:
      /^<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="generator" content="kedro-azureml inspect">/,
    reason: "written by `kedro-azureml inspect`",
  },
  {
    start:
      /^<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="generator" content="kedro-azureml">/,
    reason: "written by `kedro-azureml job report`",
  },
  { start: new RegExp(`^${AUTHORITY_HEADER}`), reason: "certificate of the emulator" },
  { start: /^flowchart LR\n {2}s0\["/, reason: "written by `kedro-azureml compile`" },
  {
    start: /^digraph ".*" \{\n {2}rankdir=LR;\n {2}node \[shape=box\];\n/,
    reason: "written by `kedro-azureml compile`",
  },
];

/** A job that `compile` wrote as YAML or JSON: its document type, and the command of its steps. */
const COMPILED = /^(?:type: pipeline| {2}"type": "pipeline",)$/m;
const STEP_COMMAND = /\bkedro azureml\s+-e\b/;

/** Extensions of code and tables, which are read for nothing else; nobody writes a job to such a file. */
const CODE = /\.(?:py|pyi|ipynb|md|rst|toml|cfg|ini|csv|sql|js|ts|css|png)$/i;
/** Usual extensions of text files of this program, of which more is read. */
const USUAL = /\.(?:json|html?|pem|crt|cer|mmd|dot|gv|ya?ml)$/i;
/** Bytes to read from other files, and how {@linkcode TEXTS} and {@linkcode COMPILED} begin. */
const SHORT_BYTES = 64;
const BEGINNING =
  /^(?:\{\s*"(?:version|job|display_name)":|display_name: |<!doctype html>\n<html lang="en">|# CA cert|flowchart LR\n|digraph ")/;

/** Why a file is an output of this program, such as "written by `kedro-azureml compile`"; else `undefined`. */
export async function ownOutput(fs: OutputFs, file: OutputCandidate): Promise<string | undefined> {
  const { path, name, sizeBytes } = file;
  if (sizeBytes === 0 || (name !== undefined && CODE.test(name))) return undefined;
  if (name === undefined || !USUAL.test(name)) {
    const start = await fs.readRange(path, 0, SHORT_BYTES);
    if (await isPackage(fs, file, start)) return "package of kedro-azureml";
    if (name !== undefined && !BEGINNING.test(new TextDecoder().decode(start))) return undefined;
  }
  const head = new TextDecoder().decode(await fs.readRange(path, 0, HEAD_BYTES));
  const kind = TEXTS.find(({ start }) => start.test(head));
  if (kind !== undefined) return kind.reason;
  if (!COMPILED.test(head)) return undefined;
  const isOurs = STEP_COMMAND.test(head) || STEP_COMMAND.test(await fs.readText(path));
  return isOurs ? "written by `kedro-azureml compile`" : undefined;
}

/** Whether a file is a package: a ZIP that starts with `manifest.json` and has a SHA-256 as its comment. */
async function isPackage(
  fs: OutputFs,
  { path, sizeBytes }: OutputCandidate,
  start: Uint8Array,
): Promise<boolean> {
  if (sizeBytes < SEAL_BYTES * 2) return false;
  const text = (bytes: Uint8Array) => new TextDecoder("latin1").decode(bytes);
  const head = text(start);
  if (!head.startsWith("PK\x03\x04") || head.slice(30, 43) !== "manifest.json") return false;
  const tail = text(await fs.readRange(path, sizeBytes - SEAL_BYTES - 2, SEAL_BYTES + 2));
  return /^@\0[0-9a-f]{64}$/.test(tail);
}

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
): Promise<void> {
  if (await fs.stat(folder) !== undefined && !await isEmptyFolder(fs, folder)) return;
  await fs.writeText(
    join(folder, OWN_FOLDER_MARK),
    "Written by `kedro-azureml`; this folder is not uploaded with the code.\n",
  );
}

/** Whether a folder that exists has no files. */
async function isEmptyFolder(fs: Pick<FileSystem, "walk">, folder: string): Promise<boolean> {
  for await (const _ of fs.walk(folder, () => true)) return false;
  return true;
}
