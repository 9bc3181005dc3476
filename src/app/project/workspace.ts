import type { WorkspaceConfig } from "../../config/azureml/types.ts";
import type { LoadedConfig } from "../../config/azureml/load.ts";
import { isPlaceholder } from "../../config/azureml/placeholder.ts";
import { changedError, UserError, userErrorOf } from "../../core/errors.ts";
import { chooseWorkspace, overridden } from "./choose_workspace.ts";
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
    return { workspace: { subscription_id: subscriptionId, resource_group: resourceGroup, name } };
  }
  const config = await openConfig(ctx, options.project).catch((thrown: unknown) => {
    if (!(thrown instanceof UserError) || thrown.code !== "project.not_found") throw thrown;
    const names = "`--subscription-id`, `--resource-group` and `--workspace-name`";
    throw changedError(thrown, { hint: `${thrown.hint}, or pass ${names}` });
  });
  return { workspace: overridden(chooseWorkspace(config, options.workspace), options), config };
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
    const { workspace, config } = await openProjectWorkspace(ctx, options);
    if (config !== undefined) requireFilledIn(config, key || "__default__", workspace);
    return { config: workspace };
  } catch (thrown) {
    const error = userErrorOf(thrown);
    const isOutside = error.code.startsWith("project.") && key === undefined;
    return isOutside ? { absent: "not in a Kedro project; use -C DIR" } : { error };
  }
}

function requireFilledIn(
  { place }: Pick<LoadedConfig, "place">,
  name: string,
  config: WorkspaceConfig,
): void {
  const keys = Object.entries(config).filter(([, value]) => isPlaceholder(value)).map(([key]) => key);
  if (keys.length === 0) return;
  const are = keys.length === 1 ? "is still a placeholder" : "are still placeholders";
  throw new UserError(`${keys.join(", ")} of workspace "${name}" ${are}`, {
    code: "config.placeholder",
    place: place(["workspace", name, keys[0]!]),
    hint: "Run `kedro-azureml init`, which fills them in",
  });
}
