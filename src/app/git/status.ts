import { join, relative } from "node:path";
import { OWN_FOLDER_MARK, ownOutput } from "../../azureml/job/code/own_output.ts";
import type { Context } from "../../core/context.ts";
import type { Warning } from "../../core/errors.ts";
import { shellWord } from "../../core/text/shell_word.ts";
import type { Checkout } from "./checkout.ts";
import { type GitContext, openGit } from "./find_git.ts";

/** How git says that it does not read a checkout of another user, unless a setting names it. */
const FOREIGN = /dubious ownership/;

/**
 * Whether a folder of a checkout has uncommitted changes, as `git status` says; none of the checkout's programs is run.
 * Submodules count by their commit.
 *
 * @param folder The folder to check, with every link resolved.
 * @param warn Takes the warning that git does not read the checkout, because another user owns it.
 * @returns `undefined` without `git`, if it cannot read the checkout, or if only one of the checkout's filters could
 *   tell, such as for a touched file in Git LFS.
 */
export async function isDirty(
  ctx: GitContext,
  { top }: Pick<Checkout, "top">,
  folder: string,
  warn: (warning: Warning) => void = () => {},
): Promise<boolean | undefined> {
  const git = await openGit(ctx, { top });
  if (git === undefined) return undefined;

  async function run(settings: readonly string[], args: readonly string[]): Promise<string[] | undefined> {
    const { status, stdout, stderr } = await git!(["--literal-pathspecs", ...args], settings);
    if (status !== 0 && FOREIGN.test(stderr)) warn(foreignOwner(top));
    return status === 0 ? stdout.split("\0").slice(0, -1) : undefined;
  }

  const names = await run([], ["config", "--list", "--name-only", "-z"]);
  const filters = new Set(names?.flatMap((name) => /^filter\.(.*)\./s.exec(name)?.[1] ?? []));
  // git cannot be given settings for other names.
  if (names === undefined || [...filters].some((name) => !/^[\w.-]+$/.test(name))) return undefined;
  const without = [...filters].flatMap((name) =>
    ["clean=", "process=", "required=false"].map((setting) => `filter.${name}.${setting}`)
  );
  const how = ["--porcelain", "-z", "--no-renames", "--untracked-files=normal", "--ignore-submodules=dirty"];
  const found = await run(without, ["status", ...how, "--", relative(top, folder) || "."]);
  const changes = found && await withoutOwn(ctx.fs, top, found);
  if (changes === undefined) return undefined;
  if (changes.length === 0) return false;
  const touched = changes.filter((line) => line.startsWith(" M")).map((line) => line.slice(3));
  if (filters.size === 0 || touched.length < changes.length) return true;
  const attributes = await run(without, [
    "check-attr",
    "-z",
    "filter",
    "--",
    ...touched.slice(0, MOST_CHECKED),
  ]);
  const isPlain = attributes?.some((value, at) => at % 3 === 2 && ["unspecified", "unset"].includes(value));
  return isPlain || undefined;
}

/** The changes without new files of this program, such as downloads, which are not uploaded with the code. */
async function withoutOwn(
  fs: Context["fs"],
  top: string,
  changes: readonly string[],
): Promise<readonly string[]> {
  if (changes.length > MOST_CHECKED) return changes;
  const own = await Promise.all(changes.map(async (line) => {
    const path = join(top, line.slice(3));
    if (!line.startsWith("?? ")) return false;
    if (line.endsWith("/")) return await fs.stat(join(path, OWN_FOLDER_MARK)) !== undefined;
    const { sizeBytes } = await fs.stat(path) ?? { sizeBytes: 0 };
    return await ownOutput(fs, { path, name: path, sizeBytes }).catch(() => undefined) !== undefined;
  }));
  return changes.filter((_, at) => !own[at]);
}

function foreignOwner(top: string): Warning {
  return {
    code: "git.foreign_owner",
    message:
      `Another user owns "${top}", so git does not read it, and the job does not record whether there are uncommitted changes`,
    hint: `Run \`git config --global --add safe.directory ${shellWord(top.replaceAll("\\", "/"))}\``,
  };
}

/** Maximum number of changed files to look up. */
const MOST_CHECKED = 100;
