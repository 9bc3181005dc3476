import type { Workspace } from "../../azureml/service/client/workspace.ts";
import type { WorkspaceConfig } from "../../config/azureml/types.ts";
import { chooseWorkspace, overridden } from "../project/choose_workspace.ts";
import { connect } from "../project/connect.ts";
import type { AppContext, ProjectOptions, WorkspaceNames } from "../context.ts";
import { openConfig } from "../project/open.ts";

/** Options of the commands that manage the schedules of a workspace. */
export interface SchedulesOptions extends WorkspaceNames {
  readonly project: ProjectOptions;
}

/** Options of the commands that manage one schedule. */
export interface ScheduleTargetOptions extends SchedulesOptions {
  /** Name in Azure ML. */
  readonly name: string;
}

/** Opens the workspace of the schedules; needs no project if the options identify the workspace completely. */
export async function openSchedules(ctx: AppContext, options: SchedulesOptions): Promise<Workspace> {
  const { open } = await connect(ctx);
  return open(await workspaceOf(ctx, options));
}

async function workspaceOf(ctx: AppContext, options: SchedulesOptions): Promise<WorkspaceConfig> {
  const { subscriptionId, resourceGroup, workspaceName: name } = options;
  if (subscriptionId !== undefined && resourceGroup !== undefined && name !== undefined) {
    return { subscription_id: subscriptionId, resource_group: resourceGroup, name };
  }
  return overridden(chooseWorkspace(await openConfig(ctx, options.project), options.workspace), options);
}
