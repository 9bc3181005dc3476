import { join, relative } from "node:path";
import { OWN_FOLDER_MARK, ownOutput } from "../../azureml/job/code/own_output.ts";
import type { Context } from "../../core/context.ts";
import type { Warning } from "../../core/errors.ts";
import { shellWord } from "../../core/text/shell_word.ts";
import type { Checkout } from "./checkout.ts";
import { findGit, gitEnvironment } from "./find_git.ts";

/** What `git status` is run with. */
export type StatusContext = Pick<Context, "env" | "fs" | "exec" | "platform" | "signal">;

const TIMEOUT_MS = 10_000;

/**
 * Settings that override those of the checkout, which may be somebody else's: `git status` would run the programs that
 * it names as fsmonitor, hooks or filters, and fetch objects that are missing.
 */
const SETTINGS = [
  "safe.bareRepository=explicit",
  "core.fsmonitor=false",
  "core.untrackedCache=false",
  "core.hooksPath=/dev/null",
];
const VARIABLES = {
  GIT_OPTIONAL_LOCKS: "0",
  GIT_LITERAL_PATHSPECS: "1",
  GIT_TERMINAL_PROMPT: "0",
  GIT_NO_LAZY_FETCH: "1",
  GIT_ALLOW_PROTOCOL: "none",
  LC_ALL: "C",
};

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
  ctx: StatusContext,
  { top }: Pick<Checkout, "top">,
  folder: string,
  warn: (warning: Warning) => void = () => {},
): Promise<boolean | undefined> {
  const git = await findGit(ctx, { top });
  if (git === undefined) return undefined;
  const { signal } = ctx;
  const env = { ...gitEnvironment(ctx.env, git), ...VARIABLES };

  async function run(settings: readonly string[], args: readonly string[]): Promise<string[] | undefined> {
    const options = [...SETTINGS, ...settings].flatMap((setting) => ["-c", setting]);
    const how = { cwd: top, env, clearEnv: true, timeoutMs: TIMEOUT_MS, signal };
    const { status, stdout, stderr } = await ctx.exec(git!.program, [...options, ...args], how);
    signal.throwIfAborted();
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
