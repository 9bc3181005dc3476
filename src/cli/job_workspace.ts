import type { Workspace } from "../azureml/workspace.ts";
import type { Context } from "../context.ts";
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

/** Opens the workspace in which a job is; the project's pipelines are not read for that. */
export async function openJobWorkspace(ctx: Context, options: JobOptions): Promise<Workspace> {
  const [{ open }, { azureml }] = await Promise.all([
    connect(ctx, openProgress(ctx, options)),
    openConfig(ctx, options),
  ]);
  return open(chooseWorkspace(azureml, options.workspace));
}
