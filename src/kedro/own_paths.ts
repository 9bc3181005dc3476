import { basename, dirname, relative, sep } from "node:path";
import type { Context } from "../core/context.ts";
import { isBelow } from "../core/path_names.ts";
import type { Project } from "./project.ts";

/** Folders that never hold project code, at any depth, in lower case; always hidden from the project's code. */
const NEVER: ReadonlySet<string> = new Set(
  (".git .hg .svn .venv .tox .nox .eggs .direnv node_modules site-packages __pycache__ .ipynb_checkpoints .mypy_cache " +
    ".pytest_cache .ruff_cache .cache .idea .vscode .dvc .terraform conda-meta .ssh .gnupg .aws .azure .kube")
    .split(" "),
);

/** Files with credentials, keys or certificates, which reading a project never needs. */
export const SECRET_FILE =
  /^(credentials.*|\.env(\..*)?|[._]?(netrc|pypirc|pgpass|npmrc|git-credentials|dockercfg|htpasswd|kubeconfig)|accesstokens\.json|id_(rsa|dsa|ecdsa|ed25519).*|.*\.(pem|key|pfx|p12|keystore|jks|ppk|kdbx|crt|cer|der))$/i;

/** Whether a folder of this name is always hidden from the project's code. Some systems ignore case. */
export function isNever(name: string): boolean {
  return NEVER.has(name.toLowerCase());
}

/** Whether a path leads to a secret or into a folder that is never project code, which no option allows. */
export function isSecretPath(path: string): boolean {
  return path.split(/[\\/]/).some((name) => isNever(name) || SECRET_FILE.test(name));
}

/** Whether a path with all links resolved is in one of these folders, and neither a secret nor hidden there. */
export function isShownIn(folders: readonly (string | undefined)[], real: string): boolean {
  return !SECRET_FILE.test(basename(real)) &&
    folders.some((folder) =>
      folder !== undefined && isBelow(folder, real) && !isSecretPath(relative(folder, real))
    );
}

/** The folder inside the interpreter that contains all others. */
export const INSIDE = "/project";

/** A folder that the project's code may see. */
export interface OwnFolder {
  /** Its absolute path on this machine. */
  readonly path: string;
  /** Its path inside the interpreter. */
  readonly inside: string;
}

/**
 * The folders that the project's code may see: its own, then those outside it that the user allows. Inside the
 * interpreter, all are at the same places relative to each other. The project's folder keeps its name, because some
 * projects depend on it, except for brackets and stars: Kedro would treat them as a glob pattern and find no
 * configuration.
 */
export function ownFolders(
  { root, outside = [] }: Pick<Project, "root" | "outside">,
): readonly [OwnFolder, ...OwnFolder[]] {
  const others = outside.filter((folder) => !isBelow(root, folder));
  let top = dirname(root);
  while (top !== dirname(top) && !others.every((other) => isBelow(top, other))) top = dirname(top);
  const below = (folder: string) => relative(top, folder).replaceAll(sep, "/").replace(/[[\]*?]/g, "_");
  return [
    { path: root, inside: `${INSIDE}/${below(root) || "project"}` },
    ...others.map((path) => ({ path, inside: below(path) === "" ? INSIDE : `${INSIDE}/${below(path)}` })),
  ];
}

/** The places inside the interpreter of the folders outside the project, by their paths on this machine. */
export function outsideByPath(project: Pick<Project, "root" | "outside">): Readonly<Record<string, string>> {
  return Object.fromEntries(ownFolders(project).slice(1).map(({ path, inside }) => [path, inside]));
}

/** Whether a path, with all links resolved, is in a folder that the project's code may see, and not hidden from it. */
export async function isOwn(
  { fs }: Pick<Context, "fs">,
  project: Pick<Project, "root" | "outside">,
  path: string,
): Promise<boolean> {
  const [real, root, ...outside] = await Promise.all(
    [path, ...ownFolders(project).map((folder) => folder.path)].map((each) => fs.realPath(each)),
  );
  return real !== undefined && root !== undefined && real !== root && isShownIn([root, ...outside], real);
}
