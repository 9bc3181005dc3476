import { isBelow } from "../core/path_names.ts";
import { dirname, isAbsolute, join, relative } from "node:path";
import { UserError } from "../core/errors.ts";

/** Files and folders that mark the top of a project or a checkout. */
const MARKS = ["pyproject.toml", ".git"];

/**
 * Refuses to write through a link that leads out of the project it is in. Otherwise the author of a project, for
 * example of a branch that is submitted, could choose which file is overwritten.
 *
 * @throws {UserError} `file.link_outside`.
 */
export async function refuseOutsideLink(path: string): Promise<void> {
  const top = await topAbove(dirname(path));
  if (top === undefined) return;
  const real = await realPathOf(path);
  if (isBelow(await Deno.realPath(top), real)) return;
  throw new UserError(`Cannot write "${path}": a link leads it to "${real}", outside the project`, {
    code: "file.link_outside",
    hint: "Remove the link, or name a file that is no link",
  });
}

/** The nearest folder above that is the top of a project; the user's home folder does not count. */
async function topAbove(folder: string): Promise<string | undefined> {
  const homes = [Deno.env.get("HOME"), Deno.env.get("USERPROFILE")].filter((home) => home !== undefined);
  for (let top = folder;; top = dirname(top)) {
    // `relative` knows that Windows ignores case, and takes slashes for backslashes.
    if (homes.some((home) => isAbsolute(home) && relative(home, top) === "")) return undefined;
    for (const mark of MARKS) if (await Deno.lstat(join(top, mark)).then(() => true, () => false)) return top;
    if (dirname(top) === top) return undefined;
  }
}

/** Resolves every link in a path, including links to targets that do not exist yet. */
async function realPathOf(path: string, hops = 0): Promise<string> {
  const real = await Deno.realPath(path).catch(() => undefined);
  if (real !== undefined) return real;
  const target = await Deno.readLink(path).catch(() => undefined);
  if (target !== undefined && hops < MOST_HOPS) {
    return await realPathOf(isAbsolute(target) ? target : join(dirname(path), target), hops + 1);
  }
  const above = dirname(path);
  return above === path ? path : join(await realPathOf(above, hops), path.slice(above.length));
}

const MOST_HOPS = 40;
