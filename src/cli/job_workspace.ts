import type { Workspace } from "../azureml/workspace.ts";
import type { Context } from "../context.ts";
import { ExitCode, UserError } from "../errors.ts";
import { chooseWorkspace, connect } from "./connect.ts";
import type { Globals } from "./globals.ts";
import { openProgress } from "./progress.ts";
import { openConfig } from "./session.ts";

/** Options of the commands that look after one job. */
export interface JobOptions extends Globals {
  /** Its name in Azure ML. */
  readonly name: string;
  /** `-w`: a workspace of azureml.yml. */
  readonly workspace?: string;
}

/**
 * Opens the workspace in which a job is; the project's pipelines are not read for that.
 *
 * @throws {UserError} `usage.no_name` for an empty name, which would mean all jobs to Azure.
 */
export async function openJobWorkspace(ctx: Context, options: JobOptions): Promise<Workspace> {
  if (options.name.trim() === "") {
    throw new UserError("Cannot look for a job without a name", {
      code: "usage.no_name",
      exit: ExitCode.Usage,
      hint: "Name the job as `submit` printed it; is the variable that holds it empty?",
    });
  }
  const [{ open }, { azureml }] = await Promise.all([
    connect(ctx, openProgress(ctx, options)),
    openConfig(ctx, options),
  ]);
  return open(chooseWorkspace(azureml, options.workspace));
}
