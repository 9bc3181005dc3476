import { isAbsolute, join } from "node:path";
import type { Context } from "../../core/context.ts";
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

/** The environment for git: without secrets, and without variables that name another repository. */
export function gitEnvironment(env: Context["env"], { path }: Pick<Git, "path">): Record<string, string> {
  const kept = Object.entries(withoutSecrets(env)).filter(([name]) => !/^GIT_(?!CONFIG)/i.test(name));
  return { ...Object.fromEntries(kept), PATH: path };
}
