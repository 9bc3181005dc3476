import { type WorkspaceConfig, workspaceId } from "../../config/azureml/types.ts";
import { changedError, ExitCode, UserError, userErrorOf } from "../../core/errors.ts";
import { findProject } from "../../kedro/project.ts";
import type { AppContext, ProjectOptions } from "../context.ts";
import { type RememberedJob, rememberedJobs, whyNotRemembered } from "../records/remembered_jobs.ts";

/** Which remembered runs are meant. */
export interface RememberedRequest {
  readonly project: ProjectOptions;
  /** A workspace of azureml.yml, by its key. */
  readonly workspace?: string | undefined;
}

/** The runs that this machine remembers. */
export interface RememberedRuns {
  /** The folder for which they are remembered. */
  readonly root: string;
  /** Newest first. */
  readonly runs: readonly RememberedJob[];
}

/**
 * Finds the runs that are remembered of a project, or outside one of the folder from which they were submitted; only
 * those of the environment and the workspace that were named.
 *
 * @param chosen Returns the workspace that was named.
 * @throws {UserError} `project.*`.
 */
export async function findRemembered(
  ctx: AppContext,
  { project, workspace }: RememberedRequest,
  chosen: () => Promise<WorkspaceConfig>,
): Promise<RememberedRuns> {
  const { root, noProject } = await rootOfProject(ctx, project);
  const all = await Array.fromAsync(rememberedJobs(ctx, root));
  if (noProject !== undefined && all.length === 0) throw await withOtherWays(ctx, noProject);
  const id = workspace === undefined ? undefined : workspaceId(await chosen());
  const { env } = project;
  const isMeant = (run: RememberedJob) =>
    (env === undefined || run.env === env) && (id === undefined || workspaceId(run.workspace) === id);
  return { root, runs: all.filter(isMeant) };
}

/** The project's folder; outside a project, the folder from which jobs of a package may have been submitted. */
export async function rememberedRoot(ctx: AppContext, project: ProjectOptions): Promise<string> {
  return (await rootOfProject(ctx, project)).root;
}

/** The project's folder; outside a project the current one, and why it is in none. */
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

/** The error for a command without names if no run is remembered. @param why Why none is, if the machine is the reason. */
export function noneSubmitted(
  { project: { env }, workspace }: RememberedRequest,
  why: string | undefined,
): UserError {
  const hint = "Pass the name of a job; `kedro-azureml job list` shows them";
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
    code: "job.none_submitted",
    exit: ExitCode.Usage,
    hint,
  });
}
