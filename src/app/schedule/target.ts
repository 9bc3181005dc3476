import type { Workspace } from "../../azureml/service/client/workspace.ts";
import type { AppContext } from "../context.ts";
import { connect } from "../project/connect.ts";
import { openProjectWorkspace, type ProjectWorkspaceOptions } from "../project/workspace.ts";

/** Options of the commands that manage the schedules of a workspace. */
export type SchedulesOptions = ProjectWorkspaceOptions;

/** Options of the commands that manage one schedule. */
export interface ScheduleTargetOptions extends SchedulesOptions {
  /** Name in Azure ML. */
  readonly name: string;
}

/** Opens the workspace of the schedules; needs no project if the options identify the workspace completely. */
export async function openSchedules(ctx: AppContext, options: SchedulesOptions): Promise<Workspace> {
  const { open } = await connect(ctx);
  return open((await openProjectWorkspace(ctx, options)).workspace);
}
