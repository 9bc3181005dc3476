import { basename, join, relative } from "node:path";
import type { Context } from "../context.ts";
import type { Warning } from "../errors.ts";
import type { Project } from "./project.ts";
import type { ProjectFile } from "./worker/protocol.ts";

/** Folders that hold no source: caches, environments, data. */
const PRUNED = new Set([
  ".git",
  ".hg",
  ".svn",
  ".venv",
  "venv",
  ".env",
  "env",
  "virtualenv",
  "node_modules",
  "site-packages",
  "__pycache__",
  ".ipynb_checkpoints",
  ".mypy_cache",
  ".pytest_cache",
  ".ruff_cache",
  ".cache",
  ".tox",
  ".nox",
  ".eggs",
  ".idea",
  ".vscode",
  "data",
  "mlruns",
  "logs",
  "sessions",
  "dist",
  "build",
  "spark-warehouse",
  ".viz",
  ".dvc",
  ".terraform",
  "conda-meta",
]);
const MOST_FILE_BYTES = 2 * 1024 * 1024;
const MOST_BYTES = 64 * 1024 * 1024;
const MOST_FILES = 20_000;

/** Credentials of any kind, which reading a project never needs. */
const SECRET_FILE =
  /^(credentials.*|\.env(\..*)?|\.netrc|\.pypirc|id_(rsa|dsa|ecdsa|ed25519).*|.*\.(pem|key|pfx|p12|keystore))$/i;

/** What is handed to the reader. */
export interface HandedOver {
  readonly files: readonly ProjectFile[];
  readonly folders: readonly string[];
  readonly warnings: readonly Warning[];
}

/** The project's folder as its code sees it; some projects depend on its name. */
export function insideRoot(project: Project): string {
  return `/project/${basename(project.root) || "project"}`;
}

/**
 * Reads the files of a project that its code may see: source, configuration and other small files, no data, no secrets
 * and nothing that a link outside of the project leads to.
 */
export async function readProjectFiles(ctx: Pick<Context, "fs">, project: Project): Promise<HandedOver> {
  const files: ProjectFile[] = [];
  const folders: string[] = [insideRoot(project)];
  const warnings: Warning[] = [];
  const to = (path: string) => `${insideRoot(project)}/${relative(project.root, path).replaceAll("\\", "/")}`;
  const realRoot = await ctx.fs.realPath(project.root) ?? project.root;
  const toRead: { path: string; sizeBytes: number }[] = [];
  for await (const { path, kind } of ctx.fs.walk(project.root, (folder) => !PRUNED.has(basename(folder)))) {
    if (kind === "folder") folders.push(to(path));
    if (kind === "folder" || SECRET_FILE.test(basename(path))) continue;
    if (kind === "link" && !isInside(realRoot, await ctx.fs.realPath(path))) {
      warnings.push(linkWarning(relative(project.root, path)));
      continue;
    }
    const stat = await ctx.fs.stat(path);
    if (stat?.kind === "file" && stat.sizeBytes <= MOST_FILE_BYTES) {
      toRead.push({ path, sizeBytes: stat.sizeBytes });
    }
  }
  let bytes = 0;
  for (const { path, sizeBytes } of toRead.slice(0, MOST_FILES)) {
    bytes += sizeBytes;
    if (bytes > MOST_BYTES) break;
    files.push({ path: to(path), bytes: await ctx.fs.readBytes(path) });
  }
  return { files, folders, warnings };
}

function isInside(root: string, path: string | undefined): boolean {
  if (path === undefined) return false;
  const below = relative(root, path);
  return below !== "" && !below.startsWith("..") && join(root, below) === path;
}

function linkWarning(path: string): Warning {
  return {
    code: "kedro.link_refused",
    message: `The project's code does not see "${path}": the link leads outside of the project`,
    hint: "Replace the link by the file itself where the project needs it",
  };
}
