import type { AppContext } from "../context.ts";
import { compile, type Compiled } from "../../azureml/compile/job.ts";
import { allJobs, type FoundJob, resolveJobs } from "../../config/azureml/job_factories.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { withProjectPlace } from "./locate_error.ts";
import { openSession, type ReadingOptions, type Session } from "./open.ts";

/** Options of the commands that compile jobs. */
export interface CompilingOptions extends ReadingOptions {
  /** YAML or JSON with further runtime parameters. */
  readonly paramsFile?: string;
  readonly job?: readonly string[];
  readonly envVar?: Readonly<Record<string, string>>;
  readonly loadVersions?: Readonly<Record<string, string>>;
  readonly amlEnv?: string;
}

/** A session and the jobs that were asked for, by name. */
export interface Selected {
  readonly session: Session;
  readonly jobs: ReadonlyMap<string, FoundJob>;
}

/**
 * Reads the project and finds the jobs that `-j` or `--all` ask for.
 *
 * @throws {UserError} `job.unknown` with the names there are, `usage.no_job` when none was asked for.
 */
export async function selectJobs(
  ctx: AppContext,
  options: CompilingOptions & { all?: boolean },
): Promise<Selected> {
  const names = options.job ?? [];
  if (names.length === 0 && !options.all) {
    throw new UserError("Cannot choose a job: none was named", {
      code: "usage.no_job",
      exit: ExitCode.Usage,
      hint: "Name one with `-j JOB`",
    });
  }
  if (names.length > 0 && options.all) {
    throw new UserError("Cannot take `--all` and `-j` together", {
      code: "usage.all_and_job",
      exit: ExitCode.Usage,
      hint: "Leave one of them out",
    });
  }
  const session = await openSession(ctx, options);
  const { config, snapshot: { pipelines } } = session;
  const jobs = options.all ? allJobs(config, pipelines) : resolveJobs(config, pipelines, names);
  return { session, jobs };
}

/**
 * Compiles one selected job.
 *
 * @throws {UserError} as `compile()`, with the place in the project's configuration that is the cause.
 */
export async function compileJob(
  ctx: AppContext,
  selected: Selected,
  name: string,
  options: CompilingOptions,
  displayName?: string,
): Promise<Compiled> {
  try {
    return compileOne(selected, name, options, displayName);
  } catch (thrown) {
    throw thrown instanceof UserError ? await withProjectPlace(ctx, selected.session, thrown) : thrown;
  }
}

function compileOne(
  { session, jobs }: Selected,
  name: string,
  options: CompilingOptions,
  displayName: string | undefined,
): Compiled {
  return compile({
    name,
    job: jobs.get(name)!,
    config: session.config.azureml,
    place: session.config.place,
    snapshot: session.snapshot,
    defaultExperimentName: session.config.experimentName,
  }, {
    environment: options.amlEnv,
    params: options.params,
    environmentVariables: options.envVar,
    loadVersions: options.loadVersions,
    displayName,
  });
}

/**
 * Refuses names to show for jobs that were not asked for, which would be lost silently.
 *
 * @throws {UserError} `usage.display_name`.
 */
export function checkDisplayNames(names: Readonly<Record<string, string>>, jobs: Selected["jobs"]): void {
  const stray = Object.keys(names).find((job) => !jobs.has(job) || names[job] === "");
  if (stray === undefined) return;
  throw new UserError(
    `Cannot take "${stray}=${
      names[stray]
    }" for "--display-name": it must be JOB=NAME, of a job that \`-j\` names`,
    {
      code: "usage.display_name",
      exit: ExitCode.Usage,
      hint: `Write \`--display-name ${[...jobs.keys()][0]}=NAME\``,
    },
  );
}

/**
 * Refuses one name in Azure ML for several jobs.
 *
 * @throws {UserError} `usage.name_of_several`.
 */
export function refuseOneNameForSeveral(name: string | undefined, jobs: number): void {
  if (name === undefined || jobs <= 1) return;
  throw new UserError("Cannot give several jobs one name", {
    code: "usage.name_of_several",
    exit: ExitCode.Usage,
    hint: "Submit each job on its own, with a `--name` of its own",
  });
}

/**
 * Refuses to compare several jobs with one run.
 *
 * @throws {UserError} `usage.against_several`.
 */
export function refuseOneRunForSeveral(run: string | undefined, jobs: number): void {
  if (run === undefined || jobs <= 1) return;
  throw new UserError("Cannot compare several jobs with one run", {
    code: "usage.against_several",
    exit: ExitCode.Usage,
    hint: "Compare each job on its own, or leave `--against` out",
  });
}
