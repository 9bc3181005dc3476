import { OWN_FOLDER_MARK } from "./own_output.ts";

/** Why something is left out of the code whatever the ignore file leaves in. */
export interface Exclusion {
  /** What it is, for people. */
  readonly reason: string;
  /** Whether a part of a `!` line names it, and so takes it in all the same. */
  isNamedBy(part: string): boolean;
}

/** A file or folder below the code folder. */
export interface CodeCandidate {
  /** Relative to the code folder, with forward slashes. */
  readonly path: string;
  readonly kind: "file" | "folder";
  /** Names of what lies in the folder. */
  readonly contains?: ReadonlySet<string>;
}

/** Returns why something is left out, or `undefined` if it is not. */
export type Exclusions = (candidate: CodeCandidate) => Exclusion | undefined;

const NAMES: ReadonlyMap<string, string> = new Map(
  [".git", ".hg", ".svn"].map((name) => [name, "version control"]),
);

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

/** What lies in every virtual environment, and in every one of Conda's. */
const ENVIRONMENT_SIGNS = ["pyvenv.cfg", "conda-meta"];

/** What no job needs: version control, virtual environments, caches, downloads, and Kedro's local credentials. */
export function defaultExclusions({ path, kind, contains }: CodeCandidate): Exclusion | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const reason = NAMES.get(name) ?? (kind === "folder" ? FOLDER_NAMES.get(name) : undefined);
  if (reason !== undefined) return { reason, isNamedBy: (part) => part === name };
  if (ENVIRONMENT_SIGNS.some((sign) => contains?.has(sign))) {
    return { reason: "virtual environment", isNamedBy: (part) => part === name };
  }
  if (contains?.has(OWN_FOLDER_MARK)) {
    return { reason: "folder of kedro-azureml", isNamedBy: (part) => part === name };
  }
  if (kind === "file" && /(?:^|\/)conf\/local\/(?:.+\/)?credentials/.test(path)) {
    return { reason: LOCAL_CREDENTIALS, isNamedBy: (part) => part.startsWith("credentials") };
  }
  return undefined;
}

/** The reason that needs a word of warning: a step on the compute may look for these. */
export const LOCAL_CREDENTIALS = "local credentials";
