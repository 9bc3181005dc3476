import type { GroupMode } from "../../azureml/job/groups/mode.ts";
import type { AppContext } from "../context.ts";
import { allJobs, type FoundJob, resolveJobs } from "../../config/azureml/job_factories.ts";
import type { Selection } from "../../config/azureml/types.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { withJobOfSelection, withOption } from "./job_of_selection.ts";
import { openSession, type ProjectSession, type ReadOptions } from "./open.ts";

/** Options of the commands that compile jobs. */
export interface CompileJobOptions extends ReadOptions {
  /** Job names in azureml.yml. */
  readonly job?: readonly string[];
  /** Which nodes to run: of the named jobs, else of registered pipelines without a job. */
  readonly selection?: Selection;
  /** Environment variables to set in every step. */
  readonly envVar?: Readonly<Record<string, string>>;
  readonly loadVersions?: Readonly<Record<string, string>>;
  /** Azure ML environment to use instead of the one in azureml.yml. */
  readonly amlEnv?: string;
  /** Which nodes share a step, instead of what pyproject.toml says. */
  readonly groupBy?: GroupMode;
}

/** A project and the jobs that a command works on, by their names in azureml.yml. */
export interface SelectedJobs {
  readonly session: ProjectSession;
  readonly jobs: ReadonlyMap<string, FoundJob>;
}

/** An option that takes one job, such as its name in Azure ML. */
export interface SingleJobOption {
  /** Code of the error for several jobs. */
  readonly code: string;
  /** As typed. */
  readonly option: string;
  /** What to do instead. */
  readonly hint: string;
}

/** Options of selecting jobs. */
export interface SelectJobsOptions extends CompileJobOptions {
  /** Whether to select every job of azureml.yml, including those of job factories. */
  readonly all?: boolean;
  /** Whether a job must be named even if there is only one. */
  readonly mustName?: boolean;
  /** An option that was given and takes one job. */
  readonly single?: SingleJobOption;
}

/**
 * Reads the project and selects the named jobs, or all of them. If no job is named, a selection of nodes is a job of its
 * own; else the only job is selected, or the person at the terminal chooses one.
 *
 * @throws {UserError} `job.unknown` or `usage.no_job`, which list the available jobs; the code of `single`.
 */
export async function selectJobs(ctx: AppContext, options: SelectJobsOptions): Promise<SelectedJobs> {
  const selected = await selectIn(ctx, await openSession(ctx, options), options);
  requireSingleJob(selected.jobs.size, options.single);
  return selected;
}

async function selectIn(
  ctx: AppContext,
  session: ProjectSession,
  options: SelectJobsOptions,
): Promise<SelectedJobs> {
  const { job: names = [], all = false, selection } = options;
  if (selection === undefined) return { session, jobs: await jobsOf(ctx, session, options) };
  if (names.length === 0 && !all) return withJobOfSelection(session, selection);
  const jobs = await jobsOf(ctx, session, options);
  return { session, jobs: new Map([...jobs].map(([name, job]) => [name, { ...job, selection }])) };
}

async function jobsOf(
  ctx: AppContext,
  { config, snapshot }: ProjectSession,
  options: SelectJobsOptions,
): Promise<ReadonlyMap<string, FoundJob>> {
  const { job: names = [], all } = options;
  if (names.length > 0) {
    try {
      return resolveJobs(config, snapshot.pipelines, names);
    } catch (thrown) {
      throw thrown instanceof UserError ? withOption(thrown, snapshot.pipelines) : thrown;
    }
  }
  const jobs = allJobs(config, snapshot.pipelines);
  if (all) return jobs;
  const job = await defaultJob(ctx, [...jobs.keys()].sort(), options);
  return new Map([[job, jobs.get(job)!]]);
}

async function defaultJob(
  ctx: AppContext,
  names: readonly string[],
  { mustName = false }: SelectJobsOptions,
): Promise<string> {
  const [first] = names;
  if (first !== undefined && !mustName) {
    if (names.length === 1) return first;
    const chosen = await ctx.person?.choose("Which job?", names);
    if (chosen !== undefined) return chosen;
  }
  throw new UserError(
    first === undefined
      ? "azureml.yml has no jobs"
      : `No job given. Jobs in azureml.yml: ${names.join(", ")}`,
    {
      code: "usage.no_job",
      exit: first === undefined ? ExitCode.Config : ExitCode.Usage,
      hint: first === undefined
        ? "Add one below `jobs` in conf/base/azureml.yml, or run a pipeline with `kedro-azureml submit -p NAME`"
        : `Choose one, such as \`-j ${names.includes("main") ? "main" : first}\``,
      data: { jobs: names },
    },
  );
}

/** Rejects display names for jobs that are not selected. @throws {UserError} `usage.display_name`. */
export function checkDisplayNames(names: Readonly<Record<string, string>>, jobs: SelectedJobs["jobs"]): void {
  const stray = Object.keys(names).find((job) => !jobs.has(job) || names[job] === "");
  if (stray === undefined) return;
  const why = names[stray] === "" ? "the name is empty" : "the job is not being submitted";
  throw new UserError(`Cannot set the display name of job "${stray}": ${why}`, {
    code: "usage.display_name",
    hint: `Write \`--display-name ${[...jobs.keys()][0]}=NAME\``,
  });
}

/** Rejects several jobs for an option that takes one. @throws {UserError} with the code of the option. */
export function requireSingleJob(jobs: number, single: SingleJobOption | undefined): void {
  if (single === undefined || jobs <= 1) return;
  const { code, option, hint } = single;
  throw new UserError(`\`${option}\` takes one job, but ${jobs} were given`, {
    code,
    exit: ExitCode.Usage,
    hint,
  });
}
