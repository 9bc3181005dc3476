import { createHash } from "node:crypto";
import { join } from "node:path";
import type { WorkspaceConfig } from "../../config/azureml/types.ts";
import type { Context } from "../../core/context.ts";
import { userFolders } from "../../core/user_folders.ts";

/** What is remembered of a job that was submitted from a project. */
export interface RememberedJob {
  /** Its name in Azure ML. */
  readonly name: string;
  /** Its name in azureml.yml. */
  readonly job: string;
  /** The Kedro environment. */
  readonly env: string;
  readonly workspace: WorkspaceConfig;
  readonly studioUrl: string;
  /** When it was sent, in ISO 8601. */
  readonly at: string;
  /** False from just before it is sent until Azure has it: whoever is killed in between does not know. */
  readonly sent: boolean;
}

/** Which of the remembered jobs is looked for; what is absent may be anything. */
export type RememberedJobFilter = Partial<Pick<RememberedJob, "name" | "job" | "env" | "sent">>;

type Machine = Pick<Context, "env" | "home" | "platform" | "fs">;

/** Jobs that are remembered of a project; older ones are forgotten. */
const KEPT = 50;

/**
 * Remembers a job of the project at `root`, in the user's own state folder: a file of its own for each job, so that
 * several processes do not disturb each other. Remembered again, it replaces what was known.
 *
 * Never fails: a machine without a home, or with a full disk, remembers nothing.
 */
export async function rememberJob(ctx: Machine, root: string, job: RememberedJob): Promise<void> {
  const folder = await folderOf(ctx, root);
  if (folder === undefined) return;
  try {
    await ctx.fs.writeText(pathOf(folder, job), JSON.stringify(job) + "\n", {
      mode: 0o600,
      folderMode: 0o700,
    });
    const old = (await filesIn(ctx, folder)).slice(KEPT);
    await Promise.all(old.map((path) => ctx.fs.remove(path)));
  } catch {
    // What is only a convenience stops no work.
  }
}

/** Forgets a job that Azure has refused; never fails. */
export async function forgetJob(
  ctx: Machine,
  root: string,
  job: Pick<RememberedJob, "at" | "name">,
): Promise<void> {
  const folder = await folderOf(ctx, root);
  if (folder !== undefined) await ctx.fs.remove(pathOf(folder, job)).catch(() => {});
}

/** The job that was submitted last from the project at `root`, of those that are `wanted`; never fails. */
export async function lastJob(
  ctx: Machine,
  root: string,
  wanted: RememberedJobFilter = {},
): Promise<RememberedJob | undefined> {
  for await (const job of rememberedJobs(ctx, root)) {
    if (isWanted(job, wanted)) return job;
  }
  return undefined;
}

/** The jobs that were submitted from the project at `root`, from the newest; never fails. */
export async function* rememberedJobs(ctx: Machine, root: string): AsyncIterable<RememberedJob> {
  const folder = await folderOf(ctx, root);
  for (const path of folder === undefined ? [] : await filesIn(ctx, folder)) {
    const job = await readJob(ctx, path);
    if (job !== undefined) yield job;
  }
}

function isWanted(job: RememberedJob, wanted: RememberedJobFilter): boolean {
  return Object.entries(wanted).every(([key, value]) => job[key as keyof RememberedJobFilter] === value);
}

async function folderOf(ctx: Machine, root: string): Promise<string | undefined> {
  const state = userFolders(ctx)?.state;
  if (state === undefined) return undefined;
  const real = await ctx.fs.realPath(root).catch(() => undefined) ?? root;
  return join(state, "jobs", shortHash(real));
}

/** Begins with the time, so that the newest has the greatest name; a job's own name may be too long for a file. */
function pathOf(folder: string, { at, name }: Pick<RememberedJob, "at" | "name">): string {
  return join(folder, `${at.replaceAll(":", "-")}_${shortHash(name)}.json`);
}

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** From the newest. */
async function filesIn(ctx: Machine, folder: string): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(ctx.fs.walk(folder, () => false));
    return entries.map(({ path }) => path).filter((path) => path.endsWith(".json")).sort().reverse();
  } catch {
    return [];
  }
}

/** `undefined` for a file that is gone, damaged, or of another version. */
async function readJob(ctx: Machine, path: string): Promise<RememberedJob | undefined> {
  try {
    const found = JSON.parse(await ctx.fs.readText(path)) as Partial<RememberedJob>;
    const texts = [found.name, found.job, found.env, found.at, found.studioUrl];
    const { subscription_id, resource_group, name } = found.workspace ?? {};
    const isWhole = [...texts, subscription_id, resource_group, name].every((one) => typeof one === "string");
    return isWhole ? found as RememberedJob : undefined;
  } catch {
    return undefined;
  }
}
