import { join } from "node:path";
import type { KnownComponents } from "../../azureml/submit/components.ts";
import type { WorkspaceConfig } from "../../config/schema.ts";
import { workspaceId } from "../../config/workspace.ts";
import type { Context } from "../../core/context.ts";
import { textHash } from "../../core/encoding.ts";
import { PRIVATE_FILE, projectHash, userFolders } from "../../core/files.ts";
import { isPageKey } from "../../core/net/cloud_hosts.ts";
import type { SentRun } from "../../core/runs.ts";
import { writeFailure } from "../output_files.ts";

export interface RememberedJob extends SentRun {
  readonly env: string;
  readonly workspace: WorkspaceConfig;
  readonly at: string;
  /** False until Azure has responded; stays false if the command is killed before that. */
  readonly sent: boolean;
}

type RememberedJobFilter = Partial<Pick<RememberedJob, "name" | "job" | "env" | "sent">>;

type Machine = Pick<Context, "env" | "home" | "platform" | "fs" | "random">;

interface StoredJob extends RememberedJob {
  readonly components?: unknown;
}

/** Number of jobs that are remembered per project. */
const KEPT = 50;

/**
 * Remembers a job of the project at `root` in the user's state folder. Each job has its own file, so that several
 * processes can write at the same time. Remembering a job again replaces it.
 *
 * Never fails: without a home folder or with a full disk, nothing is remembered.
 *
 * @returns Why the job is not remembered; `undefined` if it is.
 */
export async function rememberJob(
  ctx: Machine,
  root: string,
  job: RememberedJob,
  components: KnownComponents = new Map(),
): Promise<string | undefined> {
  const folder = await folderOf(ctx, root);
  if (folder === undefined) return NO_HOME;
  try {
    const stored: StoredJob = {
      ...job,
      ...(components.size > 0 && { components: Object.fromEntries(components) }),
    };
    await ctx.fs.writeText(pathOf(folder, job), JSON.stringify(stored) + "\n", PRIVATE_FILE);
    const old = (await filesIn(ctx, folder)).slice(KEPT);
    await Promise.all(old.map((path) => ctx.fs.remove(path)));
    return undefined;
  } catch (thrown) {
    return notWritable(ctx, thrown);
  }
}

const NO_HOME = "there is no home folder (HOME is not set)";

function notWritable(ctx: Machine, thrown: unknown): string {
  return `cannot write to "${userFolders(ctx)!.state}": ${writeFailure(thrown)}`;
}

export async function whyNotRemembered(ctx: Machine): Promise<string | undefined> {
  const folders = userFolders(ctx);
  if (folders === undefined) return NO_HOME;
  const path = join(folders.state, "jobs", `${ctx.random.uuid()}.check`);
  try {
    await ctx.fs.writeText(path, "", PRIVATE_FILE);
    await ctx.fs.remove(path);
    return undefined;
  } catch (thrown) {
    return notWritable(ctx, thrown);
  }
}

/**
 * The components that the last run of a job used, so that they need not be registered again. Never fails; a record of
 * another workspace, or in a folder that others may write to, counts as none.
 */
export async function knownComponents(
  ctx: Machine,
  root: string,
  { job, env, workspaceId: id }: Pick<RememberedJob, "job" | "env"> & { readonly workspaceId: string },
): Promise<KnownComponents> {
  const folder = await folderOf(ctx, root);
  if (folder === undefined || (await ctx.fs.stat(folder))?.writableByOthers === true) return new Map();
  for await (const { components, ...run } of rememberedJobs(ctx, root) as AsyncIterable<StoredJob>) {
    if (components === undefined || !isWanted(run, { job, env, sent: true })) continue;
    if (workspaceId(run.workspace) !== id) continue;
    const known = Object.entries(Object(components));
    return new Map(known.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
  }
  return new Map();
}

/** Forgets a job that Azure refused. Never fails. */
export async function forgetJob(
  ctx: Machine,
  root: string,
  job: Pick<RememberedJob, "at" | "name">,
): Promise<void> {
  const folder = await folderOf(ctx, root);
  if (folder !== undefined) await ctx.fs.remove(pathOf(folder, job)).catch(() => {});
}

/** The last job submitted from the project at `root` that matches `wanted`. Never fails. */
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

/**
 * The jobs submitted from the project at `root` (default: from all projects), newest first; with an emulator only those
 * that were submitted to it, also if it had another port before. Never fails.
 */
export async function* rememberedJobs(ctx: Machine, root?: string): AsyncIterable<RememberedJob> {
  const folder = await folderOf(ctx, root);
  for (const path of folder === undefined ? [] : await filesIn(ctx, folder)) {
    const job = await readJob(ctx, path);
    if (job !== undefined && isHere(ctx, job)) yield job;
  }
}

/** The names in azureml.yml of the remembered jobs, by their names in Azure ML. Never fails. */
export async function rememberedNames(ctx: Machine, root?: string): Promise<ReadonlyMap<string, string>> {
  const jobs = await Array.fromAsync(rememberedJobs(ctx, root), ({ name, job }) => [name, job] as const);
  return new Map(jobs.toReversed());
}

/** Whether a job of an emulator is one of this emulator, if it is known: the key of its link was made for it. */
function isHere({ env }: Machine, { studioUrl }: RememberedJob): boolean {
  const { KEDRO_AZUREML_EMULATOR: emulator, AZURE_CLIENT_SECRET: secret } = env;
  if (!emulator || !secret) return true;
  const url = URL.parse(studioUrl);
  return url !== null && isPageKey(secret, url.origin, url.searchParams.get("key") ?? "");
}

function isWanted(job: RememberedJob, wanted: RememberedJobFilter): boolean {
  return Object.entries(wanted).every(([key, value]) => job[key as keyof RememberedJobFilter] === value);
}

async function folderOf(ctx: Machine, root?: string): Promise<string | undefined> {
  const state = userFolders(ctx)?.state;
  if (state === undefined || root === undefined) return state && join(state, "jobs");
  return join(state, "jobs", await projectHash(ctx, root, 16));
}

/** The name starts with the time, so that files sort by age. The job name is hashed, because it may be too long. */
function pathOf(folder: string, { at, name }: Pick<RememberedJob, "at" | "name">): string {
  return join(folder, `${at.replaceAll(":", "-")}_${textHash(name, 16)}.json`);
}

/** Newest first. */
async function filesIn(ctx: Machine, folder: string): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(ctx.fs.walk(folder, () => true));
    return entries.map(({ path }) => path).filter((path) => path.endsWith(".json")).sort().reverse();
  } catch {
    return [];
  }
}

/** `undefined` for a file that is missing, damaged, or from another version. */
async function readJob(ctx: Machine, path: string): Promise<RememberedJob | undefined> {
  try {
    const record = JSON.parse(await ctx.fs.readText(path)) as Partial<RememberedJob>;
    const texts = [record.name, record.job, record.env, record.at, record.studioUrl];
    const { subscription_id, resource_group, name } = record.workspace ?? {};
    const isWhole = [...texts, subscription_id, resource_group, name].every((text) =>
      typeof text === "string"
    );
    return isWhole ? record as RememberedJob : undefined;
  } catch {
    return undefined;
  }
}
