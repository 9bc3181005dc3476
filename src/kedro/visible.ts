import { basename, dirname, relative, sep } from "node:path";
import type { Context } from "../core/context.ts";
import { isCi } from "../core/env_vars.ts";
import type { Warning } from "../core/errors.ts";
import { isHiddenFile, isHiddenVariable, isIdentityVariable } from "../core/secrets.ts";
import { isBelow } from "../core/untrusted.ts";
import type { Project } from "./project.ts";

/**
 * Whether a folder of this name is hidden from the project's code, at any depth: it holds programs, or is one of those
 * whose names begin with a dot, in which tools keep what is theirs. Some systems ignore case.
 */
export function isNever(name: string): boolean {
  return /^\.|^(?:node_modules|site-packages|__pycache__|conda-meta)$/i.test(name);
}

/** Whether a path leads to a secret or into a folder that is never project code, which no option allows. */
export function isSecretPath(path: string): boolean {
  return path.split(/[\\/]/).some((name) => isNever(name) || isHiddenFile(name));
}

/** Whether a path with all links resolved is in one of these folders, and neither a secret nor hidden there. */
export function isShownIn(folders: readonly (string | undefined)[], real: string): boolean {
  return !isHiddenFile(basename(real)) &&
    folders.some((folder) =>
      folder !== undefined && isBelow(folder, real) && !isSecretPath(relative(folder, real))
    );
}

/** The folder inside the interpreter that contains all others. */
export const INSIDE = "/project";

interface OwnFolder {
  readonly path: string;
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

/** Variables about this machine, or this program, that mean nothing inside the interpreter. */
const MACHINE =
  /^(_|PATH|HOME|PWD|OLDPWD|SHELL|TMP|TEMP|TMPDIR|PYTHON.*|LD_.*|DYLD_.*|DENO_.*|NODE_.*|VIRTUAL_ENV|CONDA_.*|KEDRO_AZUREML_EMULATOR)$/;

/**
 * Chooses the environment variables that the project's code may see: only `allowed` if given; otherwise everything that
 * does not look like a secret, and nothing in CI. Credentials of Azure and of CI services are always hidden.
 */
export function chooseEnviron(env: Context["env"], allowed: readonly string[] | undefined) {
  const variables: Record<string, string> = {};
  /** Hidden variables, and whether the user may allow each. */
  const withheld: Record<string, boolean> = {};
  const refused: string[] = [];
  const named = new Set(allowed);
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) continue;
    const never = isIdentityVariable(name);
    if (named.has(name) && never) refused.push(name);
    if (!never && (allowed === undefined ? !isCi(env) && isHarmless(name, value) : named.has(name))) {
      variables[name] = value;
    } else if (!MACHINE.test(name.toUpperCase())) withheld[name] = !never;
  }
  return { variables, withheld, warnings: refused.map(withheldWarning) };
}

function isHarmless(name: string, value: string): boolean {
  return !isHiddenVariable(name) && !MACHINE.test(name.toUpperCase()) &&
    !/:\/\/[^/\s@]*:[^/\s@]*@/.test(value);
}

function withheldWarning(name: string): Warning {
  return {
    // kedro.env_withheld: A variable that identifies you stays hidden from the project's code. Remove it from
    //   `--allow-env-names`.
    code: "kedro.env_withheld",
    message: `${name} stays hidden from the project's code: it identifies you to Azure or to the CI service`,
    hint: `Remove ${name} from \`--allow-env-names\``,
  };
}

/** Names of the variables that a `.env` file sets; values are ignored. */
export function namesInDotenv(text: string): string[] {
  // Match line by line, with no ambiguous whitespace, so that the time is linear in the length of any input.
  return text.split(/\r\n?|\n/).flatMap((line) => {
    const name = /^(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=/.exec(line.trimStart())?.[1];
    return name === undefined ? [] : [name];
  });
}
