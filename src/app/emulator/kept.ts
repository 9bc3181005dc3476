import { join, resolve } from "node:path";
import { loadCloud } from "../../core/net/clouds.ts";
import { changedError, ExitCode, UserError, userErrorOf } from "../../core/errors.ts";
import { didYouMean } from "../../core/suggest.ts";
import { createEmulator } from "../../emulator/emulator.ts";
import { behaviorOf, environmentOf } from "./use.ts";
import { openDisk } from "../../emulator/state/disk.ts";
import { JOURNAL, openJournal, usingState } from "../../emulator/state/journal.ts";
import type { AppContext } from "../context.ts";
import type { RunTarget } from "../runs/targets.ts";
import { runNamed } from "../runs/names.ts";
import { rememberedNames } from "../runs/submitted_jobs.ts";
import { openWorkspaces } from "./page.ts";
import { openStateFolder } from "./start_emulator.ts";

const NOWHERE = "https://127.0.0.1:9";

/**
 * Opens the jobs that a rehearsal or an emulator kept in a folder: those with these names, such as `last`, or all, oldest
 * first.
 *
 * @throws {UserError} `kept.none` if nothing is kept there, `kept.no_job`, `emulator.state_in_use`.
 */
export async function openKept(
  ctx: AppContext,
  { from, names }: { readonly from: string; readonly names: readonly string[] },
): Promise<readonly RunTarget[]> {
  const folder = resolve(ctx.cwd, from);
  if ((await ctx.fs.stat(join(folder, JOURNAL)))?.kind !== "file") throw nothingKept(from);
  await openStateFolder(ctx, folder).catch((thrown) => {
    const error = userErrorOf(thrown, ctx.signal);
    if (error.code !== "emulator.state_in_use") throw error;
    throw changedError(error, {
      message: `The rehearsal or emulator that keeps its jobs in "${from}" is still running`,
      hint: "Wait until it ends, or stop it",
    });
  });
  const { clock, random, signal, fs } = ctx;
  const disk = openDisk(fs, folder);
  const { maps } = await openJournal(disk, NOWHERE, { isOnlyRead: true });
  const emulator = await usingState(
    folder,
    () => createEmulator({ ...behaviorOf({}), origin: NOWHERE, clock, random, disk, maps }),
  );
  const env = environmentOf({ origin: NOWHERE, caFile: "", identity: emulator.identity });
  const cloud = await loadCloud({
    ...ctx,
    env,
    fetch: (request) => usingState(folder, () => emulator.fetch(request)),
  });
  const open = openWorkspaces({ emulator, cloud, clock, random, signal });
  // A rehearsal has a home folder of its own.
  const keys = await rememberedNames({ ...ctx, env, home: join(folder, "home") });
  const resources = await usingState(folder, () => emulator.resources("jobs"));
  const jobs = resources.map(({ id, name }) => ({ id, name, job: keys.get(name) }));
  if (jobs.length === 0) throw nothingKept(from);
  const wanted = names.length === 0 ? jobs : names.map((typed) => {
    const kept = runNamed(typed, jobs.toReversed());
    if (kept === undefined) throw noJob(typed, from, jobs.map(({ name }) => name));
    return kept;
  });
  return await Promise.all(wanted.map(async ({ id, name, job }) => {
    const { workspace } = await open(id.split("/jobs/")[0]!);
    return { workspace, name, job, isSent: true, isKept: true };
  }));
}

function nothingKept(from: string): UserError {
  return new UserError(`No jobs are kept in "${from}"`, {
    // kept.none: No jobs of a rehearsal or an emulator are kept, in the folder or for the project. Run
    //   `rehearse`, or name the folder of `rehearse --keep` or `emulator --state`.
    code: "kept.none",
    hint: "Pass the folder of `rehearse --keep` or `emulator --state`",
  });
}

function noJob(name: string, from: string, names: readonly string[]): UserError {
  return new UserError(`No job "${name}" is kept in "${from}"${didYouMean(name, names)}`, {
    // kept.no_job: The folder has no such job. Omit the name, or use one of those that the message lists.
    code: "kept.no_job",
    exit: ExitCode.Rejected,
    details: [`jobs: ${names.join(", ") || "none"}`],
    hint: names.length > 1
      ? "Omit the name for all of them"
      : "Omit the name. To keep several, run `kedro-azureml rehearse --keep DIR` for each, with the same folder",
  });
}
