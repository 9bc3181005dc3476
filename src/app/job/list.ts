import { isFactory } from "../../config/jobs.ts";
import type { LoadedConfig } from "../../config/azureml_yml.ts";
import { lastJob, rememberedNames } from "../runs/submitted_jobs.ts";
import { isLike, rootOfProject, runsLike } from "../runs/names.ts";
import type { RunTarget } from "../runs/targets.ts";
import type { RunStatus } from "../../core/runs.ts";
import { getJob, type Job, listJobs } from "../../azureml/runs/jobs.ts";
import { type Identity, personName } from "../../credentials/identity.ts";
import { connect } from "../project/connect.ts";
import { openProjectWorkspace, overridden, type ProjectWorkspaceOptions } from "../project/workspace.ts";
import type { AppContext } from "../context.ts";

/** The newest matching runs, at the time `now`. */
export interface ListedRuns {
  readonly jobs: readonly (Omit<Job, "properties"> & {
    /** Name in azureml.yml, if known. */
    readonly job: string | undefined;
  })[];
  readonly workspace: string;
  readonly now: Date;
  /** Whether older runs exist that were not read. */
  readonly isCut: boolean;
}

/** Maximum number of jobs to read while looking for matches; a workspace may have very many. */
const MOST_READ = 2000;

/**
 * Signs in and opens a workspace, of the project unless all its names are given; outside a project, that to which a
 * job of a package was submitted from this folder.
 *
 * @returns The workspace, the project's configuration, the folder for which its jobs are remembered, and the names under
 *   which Azure records the identity's jobs.
 */
export async function openJobList(ctx: AppContext, options: ProjectWorkspaceOptions) {
  const { root, noProject } = await rootOfProject(ctx, options);
  const last = noProject && options.workspace === undefined ? await lastJob(ctx, root) : undefined;
  const { workspace: chosen, config } = last === undefined
    ? await openProjectWorkspace(ctx, options)
    : { workspace: overridden(last.workspace, options) };
  const { open, tokens, cloud } = await connect(ctx);
  const { token } = await tokens.getToken(cloud.resourceManagerScope);
  return { config, workspace: open(chosen), root, names: creatorNames(tokens.identity(), token) };
}

interface ListOptions extends ProjectWorkspaceOptions {
  readonly limit: number;
  readonly status?: readonly RunStatus[] | undefined;
  readonly experiment?: string | undefined;
  readonly mine?: boolean | undefined;
}

function isListed(job: Job, { status, experiment }: ListOptions): boolean {
  return (status === undefined || status.includes(job.status)) &&
    (experiment === undefined || job.experimentName === experiment);
}

/** Lists jobs that are known already, in their order. @throws {UserError} `azure.*`, `job.not_found`. */
export async function listTargets(
  ctx: AppContext,
  targets: readonly RunTarget[],
  options: ListOptions,
): Promise<ListedRuns> {
  const all = await Promise.all(targets.map(async ({ workspace, name, job }) => ({
    ...await getJob(workspace, name),
    job,
  })));
  const jobs = all.filter((job) => isListed(job, options)).slice(0, options.limit)
    .map(({ properties: _, ...run }) => run);
  return { jobs, workspace: targets[0]?.workspace.config.name ?? "", now: ctx.clock.now(), isCut: false };
}

export async function listRuns(ctx: AppContext, options: ListOptions): Promise<ListedRuns> {
  const { config, workspace, root, names } = await openJobList(ctx, options);
  const isWanted = (job: Job) =>
    isListed(job, options) && (!options.mine || names.has(job.createdBy?.toLowerCase()));
  const jobs: Job[] = [];
  let [readCount, isCut] = [0, false];
  for await (const job of listJobs(workspace)) {
    isCut = readCount++ === MOST_READ;
    if (isCut) break;
    if (isWanted(job)) jobs.push(job);
    if (jobs.length === options.limit) break;
  }
  const jobOf = await jobNames(ctx, root, config);
  return {
    jobs: jobs.map(({ properties: _, ...run }) => ({ ...run, job: jobOf(run) })),
    workspace: workspace.config.name,
    now: ctx.clock.now(),
    isCut,
  };
}

/**
 * Finds the job of a run: that which was submitted from this project, else the only one of azureml.yml with its
 * experiment and display name or schedule.
 */
async function jobNames(
  ctx: AppContext,
  root: string,
  config: LoadedConfig | undefined,
): Promise<(run: Omit<Job, "properties">) => string | undefined> {
  const byName = await rememberedNames(ctx, root);
  const described = Object.entries(config?.azureml.jobs ?? {}).map(([job, definition]) => ({
    job,
    ...runsLike(job, definition, config!, root),
  }));
  return (run) => {
    const like = described.filter((one) => isLike(run, one));
    const [first] = like;
    return byName.get(run.name) ?? (like.length === 1 && !isFactory(first!.job) ? first!.job : undefined);
  };
}

/** The names that Azure may record as the creator of a job: a name for people, an id for applications. */
export function creatorNames(identity: Identity | undefined, token: string): ReadonlySet<string | undefined> {
  const { name, applicationId, objectId, kind } = identity ?? {};
  // In a person's token, the application is the program that they signed in with.
  const own = kind === "user" ? [name, personName(token), objectId] : [name, applicationId, objectId];
  return new Set(own.flatMap((name) => name === undefined ? [] : [name.toLowerCase()]));
}
