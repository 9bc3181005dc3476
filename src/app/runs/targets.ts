import type { Workspace } from "../../azureml/client/workspace.ts";
import type { WorkspaceConfig } from "../../config/azureml/types.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { findProject } from "../../kedro/project.ts";
import { once, onceEach } from "../../core/once.ts";
import { chooseWorkspace, connect } from "../project/connect.ts";
import type { AppContext, ProjectOptions } from "../context.ts";
import { readJobsFile, SENDING } from "../records/jobs_file.ts";
import { lastJob } from "../records/remembered_jobs.ts";
import { openConfig, workingFolder } from "../project/open.ts";

/** Options of the commands that look after jobs. */
export interface JobOptions extends ProjectOptions {
  /** Names in Azure ML; none: the last that was submitted from this project. */
  readonly names: readonly string[];
  /** A file that `submit --output-file` wrote, whose jobs are meant. */
  readonly from?: string;
  /** `-w`: a workspace of azureml.yml. */
  readonly workspace?: string;
}

/** A job, and where it is. */
export interface OpenedJob {
  readonly workspace: Workspace;
  readonly name: string;
  /** Its name in azureml.yml, where it is known. */
  readonly job: string | undefined;
  /** Whether it is known that Azure has it. */
  readonly isSent: boolean;
}

/** @internal A job before its workspace is opened. */
interface Target extends Omit<OpenedJob, "workspace"> {
  readonly workspace: WorkspaceConfig;
}

/**
 * Finds the jobs that are meant and opens their workspaces: the one that `-w` names, else the one that a job was
 * submitted to from this project, else azureml.yml's. The project's pipelines are not read for that.
 *
 * @throws {UserError} `usage.no_name` for an empty name, which would mean all jobs to Azure, `usage.from_and_name`,
 * `job.none_submitted`, `jobs_file.*`.
 */
export async function openJobs(ctx: AppContext, options: JobOptions): Promise<readonly OpenedJob[]> {
  checkNames(options);
  const targets = options.from === undefined
    ? await targetsOf(ctx, options)
    : await targetsFrom(ctx, options.from);
  if (targets.length === 0) return [];
  const { open } = await connect(ctx);
  const opened = onceEach((id: string) => open(JSON.parse(id) as WorkspaceConfig));
  return targets.map((target) => ({ ...target, workspace: opened(JSON.stringify(target.workspace)) }));
}

function checkNames({ names, from }: JobOptions): void {
  if (names.some((name) => name.trim() === "")) {
    throw new UserError("Cannot look for a job without a name", {
      code: "usage.no_name",
      exit: ExitCode.Usage,
      hint: "Name the job as `submit` printed it; is the variable that holds it empty?",
    });
  }
  if (names.length === 0 || from === undefined) return;
  throw new UserError("Cannot take `--from` and the name of a job together", {
    code: "usage.from_and_name",
    exit: ExitCode.Usage,
    hint: "Leave one of them out",
  });
}

async function targetsFrom(ctx: AppContext, from: string): Promise<readonly Target[]> {
  const jobs = await readJobsFile(ctx, from);
  return jobs.map(({ name, job, workspace, status }) => ({
    name,
    job,
    workspace,
    isSent: status !== SENDING,
  }));
}

async function targetsOf(ctx: AppContext, options: JobOptions): Promise<readonly Target[]> {
  const root = await rootOf(ctx, options);
  const chosen = once(async () => chooseWorkspace(await openConfig(ctx, options), options.workspace));
  const target = async (name: string): Promise<Target> => {
    const known = await lastJob(ctx, root, { name });
    const isThere = known !== undefined && options.workspace === undefined;
    const workspace = isThere ? known.workspace : await chosen();
    return { name, job: known?.job, workspace, isSent: known?.sent ?? true };
  };
  if (options.names.length > 0) return await Promise.all([...new Set(options.names)].map(target));
  const last = await lastJob(ctx, root);
  if (last === undefined) throw noneSubmitted();
  const { name, job, at } = last;
  ctx.report({ type: "last_job", name, job, at });
  return [await target(name)];
}

/** The project's folder, or the one from which jobs of a package were submitted, where there is no project. */
export async function rootOf(ctx: AppContext, options: ProjectOptions): Promise<string> {
  const folder = workingFolder(ctx, options);
  try {
    return (await findProject(ctx, folder)).root;
  } catch (thrown) {
    if (await lastJob(ctx, folder) === undefined) throw thrown;
    return folder;
  }
}

function noneSubmitted(): UserError {
  return new UserError("Cannot choose a job: none was submitted from this project on this machine", {
    code: "job.none_submitted",
    exit: ExitCode.Usage,
    hint: "Name the job as `submit` printed it",
  });
}
