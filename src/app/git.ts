import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { OWN_FOLDER_MARK } from "../azureml/job/code/exclusions.ts";
import { isOwnOutput } from "../azureml/job/code/own_outputs.ts";
import type { CodeChanges } from "../azureml/runs/code_changes.ts";
import type { Context, Exit, FileSystem } from "../core/context.ts";
import type { Warning } from "../core/errors.ts";
import { compact } from "../core/json.ts";
import { GIT_PROPERTIES } from "../core/runs.ts";
import { withoutSecrets } from "../core/secrets.ts";
import { isBelow, shellWord } from "../core/untrusted.ts";

/** Compares without programs that the checkout names for its own files or for those of a submodule. */
const DIFF = ["diff", "--no-ext-diff", "--no-textconv", "--submodule=short", "--no-color"];
const CONFIGURATION = [":(glob)**/conf/**/*.y*ml", ":(exclude,glob)**/credentials*"];
/** Lines around a change: the whole file, to compare it by key. */
const WHOLE_FILE = 100_000;

/** Compares the first commit with the last one, if the project's repository has both. */
export async function commitChanges(
  ctx: GitContext,
  root: string,
  commits: readonly (string | undefined)[],
): Promise<CodeChanges | undefined> {
  const [first, last] = [commits[0], commits.at(-1)];
  if ([first, last].some((commit) => commit === undefined || commitIn(commit) !== commit)) return undefined;
  if (first === last) return { files: [], configuration: [] };
  const checkout = await findCheckout(ctx.fs, root);
  const git = checkout && await openGit(ctx, checkout);
  if (git === undefined) return undefined;
  const diff = async (how: readonly string[], paths: readonly string[]) => {
    const { status, stdout } = await git(
      [...DIFF, ...how, first!, last!, "--", ...paths],
      ["core.quotePath=false"],
    );
    return status === 0 ? stdout : undefined;
  };
  const names = await diff(["--name-only", "-z"], []);
  if (names === undefined) return undefined;
  const text = await diff(
    [`--unified=${WHOLE_FILE}`, "--no-renames", "--src-prefix=", "--dst-prefix="],
    CONFIGURATION,
  );
  const { configurationChanges } = await import("../azureml/runs/code_changes.ts");
  return {
    files: names.split("\0").filter((path) => path !== ""),
    configuration: changedTexts(text ?? "").flatMap(([file, ...texts]) =>
      configurationChanges(file, texts).map(({ values: [before, after], ...change }) => ({
        ...change,
        values: commits.map((commit) =>
          (commit === last ? after : commit === first ? before : undefined) ?? null
        ),
      }))
    ),
  };
}

/** Each file in a diff of whole files, before and after the change. Pure. */
function changedTexts(diff: string): readonly (readonly [file: string, ...texts: (string | undefined)[]])[] {
  return diff.split("\ndiff --git ").flatMap((part) => {
    const [head = "", ...hunks] = part.split("\n@@ ");
    const names = head.split("\n").filter((line) => /^(?:---|\+\+\+) /.test(line)).map((line) =>
      line.slice(4)
    );
    const file = names.findLast((name) => name !== "/dev/null");
    if (file === undefined) return [];
    const lines = hunks.flatMap((hunk) => hunk.split("\n").slice(1));
    const [before, after] = ["-", "+"].map((sign, at) =>
      names[at] === "/dev/null"
        ? undefined
        : lines.filter((line) => line.startsWith(sign) || line.startsWith(" "))
          .map((line) => line.slice(1)).join("\n")
    );
    return [[file, before, after] as const];
  });
}

/**
 * Returns the git properties of a job under azure-ai-ml's names: commit, branch, whether there are uncommitted
 * changes, and the remote without credentials.
 *
 * Unknown properties are omitted: all of them outside a checkout, the branch if HEAD is detached, refs in a reftable,
 * and uncommitted changes that cannot be determined. `AZUREML_GIT_COMMIT` and similar variables override the values,
 * as in azure-ai-ml. `git` itself is only needed for uncommitted changes.
 *
 * @param folder Absolute path of the project; only changes inside it make it dirty.
 * @param warn As for {@linkcode isDirty}.
 */
export async function gitProperties(
  ctx: GitContext,
  folder: string,
  warn?: (warning: Warning) => void,
): Promise<Readonly<Record<string, string>>> {
  const { env } = ctx;
  const checkout = await readCheckout(ctx, folder, warn);
  const dirty = env.AZUREML_GIT_DIRTY === undefined
    ? checkout?.dirty
    : ["true", "1"].includes(env.AZUREML_GIT_DIRTY.trim().toLowerCase());
  const remote = env.AZUREML_GIT_REPOSITORY_URI || checkout?.remote;
  return compact({
    [GIT_PROPERTIES.repository]: remote === undefined ? undefined : withoutCredentials(remote),
    [GIT_PROPERTIES.branch]: env.AZUREML_GIT_BRANCH || checkout?.branch,
    [GIT_PROPERTIES.commit]: env.AZUREML_GIT_COMMIT || checkout?.commit,
    [GIT_PROPERTIES.dirty]: dirty === undefined ? undefined : dirty ? "True" : "False",
    [GIT_PROPERTIES.buildId]: env.AZUREML_GIT_BUILD_ID || undefined,
    [GIT_PROPERTIES.buildUri]: env.AZUREML_GIT_BUILD_URI || undefined,
  });
}

async function readCheckout(
  ctx: GitContext,
  folder: string,
  warn: ((warning: Warning) => void) | undefined,
) {
  const { fs, env } = ctx;
  const checkout = await findCheckout(fs, folder);
  if (checkout === undefined) return undefined;
  const config = await readGitConfig(fs, checkout);
  const head = await readHead(fs, checkout, config);
  const isAsked = env.AZUREML_GIT_DIRTY === undefined;
  const dirty = isAsked ? await isDirty(ctx, checkout, (await fs.realPath(folder))!, warn) : undefined;
  const { branch, commit } = head ?? {};
  return { remote: remoteUrl(config, branch), branch, commit, dirty };
}

/** The remote that `git fetch` would use: the branch's own, else `origin`, else the only one. */
function remoteUrl(config: GitConfig, branch: string | undefined): string | undefined {
  const names = [...config.keys()].flatMap((key) => /^remote "(.+)"$/.exec(key)?.[1] ?? []);
  const wanted = config.get(`branch "${branch}"`)?.get("remote") ??
    (names.length === 1 ? names[0]! : "origin");
  return config.get(`remote "${wanted}"`)?.get("url");
}

/** Removes user, password and query, any of which may be a secret; `git@host:path` has none. */
function withoutCredentials(url: string): string {
  // Before the scheme, `hg::` and the like name a remote helper.
  const [, scheme, rest] = /^((?:[\w+.-]+::)*[a-z][a-z0-9+.-]*:\/\/)(.*)$/is.exec(url) ?? [];
  if (scheme === undefined) return url;
  const [, user, host, path] = /^(?:([^/]*)@)?([^/]*)(.*)$/s.exec(rest!)!;
  const kept = /^(git\+)?ssh:/i.test(scheme) && user ? `${user.split(":")[0]}@` : "";
  return scheme + kept + host + path!.split(/[?#]/)[0]!;
}

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

/** Whether the last commit has a file as it is now, so that `git checkout` brings it back after a change. */
export async function isCommitted(ctx: GitContext, path: string): Promise<boolean> {
  const real = await ctx.fs.realPath(path);
  const checkout = real === undefined ? undefined : await findCheckout(ctx.fs, dirname(real));
  const git = checkout && await openGit(ctx, checkout);
  if (git === undefined) return false;
  const { status } = await git(["ls-files", "--error-unmatch", "--", real!]);
  return status === 0 && await isDirty(ctx, checkout!, real!) === false;
}

/** The changes without new files of this program, such as downloads and reports, which are not uploaded with the code. */
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
    return (await fs.stat(path))?.kind === "file" && await isOwnOutput(fs, path);
  }));
  return changes.filter((_, at) => !own[at]);
}

function foreignOwner(top: string): Warning {
  return {
    // git.foreign_owner: Another user owns the checkout, so git does not read it. Add it to `safe.directory`,
    //   as in CI containers.
    code: "git.foreign_owner",
    message:
      `Another user owns "${top}", so git does not read it, and the job does not record whether there are uncommitted changes`,
    hint: `Run \`git config --global --add safe.directory ${shellWord(top.replaceAll("\\", "/"))}\``,
  };
}

const MOST_CHECKED = 100;

/**
 * Finds `git` on PATH, but not in the checkout itself nor in a relative folder; `undefined` if there is none.
 *
 * @returns `program` as an absolute path, and as `path` the folders of PATH where the checkout cannot have put one.
 */
export async function findGit(
  { env, fs, platform }: Pick<Context, "env" | "fs" | "platform">,
  { top }: Pick<Checkout, "top">,
): Promise<{ readonly program: string; readonly path: string } | undefined> {
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

type GitContext = Pick<Context, "env" | "fs" | "exec" | "platform" | "signal">;

type RunGit = (args: readonly string[], settings?: readonly string[]) => Promise<Exit>;

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
async function openGit(ctx: GitContext, { top }: Pick<Checkout, "top">): Promise<RunGit | undefined> {
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
function gitEnvironment(env: Context["env"], { path }: { readonly path: string }): Record<string, string> {
  const kept = Object.entries(withoutSecrets(env)).filter(([name]) => !/^GIT_(?!CONFIG)/i.test(name));
  return { ...Object.fromEntries(kept), PATH: path };
}

type GitFs = Pick<FileSystem, "readText" | "stat" | "realPath">;

interface Checkout {
  /** The top folder, with every link resolved. */
  readonly top: string;
  /** Folder of data for this checkout only: HEAD and the index. */
  readonly gitDir: string;
  /** Folder of data shared by all worktrees of a repository; differs from `gitDir` only in a worktree. */
  readonly commonDir: string;
}

/** Sections of git's configuration, such as `remote "origin"`; each maps lowercase keys to their last values. */
type GitConfig = ReadonlyMap<string, ReadonlyMap<string, string>>;

const MOST_SYMBOLIC_REFS = 5;

export async function findCheckout(fs: GitFs, folder: string): Promise<Checkout | undefined> {
  const start = await fs.realPath(folder);
  for (let top = start; top !== undefined; top = dirname(top) === top ? undefined : dirname(top)) {
    const gitDir = await gitDirOf(fs, join(top, ".git"));
    if (gitDir === undefined) continue;
    const common = resolve(gitDir, (await readFileIfPresent(fs, join(gitDir, "commondir")))?.trim() ?? ".");
    return isBelow(common, gitDir) ? { top, gitDir, commonDir: common } : undefined;
  }
  return undefined;
}

/** `.git` itself, or the folder that it points to in worktrees and submodules; `undefined` if git would read none. */
async function gitDirOf(fs: GitFs, path: string): Promise<string | undefined> {
  const stat = await fs.stat(path);
  const target = stat?.kind === "file" ? gitDirIn(await fs.readText(path)) : stat && path;
  if (target === undefined) return undefined;
  const gitDir = await fs.realPath(resolve(dirname(path), target)) ?? target;
  const [head, ...others] = await Promise.all(
    ["HEAD", "index", "config"].map(async (name) => (await fs.stat(join(gitDir, name)))?.kind),
  );
  // git would wait for a pipe.
  const isReadable = head === "file" && !others.includes("other");
  return isReadable && (gitDir === path || await isOf(fs, gitDir, path)) ? gitDir : undefined;
}

/**
 * Whether a folder is what a `.git` file may point to: those of a worktree or submodule say whose they are, and others
 * belong to no folder. In somebody else's project, it could be any repository of this user.
 */
async function isOf(fs: GitFs, gitDir: string, path: string): Promise<boolean> {
  const worktree = (await readFileIfPresent(fs, join(gitDir, "gitdir")))?.trim().replace(/[\\/]\.git$/, "") ??
    (await readGitConfig(fs, { commonDir: gitDir })).get("core")?.get("worktree");
  if (worktree === undefined) return basename(gitDir) !== ".git";
  return await fs.realPath(resolve(gitDir, worktree)) === dirname(path);
}

/** The target in the `.git` file of a worktree or submodule. */
function gitDirIn(text: string): string | undefined {
  return text.startsWith("gitdir:") ? text.slice("gitdir:".length).trim() || undefined : undefined;
}

/**
 * Reads what is checked out: no branch if HEAD is detached, no commit before the first one; `undefined` if the
 * repository stores its refs in an unsupported format.
 */
export async function readHead(fs: GitFs, checkout: Checkout, config: GitConfig) {
  const storage = config.get("extensions")?.get("refstorage") ?? "files";
  if (storage !== "files") return undefined;
  const text = await readFileIfPresent(fs, join(checkout.gitDir, "HEAD"));
  const ref = text === undefined ? undefined : symbolicRef(text);
  if (ref === undefined) return { branch: undefined, commit: commitIn(text) };
  return { branch: ref.replace(/^refs\/heads\//, ""), commit: await commitOf(fs, checkout, ref) };
}

async function commitOf(fs: GitFs, checkout: Checkout, ref: string): Promise<string | undefined> {
  let name = ref;
  for (let tries = MOST_SYMBOLIC_REFS; tries > 0; tries--) {
    const text = await readFileIfPresent(fs, join(checkout.gitDir, name)) ??
      await readFileIfPresent(fs, join(checkout.commonDir, name));
    if (text === undefined) return await packedRef(fs, checkout, name);
    const next = symbolicRef(text);
    if (next === undefined) return commitIn(text);
    name = next;
  }
  return undefined;
}

async function packedRef(fs: GitFs, { commonDir }: Checkout, ref: string): Promise<string | undefined> {
  const lines = (await readFileIfPresent(fs, join(commonDir, "packed-refs")))?.split("\n") ?? [];
  return commitIn(lines.find((line) => line.trimEnd().endsWith(` ${ref}`))?.split(" ")[0]);
}

function symbolicRef(text: string): string | undefined {
  return /^ref:\s*(\S+)/.exec(text)?.[1];
}

/** The commit in a text, of a repository with SHA-1 or SHA-256; `undefined` if it is something else. */
function commitIn(text: string | undefined): string | undefined {
  return /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.exec(text?.trim() ?? "")?.[0];
}

export async function readGitConfig(
  fs: GitFs,
  { commonDir }: Pick<Checkout, "commonDir">,
): Promise<GitConfig> {
  const sections = new Map<string, Map<string, string>>();
  let section = new Map<string, string>();
  for (const line of (await readFileIfPresent(fs, join(commonDir, "config")))?.split("\n") ?? []) {
    const [, name, sub] = /^\s*\[\s*([\w.-]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\]/.exec(line) ?? [];
    if (name !== undefined) {
      const key = name.toLowerCase() + (sub === undefined ? "" : ` "${sub.replace(/\\(.)/g, "$1")}"`);
      section = sections.get(key) ?? new Map();
      sections.set(key, section);
      continue;
    }
    const [before, key] = /^\s*([A-Za-z][\w-]*)\s*=/.exec(line) ?? [];
    if (key !== undefined) section.set(key.toLowerCase(), unquoted(line.slice(before!.length).trim()));
  }
  return sections;
}

function unquoted(value: string): string {
  const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(value)?.[1];
  if (quoted !== undefined) return quoted.replace(/\\(.)/g, "$1");
  const comment = value.search(/\s[#;]/);
  return comment === -1 ? value : value.slice(0, comment).trimEnd();
}

async function readFileIfPresent(
  fs: Pick<GitFs, "readText" | "stat">,
  path: string,
): Promise<string | undefined> {
  return (await fs.stat(path))?.kind === "file" ? await fs.readText(path) : undefined;
}
