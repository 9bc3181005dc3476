import type { WorkspaceConfig } from "../../config/azureml/types.ts";
import type { LoadedConfig } from "../../config/azureml/load.ts";
import { isPlaceholder } from "../../config/azureml/placeholder.ts";
import { UserError, userErrorOf } from "../../core/errors.ts";
import { chooseWorkspace } from "./choose_workspace.ts";
import type { AppContext, ProjectOptions } from "../context.ts";
import { openConfig } from "./open.ts";

/** A workspace of a project, for commands that work inside or outside one. */
export interface ProjectWorkspaceOptions {
  readonly project: ProjectOptions;
  /** A workspace of azureml.yml, by its key. */
  readonly workspace?: string | undefined;
  /** Tenant that tokens must come from. */
  readonly tenant?: string;
}

/** The workspace of a project, or why there is none. */
export type ProjectWorkspace =
  | { readonly config: WorkspaceConfig }
  | { readonly absent: string }
  | { readonly error: UserError };

/** Finds the workspace of the current project; being outside a project is not an error. */
export async function findProjectWorkspace(
  ctx: AppContext,
  { project, workspace }: ProjectWorkspaceOptions,
): Promise<ProjectWorkspace> {
  try {
    const loaded = await openConfig(ctx, project);
    const config = chooseWorkspace(loaded, workspace);
    requireFilledIn(loaded, workspace || "__default__", config);
    return { config };
  } catch (thrown) {
    const error = userErrorOf(thrown);
    const isOutside = error.code.startsWith("project.") && workspace === undefined;
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
