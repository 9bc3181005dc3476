import type { Workspace } from "../../azureml/client/workspace.ts";
import { experimentOf, folderExperiment } from "../../azureml/job/names.ts";
import { findJobBody, findNewest, type Job } from "../../azureml/runs/jobs.ts";
import { scheduleNames } from "../../azureml/schedules/from_config.ts";
import type { LoadedConfig } from "../../config/azureml_yml.ts";
import { allJobs } from "../../config/jobs.ts";
import type { JobConfig, WorkspaceConfig } from "../../config/schema.ts";
import { workspaceId } from "../../config/workspace.ts";
import { changedError, ExitCode, UserError, userErrorOf } from "../../core/errors.ts";
import { countText } from "../../core/format.ts";
import { findProject } from "../../kedro/project.ts";
import type { AppContext, ProjectOptions } from "../context.ts";
import { openSession, type ReadOptions } from "../project/open.ts";
import { type RememberedJob, rememberedJobs, rememberedNames, whyNotRemembered } from "./submitted_jobs.ts";
import { shellWord } from "../../core/untrusted.ts";

/**
 * Finds the runs that are remembered of a project, or outside one of the folder from which they were submitted; only
 * those of the environment and the workspace that were named.
 *
 * @param chosen Returns the workspace that was named.
 * @throws {UserError} `project.*`.
 */
export async function findRemembered(
  ctx: AppContext,
  options: ProjectOptions & { readonly workspace?: string | undefined },
  chosen: () => Promise<WorkspaceConfig>,
): Promise<{
  readonly root: string;
  /** Newest first. */
  readonly runs: readonly RememberedJob[];
}> {
  const { env, workspace } = options;
  const { root, noProject } = await rootOfProject(ctx, options);
  const all = await Array.fromAsync(rememberedJobs(ctx, root));
  if (noProject !== undefined && all.length === 0) throw await withOtherWays(ctx, noProject);
  const id = workspace === undefined ? undefined : workspaceId(await chosen());
  const isMeant = (run: RememberedJob) =>
    (env === undefined || run.env === env) && (id === undefined || workspaceId(run.workspace) === id);
  return { root, runs: all.filter(isMeant) };
}

/**
 * The project's folder; outside a project the current one, from which jobs of a package may have been submitted, and why
 * it is in none.
 */
export async function rootOfProject(
  ctx: Pick<AppContext, "fs" | "cwd">,
  { directory = ctx.cwd }: ProjectOptions,
): Promise<{ readonly root: string; readonly noProject?: UserError }> {
  try {
    return { root: (await findProject(ctx, directory)).root };
  } catch (thrown) {
    return { root: directory, noProject: userErrorOf(thrown) };
  }
}

/** Adds to the error for a folder that is in no project how to name jobs there. */
async function withOtherWays(ctx: AppContext, error: UserError): Promise<UserError> {
  if (error.code !== "project.not_found") return error;
  const why = await whyNotRemembered(ctx);
  const hint = why === undefined
    ? `${error.hint}; jobs of a package are known in the folder that they were submitted from, and any job by its link to Azure ML studio`
    : `${error.hint}; jobs of a package are not remembered on this machine (${why}), so pass \`--from FILE\` with what \`submit --output-file\` wrote, or a job's link to Azure ML studio`;
  return changedError(error, { hint });
}

/**
 * The error for a command without names if no run is remembered.
 *
 * @param of.why Why none is, if the machine is the reason.
 * @param of.instead What else can be done; begins the hint.
 */
export function noneSubmitted(
  { env, workspace }: Parameters<typeof findRemembered>[1],
  { why, instead }: { readonly why: string | undefined; readonly instead: string | undefined },
): UserError {
  const hint = instead !== undefined
    ? `${instead}, or pass the name of a job`
    : "Pass the name of a job; `kedro-azureml job list` shows them";
  if (why !== undefined) {
    return new UserError(`Submitted jobs are not remembered on this machine: ${why}`, {
      code: "job.not_remembered",
      exit: ExitCode.Usage,
      hint,
    });
  }
  const of = env === undefined ? "" : ` of environment "${env}"`;
  const to = workspace === undefined ? "" : ` to workspace "${workspace}"`;
  return new UserError(`No job${of} was submitted${to} from this project on this machine`, {
    // job.none_submitted: No job was submitted from this project. Pass a name of `kedro-azureml job list`.
    code: "job.none_submitted",
    exit: ExitCode.Usage,
    hint,
  });
}

/** A name, and how many runs to go back from its last. */
const RUNS_BACK = /^([^~:/]*)~(.*)$/s;

/**
 * The run that a name stands for: the run of this name; `last` or `last~1`; or the last run of the job of this name in
 * azureml.yml, or with `~1` the one before. `undefined` for other names.
 *
 * @param runs Newest first.
 */
export function runNamed<R extends { readonly name: string; readonly job?: string | undefined }>(
  typed: string,
  runs: readonly R[],
): R | undefined {
  const [, name = typed, runsBack = "0"] = RUNS_BACK.exec(typed) ?? [];
  return runs.find((run) => run.name === typed) ??
    (/^\d+$/.test(runsBack) ? runsOf(name, runs)[Number(runsBack)] : undefined);
}

function runsOf<R extends { readonly job?: string | undefined }>(name: string, runs: readonly R[]) {
  return name === "last" ? runs : runs.filter(({ job }) => job === name);
}

/**
 * The remembered run that a name stands for; `undefined` for other names.
 *
 * @param remembered The remembered runs, newest first.
 * @param whyNone Why none are remembered, if that is so.
 * @throws {UserError} `compare.no_run` if there are not as many runs, or if what follows `~` is no number.
 */
export function rememberedRun(
  typed: string,
  remembered: readonly RememberedJob[],
  whyNone: string | undefined,
): RememberedJob | undefined {
  const run = runNamed(typed, remembered);
  const [, name = typed, runsBack = "0"] = RUNS_BACK.exec(typed) ?? [];
  if (run !== undefined || (name === typed && name !== "last")) return run;
  const isNumber = /^\d+$/.test(runsBack);
  const runs = runsOf(name, remembered);
  const known = `${countText(runs.length, "run")} ${
    runs.length === 1 ? "is" : "are"
  } remembered on this machine`;
  const why = isNumber ? whyNone ?? known : 'after "~" comes how many runs to go back, as in "last~1"';
  throw new UserError(`No run matches "${typed}": ${why}`, {
    // compare.no_run: This machine remembers no such run. Pass the names that `kedro-azureml job list`
    //   prints.
    code: "compare.no_run",
    exit: ExitCode.Rejected,
    hint: "Pass the names of runs; `kedro-azureml job list` shows them",
  });
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
): Promise<Pick<Job, "name" | "createdAt"> | undefined> {
  const definition = await jobNamed(ctx, job, config, project);
  if (definition === undefined) return undefined;
  const opened = await workspace();
  if (await findJobBody(opened, job) !== undefined) return { name: job, createdAt: undefined };
  const newest = await newestLike(ctx, opened, { root, job, ...runsLike(job, definition, config, root) });
  if (newest !== undefined) return newest.run;
  throw new UserError(`Job "${job}" has no run in workspace "${opened.config.name}"`, {
    // job.no_run: The job of azureml.yml has no run in the workspace. Submit it, or choose another workspace.
    code: "job.no_run",
    exit: ExitCode.Rejected,
    hint: `Submit it with \`kedro-azureml submit ${
      shellWord(job)
    }\`, or choose another workspace with \`-w\``,
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
): Promise<{ readonly run: Job; readonly isCertain: boolean } | undefined> {
  const jobs = await rememberedNames(ctx, root);
  const jobOf = ({ name, tags }: Job) => tags["ci.job"] ?? jobs.get(name);
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
export function isLike(
  run: Pick<Job, "displayName" | "experimentName">,
  { displayName, experimentName, schedules }: RunsLike,
): boolean {
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
