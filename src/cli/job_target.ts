import type { Workspace } from "../azureml/workspace.ts";
import type { Context } from "../context.ts";
import { ExitCode, UserError } from "../errors.ts";
import { findProject } from "../kedro/project.ts";
import { chooseWorkspace, connect } from "./connect.ts";
import type { Globals } from "./globals.ts";
import { lastJob, type RememberedJob } from "./last_job.ts";
import { openProgress } from "./progress.ts";
import { openConfig, workingFolder } from "./session.ts";

/** Options of the commands that look after one job. */
export interface JobOptions extends Globals {
  /** Its name in Azure ML; absent: the last that was submitted from this project. */
  readonly name?: string | undefined;
  /** `-w`: a workspace of azureml.yml. */
  readonly workspace?: string;
}

/** A job, and where it is. */
export interface OpenedJob {
  readonly workspace: Workspace;
  readonly name: string;
}

/**
 * Finds the job that is meant and opens its workspace: the one that `-w` names, else the one that it was submitted to
 * from this project, else azureml.yml's. The project's pipelines are not read for that.
 *
 * @throws {UserError} `usage.no_name` for an empty name, which would mean all jobs to Azure, `job.none_submitted`.
 */
export async function openJob(ctx: Context, options: JobOptions): Promise<OpenedJob> {
  if (options.name?.trim() === "") {
    throw new UserError("Cannot look for a job without a name", {
      code: "usage.no_name",
      exit: ExitCode.Usage,
      hint: "Name the job as `submit` printed it; is the variable that holds it empty?",
    });
  }
  const { root } = await findProject(ctx, workingFolder(ctx, options));
  const { name } = options;
  const known = await lastJob(ctx, root, name === undefined ? {} : { name });
  const progress = openProgress(ctx, options);
  if (name === undefined) {
    if (known === undefined) throw noneSubmitted();
    progress.say(`  Job ${known.name}, submitted last: ${known.job} at ${known.at}`, {
      type: "job",
      ...known,
    });
  }
  const { open } = await connect(ctx, progress);
  return { workspace: open(await workspaceOf(ctx, options, known)), name: name ?? known!.name };
}

async function workspaceOf(ctx: Context, options: JobOptions, known: RememberedJob | undefined) {
  if (options.workspace === undefined && known !== undefined) return known.workspace;
  return chooseWorkspace((await openConfig(ctx, options)).azureml, options.workspace);
}

function noneSubmitted(): UserError {
  return new UserError("Cannot choose a job: none was submitted from this project on this machine", {
    code: "job.none_submitted",
    exit: ExitCode.Usage,
    hint: "Name the job as `submit` printed it",
  });
}
