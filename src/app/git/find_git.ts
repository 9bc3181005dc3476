import { isAbsolute, join } from "node:path";
import type { Context, Exit } from "../../core/context.ts";
import { isBelow } from "../../core/path_names.ts";
import { withoutSecrets } from "../../core/text/redact.ts";
import type { Checkout } from "./checkout.ts";

/** How to run `git` on a checkout. */
export interface Git {
  /** Absolute path of the program. */
  readonly program: string;
  /** The folders of PATH where the checkout cannot have put a program. */
  readonly path: string;
}

/** Finds `git` on PATH, but not in the checkout itself nor in a relative folder; `undefined` if there is none. */
export async function findGit(
  { env, fs, platform }: Pick<Context, "env" | "fs" | "platform">,
  { top }: Pick<Checkout, "top">,
): Promise<Git | undefined> {
  // A folder that this user may not read has nothing that can be run, as for `which`.
  const orUndefined = <T>(found: Promise<T>) => found.catch(() => undefined);
  const isOutside = async (path: string) => {
    const real = await orUndefined(fs.realPath(path));
    return real !== undefined && !isBelow(top, real);
  };
  const [delimiter, name] = platform === "windows" ? [";", "git.exe"] : [":", "git"];
  const folders: string[] = [];
  for (const folder of (env.PATH ?? "").split(delimiter)) {
    if (isAbsolute(folder) && await isOutside(folder)) folders.push(folder);
  }
  for (const folder of folders) {
    const program = join(folder, name);
    if ((await orUndefined(fs.stat(program)))?.kind === "file" && await isOutside(program)) {
      return { program, path: folders.join(delimiter) };
    }
  }
  return undefined;
}

/** What git is run with. */
export type GitContext = Pick<Context, "env" | "fs" | "exec" | "platform" | "signal">;

/** Runs git, with settings in addition to the guarding ones. */
export type RunGit = (args: readonly string[], settings?: readonly string[]) => Promise<Exit>;

const TIMEOUT_MS = 10_000;

/**
 * Settings that override those of the checkout, which may be somebody else's: git would run the programs that it names
 * as fsmonitor or hooks, and fetch objects that are missing.
 */
const SETTINGS = [
  "safe.bareRepository=explicit",
  "core.fsmonitor=false",
  "core.untrackedCache=false",
  "core.hooksPath=/dev/null",
];
const VARIABLES = {
  GIT_OPTIONAL_LOCKS: "0",
  GIT_TERMINAL_PROMPT: "0",
  GIT_NO_LAZY_FETCH: "1",
  GIT_ALLOW_PROTOCOL: "none",
  LC_ALL: "C",
};

/**
 * How to run git on a checkout without its programs: the only way in which this program starts git. Filters and drivers
 * of diffs depend on the command, which must leave them out.
 *
 * @returns `undefined` if there is no git.
 */
export async function openGit(ctx: GitContext, { top }: Pick<Checkout, "top">): Promise<RunGit | undefined> {
  const git = await findGit(ctx, { top });
  if (git === undefined) return undefined;
  const { signal } = ctx;
  const env = { ...gitEnvironment(ctx.env, git), ...VARIABLES };
  const how = { cwd: top, env, clearEnv: true, timeoutMs: TIMEOUT_MS, signal };
  return async (args, settings = []) => {
    const options = [...SETTINGS, ...settings].flatMap((setting) => ["-c", setting]);
    const exit = await ctx.exec(git.program, [...options, ...args], how);
    signal.throwIfAborted();
    return exit;
  };
}

/** The environment for git: without secrets, and without variables that name another repository. */
function gitEnvironment(env: Context["env"], { path }: Pick<Git, "path">): Record<string, string> {
  const kept = Object.entries(withoutSecrets(env)).filter(([name]) => !/^GIT_(?!CONFIG)/i.test(name));
  return { ...Object.fromEntries(kept), PATH: path };
}
