import { requireWorkspaceNames, type WorkspaceConfig } from "../../config/azureml/types.ts";
import type { LoadedConfig } from "../../config/azureml/load.ts";
import { changedError, UserError, userErrorOf } from "../../core/errors.ts";
import { requireWorkspace } from "./choose_workspace.ts";
import type { AppContext, ProjectOptions, WorkspaceNames } from "../context.ts";
import { openConfig } from "./open.ts";

/** A workspace of a project, for commands that work inside or outside one. */
export interface ProjectWorkspaceOptions extends WorkspaceNames {
  readonly project: ProjectOptions;
  /** Tenant that tokens must come from. */
  readonly tenant?: string | undefined;
}

/** A workspace, and the configuration of the project that it was found with; no project is needed for all its names. */
export async function openProjectWorkspace(
  ctx: AppContext,
  options: ProjectWorkspaceOptions,
): Promise<{ readonly workspace: WorkspaceConfig; readonly config?: LoadedConfig }> {
  const { subscriptionId, resourceGroup, workspaceName: name } = options;
  if (subscriptionId !== undefined && resourceGroup !== undefined && name !== undefined) {
    const workspace = { subscription_id: subscriptionId, resource_group: resourceGroup, name };
    requireWorkspaceNames(workspace);
    return { workspace };
  }
  const config = await openConfig(ctx, options.project).catch((thrown: unknown) => {
    if (!(thrown instanceof UserError) || thrown.code !== "project.not_found") throw thrown;
    const names = "`--subscription-id`, `--resource-group` and `--workspace-name`";
    throw changedError(thrown, { hint: `${thrown.hint}, or pass ${names}` });
  });
  return { workspace: requireWorkspace(config, options.workspace, { names: options }), config };
}

/** The workspace of a project, or why there is none. */
export type ProjectWorkspace =
  | { readonly config: WorkspaceConfig }
  | { readonly absent: string }
  | { readonly error: UserError };

/** Finds the workspace of the current project; being outside a project is not an error. */
export async function findProjectWorkspace(
  ctx: AppContext,
  options: ProjectWorkspaceOptions,
): Promise<ProjectWorkspace> {
  const { workspace: key } = options;
  try {
    return { config: (await openProjectWorkspace(ctx, options)).workspace };
  } catch (thrown) {
    const error = userErrorOf(thrown);
    const isOutside = error.code.startsWith("project.") && key === undefined;
    return isOutside ? { absent: "not in a Kedro project; use -C DIR" } : { error };
  }
}
