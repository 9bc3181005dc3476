import type { JobOverrides } from "../../azureml/job/compile/input.ts";
import type { AppContext } from "../context.ts";
import { allJobs, type FoundJob, resolveJobs } from "../../config/azureml/job_factories.ts";
import type { Selection } from "../../config/azureml/types.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { withJobOfSelection } from "./job_of_selection.ts";
import { openSession, type ProjectSession, type ReadOptions } from "./open.ts";
import { namePipelineOrNode } from "./unknown_job.ts";

/** Which jobs a command works on, and which of their nodes. */
export interface JobChoice {
  /** Names in azureml.yml; empty if none was named. */
  readonly names: readonly string[];
  /** Whether to select every job of azureml.yml if none was named, including those of job factories. */
  readonly all?: boolean | undefined;
  /** Which nodes to run: of the named jobs, else of registered pipelines without a job. */
  readonly selection?: Selection | undefined;
  /** Whether a job must be named even if there is only one. */
  readonly mustName?: boolean;
  /** An option that was given and takes one job. */
  readonly single?: SingleJobOption | undefined;
}

/** What the jobs of a command get instead of what the project says; parameters are already read with it. */
export interface Overrides extends Omit<JobOverrides, "params" | "displayName"> {
  /** Display names by job. */
  readonly displayNames?: Readonly<Record<string, string>> | undefined;
}

/** What the commands that compile jobs are asked to do. */
export interface JobsRequest {
  readonly reading: ReadOptions;
  readonly jobs: JobChoice;
  readonly overrides: Overrides;
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

/**
 * Reads the project and selects the named jobs, or all of them. If no job is named, a selection of nodes is a job of its
 * own; else the only job is selected, or the person at the terminal chooses one.
 *
 * @throws {UserError} `job.unknown` or `usage.no_job`, which list the available jobs; the code of `single`.
 */
export async function selectJobs(
  ctx: AppContext,
  { reading, jobs }: Pick<JobsRequest, "reading" | "jobs">,
): Promise<SelectedJobs> {
  const session = await openSession(ctx, reading);
  const { names, all = false, selection } = jobs;
  if (selection !== undefined && names.length === 0 && !all) return withJobOfSelection(session, selection);
  const chosen = await jobsOf(ctx, session, jobs);
  requireSingleJob(chosen.size, jobs.single);
  if (selection === undefined) return { session, jobs: chosen };
  return { session, jobs: new Map([...chosen].map(([name, job]) => [name, { ...job, selection }])) };
}

async function jobsOf(
  ctx: AppContext,
  { config, snapshot }: ProjectSession,
  { names, all, mustName = false }: JobChoice,
): Promise<ReadonlyMap<string, FoundJob>> {
  if (names.length > 0) {
    try {
      return resolveJobs(config, snapshot.pipelines, names);
    } catch (thrown) {
      throw thrown instanceof UserError ? namePipelineOrNode(thrown, snapshot.pipelines) : thrown;
    }
  }
  const jobs = allJobs(config, snapshot.pipelines);
  if (all) return jobs;
  const job = await defaultJob(ctx, [...jobs.keys()].sort(), mustName);
  return new Map([[job, jobs.get(job)!]]);
}

async function defaultJob(ctx: AppContext, names: readonly string[], mustName: boolean): Promise<string> {
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
export function checkDisplayNames({ displayNames: names = {} }: Overrides, jobs: SelectedJobs["jobs"]): void {
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
