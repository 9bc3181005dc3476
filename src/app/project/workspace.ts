import type { WorkspaceConfig } from "../../config/azureml/types.ts";
import { type UserError, userErrorOf } from "../../core/errors.ts";
import { chooseWorkspace } from "./choose_workspace.ts";
import type { AppContext, ProjectOptions } from "../context.ts";
import { openConfig } from "./open.ts";

/** Options of the commands that work inside or outside a project. */
export interface ProjectWorkspaceOptions extends ProjectOptions {
  /** A workspace of azureml.yml, by its key. */
  readonly workspace?: string;
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
  try {
    return { config: chooseWorkspace(await openConfig(ctx, options), options.workspace) };
  } catch (thrown) {
    const error = userErrorOf(thrown);
    const isOutside = error.code.startsWith("project.") && options.workspace === undefined;
    return isOutside ? { absent: "not in a Kedro project; use -C DIR" } : { error };
  }
}
