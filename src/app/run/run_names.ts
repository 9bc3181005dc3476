import { scheduleNames } from "../../azureml/service/schedules/from_config.ts";
import { experimentOf, folderExperiment } from "../../azureml/job/experiment_name.ts";
import { allJobs } from "../../config/azureml/job_factories.ts";
import type { JobConfig } from "../../config/azureml/types.ts";
import { findNewest, type ListedJob } from "../../azureml/service/runs/list.ts";
import { findJobBody } from "../../azureml/service/runs/run.ts";
import type { Workspace } from "../../azureml/service/client/workspace.ts";
import type { LoadedConfig } from "../../config/azureml/load.ts";
import { countText } from "../../core/text/numbers.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import type { AppContext } from "../context.ts";
import { openSession, type ReadOptions } from "../project/open.ts";
import { type RememberedJob, rememberedJobs } from "../records/remembered_jobs.ts";

/**
 * The remembered run that a name stands for: the run of this name; `last` or `last~1`; or the last run of the job of
 * this name in azureml.yml, or with `~1` the one before. `undefined` for other names.
 *
 * @param remembered The remembered runs, newest first.
 * @param whyNone Why none are remembered, if that is so.
 * @throws {UserError} `compare.no_run` if there are not as many runs.
 */
export function rememberedRun(
  typed: string,
  remembered: readonly RememberedJob[],
  whyNone: string | undefined,
): RememberedJob | undefined {
  const literal = remembered.find(({ name }) => name === typed);
  if (literal !== undefined) return literal;
  const [, name = typed, runsBack = "0"] = /^(.*)~(\d+)$/s.exec(typed) ?? [];
  const runs = name === "last" ? remembered : remembered.filter(({ job }) => job === name);
  const run = runs[Number(runsBack)];
  if (run !== undefined || (name === typed && name !== "last")) return run;
  const why = whyNone ??
    `${countText(runs.length, "run")} ${runs.length === 1 ? "is" : "are"} remembered on this machine`;
  throw new UserError(`No run matches "${typed}": ${why}`, {
    code: "compare.no_run",
    exit: ExitCode.Rejected,
    hint: "Pass the names of runs; `kedro-azureml job list` shows them",
  });
}

/** A run that Azure has for a name. */
export interface FoundRun {
  readonly name: string;
  /** When it was created, in ISO 8601, if Azure says so. */
  readonly at: string | undefined;
}

/**
 * Looks in Azure for what a job of azureml.yml stands for: a run that has its name, else the newest run with its
 * experiment and display name that is not known to be of another job. `undefined` if azureml.yml has no such job.
 *
 * @throws {UserError} `job.no_run` if there is neither.
 */
export async function newestRunOf(
  ctx: AppContext,
  job: string,
  { config, root, workspace, project }: {
    readonly config: LoadedConfig;
    readonly root: string;
    readonly workspace: () => Promise<Workspace>;
    readonly project: ReadOptions;
  },
): Promise<FoundRun | undefined> {
  const definition = await jobNamed(ctx, job, config, project);
  if (definition === undefined) return undefined;
  const opened = await workspace();
  if (await findJobBody(opened, job) !== undefined) return { name: job, at: undefined };
  const newest = await newestLike(ctx, opened, { root, job, ...runsLike(job, definition, config, root) });
  if (newest !== undefined) return { name: newest.run.name, at: newest.run.createdAt?.toISOString() };
  throw new UserError(`Job "${job}" has no run in workspace "${opened.config.name}"`, {
    code: "job.no_run",
    exit: ExitCode.Rejected,
    hint: `Submit it with \`kedro-azureml submit ${job}\`, or choose another workspace with \`-w\``,
  });
}

/**
 * The newest run in the workspace with a job's experiment and display name that neither its tags nor this machine's
 * records say is of another job, and whether they say that it is of this one. Jobs often have the same display name.
 */
export async function newestLike(
  ctx: AppContext,
  workspace: Workspace,
  { root, job, ...like }: RunsLike & {
    readonly root: string;
    /** Name in azureml.yml. */
    readonly job: string;
  },
): Promise<{ readonly run: ListedJob; readonly isCertain: boolean } | undefined> {
  const remembered = await Array.fromAsync(
    rememberedJobs(ctx, root),
    ({ name, job }) => [name, job] as const,
  );
  const jobs = new Map(remembered.toReversed());
  const jobOf = ({ name, tags }: ListedJob) => tags["ci.job"] ?? jobs.get(name);
  const run = await findNewest(
    workspace,
    (run) => isLike(run, like) && [job, undefined].includes(jobOf(run)),
  );
  return run && { run, isCertain: jobOf(run) === job };
}

/** What the runs of a job have in Azure; its schedules give their runs other display names. */
type RunsLike = {
  readonly displayName: unknown;
  readonly experimentName: unknown;
  schedules?: readonly string[];
};

/** What the runs of a job of azureml.yml have in Azure. */
export function runsLike(
  job: string,
  definition: JobConfig,
  { experimentName }: Pick<LoadedConfig, "experimentName">,
  root: string,
) {
  return {
    displayName: definition.display_name || definition.pipeline.pipeline_name,
    experimentName: experimentOf(definition.experiment_name, experimentName) ?? folderExperiment(root),
    schedules: scheduleNames(job, { ...definition, key: job }),
  };
}

/**
 * Whether a run may be one of a job. Azure ML names runs of schedules `<schedule>-YYYYMMDDThhmmssZ`.
 *
 * Source: https://learn.microsoft.com/azure/machine-learning/how-to-schedule-pipeline-job.
 */
export function isLike(run: ListedJob, { displayName, experimentName, schedules }: RunsLike): boolean {
  if (run.experimentName !== experimentName) return false;
  const [, schedule] = /^(.+)-\d{8}T\d{6}Z$/.exec(run.displayName ?? "") ?? [];
  return run.displayName === displayName || schedule !== undefined && schedules?.includes(schedule) === true;
}

/** The job of azureml.yml with this name; reads the pipelines only if factories create jobs. */
async function jobNamed(
  ctx: AppContext,
  name: string,
  config: LoadedConfig,
  project: ReadOptions,
): Promise<JobConfig | undefined> {
  const { jobs } = config.azureml;
  if (Object.hasOwn(jobs, name)) return jobs[name];
  if (!Object.keys(jobs).some((key) => key.includes("{") && name.includes("-"))) return undefined;
  return allJobs(config, (await openSession(ctx, project)).snapshot.pipelines).get(name);
}
