import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { ExitCode, UserError } from "../../core/errors.ts";
import { isSafe } from "../../core/net/cloud_hosts.ts";
import { VERSION } from "../../core/version.ts";
import type { AppContext } from "../context.ts";

/** Options of `upgrade`. */
interface UpgradeOptions {
  /** URL or absolute path of a release, which is asked for if it is needed. */
  readonly source: () => string;
  /** Whether only to look for another version. */
  readonly check?: boolean;
}

/** What `upgrade` found or did. */
export type UpgradeResult =
  | { readonly type: "managed"; readonly manager: Manager; readonly path: string }
  | { readonly type: "current"; readonly version: string; readonly path: string }
  | { readonly type: "available"; readonly version: string; readonly path: string }
  | { readonly type: "upgraded"; readonly version: string; readonly path: string };

/**
 * Replaces this program with that of a release, after comparing it with the checksums. A program that a package manager
 * installed is left to it.
 *
 * @throws {UserError} `upgrade.*`.
 */
export async function upgrade(ctx: AppContext, options: UpgradeOptions): Promise<UpgradeResult> {
  const { program } = ctx;
  if (program === undefined) {
    throw new UserError("This program does not run as one executable, so it cannot replace itself", {
      code: "upgrade.not_installed",
      exit: ExitCode.Usage,
      hint: "In a checkout, run `git pull`, then `deno task build`; else install a release with install.sh",
    });
  }
  const path = await ctx.fs.realPath(program.path) ?? program.path;
  const manager = await installedBy(ctx, path);
  if (manager !== undefined) return { type: "managed", manager, path };
  const release = await openRelease(ctx, options.source());
  const { version } = release;
  if (version === VERSION) return { type: "current", version, path };
  if (options.check) return { type: "available", version: version ?? "unknown", path };
  const { archive, executable } = filesOf(program.target);
  ctx.report({ type: "print", text: `  Downloading ${archive} from ${release.from}` });
  const bytes = await readVerified(ctx, release, archive);
  return { type: "upgraded", version: await install(ctx, path, { archive, executable, bytes }), path };
}

/** The archive of a system, as install.sh and install.ps1 name it, and the executable in it. */
function filesOf(target: string): { readonly archive: string; readonly executable: string } {
  return target.includes("windows")
    ? { archive: `kedro-azureml-${target}.zip`, executable: "kedro-azureml.exe" }
    : { archive: `kedro-azureml-${target}.tar.gz`, executable: "kedro-azureml" };
}

/** Unpacks a program beside the old one, runs it, and renames it over the old one. @returns its version. */
async function install(
  ctx: AppContext,
  path: string,
  { archive, executable, bytes }: {
    readonly archive: string;
    readonly executable: string;
    readonly bytes: Uint8Array<ArrayBuffer>;
  },
): Promise<string> {
  const { fs } = ctx;
  const folder = join(dirname(path), `.kedro-azureml-${ctx.random.uuid()}`);
  const [packed, unpacked] = [join(folder, archive), join(folder, executable)];
  try {
    await fs.writeChunks(packed, [bytes], { folderMode: 0o700 });
    await run(ctx, tarOf(ctx), ["-xf", packed, "-C", folder, executable]);
    const version = (await run(ctx, unpacked, ["--version"])).trim();
    await replace(ctx, unpacked, path);
    return version;
  } catch (thrown) {
    if (thrown instanceof UserError) throw thrown;
    ctx.signal.throwIfAborted();
    throw failed(thrown instanceof Error ? thrown.message : String(thrown));
  } finally {
    for (const path of [packed, unpacked, folder]) await fs.remove(path).catch(() => {});
  }
}

/** Windows lets a running program be renamed, but not replaced. */
async function replace({ fs, platform }: AppContext, from: string, to: string): Promise<void> {
  if (platform !== "windows") return await fs.rename(from, to);
  const old = join(dirname(to), "kedro-azureml.old.exe");
  await fs.remove(old).catch(() => {});
  await fs.rename(to, old);
  try {
    await fs.rename(from, to);
  } catch (thrown) {
    await fs.rename(old, to);
    throw thrown;
  }
}

/** The tar of the system; that of Windows also unpacks ZIP files. */
function tarOf({ platform, env }: AppContext): string {
  return platform === "windows" ? join(env.SystemRoot || "C:\\Windows", "System32", "tar.exe") : "tar";
}

async function run(ctx: AppContext, program: string, args: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await ctx.exec(program, args, { signal: ctx.signal });
  if (status !== 0) throw failed(`${program}: ${stderr.trim() || `exit status ${status}`}`);
  return stdout;
}

function failed(why: string): UserError {
  return new UserError(`Cannot upgrade: ${why}; the installed program is unchanged`, {
    code: "upgrade.failed",
    hint: "Install the release with install.sh or install.ps1 into a folder that you can write to",
  });
}

/** A package manager that installed this program, and the command that upgrades it there. */
export interface Manager {
  readonly name: string;
  readonly command: string;
}

/** Where package managers put the program: a part of its path, and how each upgrades it. */
const MANAGERS: readonly (Manager & { readonly part: string })[] = [
  { name: "npx", part: "/_npx/", command: "npx @kedro-azureml/cli@latest" },
  {
    name: "npm",
    part: "/node_modules/@kedro-azureml/",
    command: "npm install --global @kedro-azureml/cli@latest",
  },
  { name: "pipx", part: "/pipx/venvs/", command: "pipx upgrade kedro-azureml-cli" },
  { name: "uv", part: "/uv/tools/", command: "uv tool upgrade kedro-azureml-cli" },
  { name: "uvx", part: "/uv/archive-v", command: "uvx --from kedro-azureml-cli@latest kedro-azureml" },
  { name: "Homebrew", part: "/Cellar/", command: "brew upgrade kedro-azureml" },
  { name: "Scoop", part: "/scoop/apps/", command: "scoop update kedro-azureml" },
  { name: "winget", part: "/WinGet/Packages/", command: "winget upgrade kedro-azureml" },
];

/**
 * Finds the package manager that installed a file, by its path, or by what pip leaves beside it.
 *
 * @param path Absolute path with links resolved.
 */
export async function installedBy(
  { fs }: Pick<AppContext, "fs">,
  path: string,
): Promise<Manager | undefined> {
  const plain = path.replaceAll("\\", "/");
  const manager = MANAGERS.find(({ part }) => plain.includes(part));
  if (manager !== undefined) return { name: manager.name, command: manager.command };
  const folder = dirname(path);
  for (const library of ["lib", "Lib"]) {
    if (!await hasWheel(fs, join(folder, "..", library))) continue;
    return { name: "pip", command: `${join(folder, "python")} -m pip install --upgrade kedro-azureml-cli` };
  }
  return undefined;
}

/** Whether the wheel is installed below a folder of Python libraries. */
async function hasWheel(fs: AppContext["fs"], libraries: string): Promise<boolean> {
  if ((await fs.stat(libraries))?.kind !== "folder") return false;
  const isOnTheWay = (name: string) =>
    name.startsWith("python") || name === "site-packages" || name.startsWith("kedro_azureml_cli-");
  for await (const { path } of fs.walk(libraries, (folder) => isOnTheWay(basename(folder)))) {
    if (path.includes("kedro_azureml_cli-")) return true;
  }
  return false;
}

/** A release: its checksums, and the address or folder that they come from. */
interface Release {
  readonly from: string;
  readonly checksums: string;
  /** Absent if the checksums list no npm package, whose name has the version. */
  readonly version: string | undefined;
}

/** Where the name starts in a line of SHA256SUMS. */
const NAME_AT = 66;
/** Start of the name of the npm package; those for one system have letters next. */
const NPM_NAME = "kedro-azureml-cli-";

function isNpmPackage(name: string): boolean {
  const next = name[NPM_NAME.length] ?? "";
  return name.startsWith(NPM_NAME) && name.endsWith(".tgz") && next >= "0" && next <= "9";
}

/** Reads a release's version. @param from URL or local folder. @throws {UserError} `upgrade.download`. */
export async function openRelease(ctx: AppContext, from: string): Promise<Release> {
  const checksums = new TextDecoder().decode(await readFile(ctx, from, "SHA256SUMS"));
  const packed = checksums.split("\n").map((line) => line.trimEnd().slice(NAME_AT)).find(isNpmPackage);
  return { from, checksums, version: packed?.slice(NPM_NAME.length, -".tgz".length) };
}

/** Reads a file of a release and verifies it. @throws {UserError} `upgrade.download`, `upgrade.checksum`. */
export async function readVerified(
  ctx: AppContext,
  { from, checksums }: Release,
  name: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const line = checksums.split("\n").find((line) => line.trimEnd().slice(NAME_AT) === name);
  const bytes = line && await readFile(ctx, from, name);
  if (bytes && createHash("sha256").update(bytes).digest("hex") === line.slice(0, 64)) return bytes;
  throw new UserError(
    line
      ? `The checksum of ${name} is not the one in SHA256SUMS`
      : `SHA256SUMS of ${from} does not list ${name}`,
    {
      code: "upgrade.checksum",
      exit: ExitCode.Rejected,
      hint: line ? "Run `kedro-azureml upgrade` again" : "Check that the release has a file for this system",
    },
  );
}

async function readFile(ctx: AppContext, from: string, name: string): Promise<Uint8Array<ArrayBuffer>> {
  if (!URL.canParse(from) || !from.includes("://")) {
    const path = join(from, name);
    if ((await ctx.fs.stat(path))?.kind !== "file") throw notDownloaded(path, "file not found");
    return await ctx.fs.readBytes(path);
  }
  return await fetchFile(ctx, `${from.endsWith("/") ? from.slice(0, -1) : from}/${name}`);
}

/** Redirects to follow: releases of GitHub are on another host. */
const MOST_REDIRECTS = 5;

async function fetchFile(ctx: AppContext, start: string): Promise<Uint8Array<ArrayBuffer>> {
  let url = start;
  for (let redirects = MOST_REDIRECTS; redirects >= 0; redirects--) {
    // Plain HTTP could be changed on the way, and so could the checksums.
    if (!isSafe(new URL(url))) throw notDownloaded(url, "only HTTPS is allowed");
    const response = await ctx.fetch(new Request(url, { redirect: "manual", signal: ctx.signal })).catch(
      (thrown) => {
        ctx.signal.throwIfAborted();
        throw notDownloaded(url, thrown instanceof Error ? thrown.message : String(thrown));
      },
    );
    if (response.status === 200) return new Uint8Array(await response.arrayBuffer());
    await response.body?.cancel();
    const location = response.headers.get("location");
    if (response.status < 300 || response.status > 399 || location === null) {
      throw notDownloaded(url, `the server answered with ${response.status}`);
    }
    url = new URL(location, url).href;
  }
  throw notDownloaded(start, `more than ${MOST_REDIRECTS} redirects`);
}

function notDownloaded(from: string, why: string): UserError {
  return new UserError(`Cannot read ${from}: ${why}`, {
    code: "upgrade.download",
    exit: ExitCode.Unavailable,
    hint:
      "Check the address of the release and the network, or use `--from` with a folder that has its files",
  });
}
