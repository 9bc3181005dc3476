import { basename, dirname, join } from "node:path";
import { isCi } from "../../core/env_vars.ts";
import { UserError } from "../../core/errors.ts";
import { projectHash, requireOwn, userFolders } from "../../core/files.ts";
import { makeOwnFolder } from "../../emulator/runner/programs.ts";
import { JOURNAL } from "../../emulator/state/journal.ts";
import type { AppContext, ProjectOptions } from "../context.ts";
import { rootOfProject } from "./names.ts";

type FolderContext = Pick<AppContext, "clock" | "env" | "fs" | "home" | "platform" | "random">;

/**
 * Makes a folder for the files of a rehearsal of this project, which are kept until the next one. `undefined` in CI, and
 * where the user has no folder for it that is private and can be written.
 */
export async function newRehearsal(ctx: FolderContext, root: string): Promise<string | undefined> {
  const cache = userFolders(ctx)?.cache;
  if (isCi(ctx.env) || cache === undefined) return undefined;
  const time = ctx.clock.now().toISOString().replace(/\D/g, "").slice(0, 14);
  const folder = join(await folderOf(ctx, cache, root), `${time}-${ctx.random.uuid().slice(0, 4)}`);
  try {
    await requireOwn(ctx, cache, dirname(folder));
    await makeOwnFolder(ctx, folder);
    return folder;
  } catch {
    return undefined;
  }
}

/** The folders of this project's rehearsals that are kept without being asked to, oldest first: one, as a rule. */
export async function keptRehearsals(ctx: FolderContext, root: string): Promise<readonly string[]> {
  const cache = userFolders(ctx)?.cache;
  if (cache === undefined) return [];
  const all = await folderOf(ctx, cache, root);
  const isOwn = await requireOwn(ctx, cache, all).then(() => true, () => false);
  if (!isOwn || await ctx.fs.stat(all) === undefined) return [];
  const found = await Array.fromAsync(ctx.fs.walk(all, (folder) => dirname(folder) === all));
  return found.filter(({ path }) => basename(path) === JOURNAL).map(({ path }) => dirname(path)).sort();
}

/** The folder of the last rehearsal of a project. @throws {UserError} `project.*`, `kept.none`. */
export async function lastRehearsal(ctx: AppContext, options: ProjectOptions): Promise<string> {
  const { root, noProject } = await rootOfProject(ctx, options);
  if (noProject !== undefined) throw noProject;
  const last = (await keptRehearsals(ctx, root)).at(-1);
  if (last !== undefined) return last;
  throw new UserError("No rehearsal of this project is kept on this machine", {
    code: "kept.none",
    hint: "Run `kedro-azureml rehearse`, or pass the folder of `rehearse --keep` with `--from`",
  });
}

async function folderOf(ctx: Pick<FolderContext, "fs">, cache: string, root: string): Promise<string> {
  return join(cache, "rehearsed", await projectHash(ctx, root, 12));
}
