import { dirname, join } from "node:path";
import { ExitCode, UserError } from "../../core/errors.ts";
import { VERSION } from "../../core/version.ts";
import type { AppContext } from "../context.ts";
import { installedBy, type Manager } from "./installed_by.ts";
import { openRelease, readVerified } from "./release.ts";

/** Options of `upgrade`. */
export interface UpgradeOptions {
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
