import type { WorkspaceConfig } from "../../config/azureml/types.ts";
import { UserError } from "../../core/errors.ts";
import { chooseWorkspace } from "./connect.ts";
import type { AppContext, ProjectOptions } from "../context.ts";
import { openConfig } from "./open.ts";

/** Options of the commands that look at Azure from wherever they are typed. */
export interface WhereOptions extends ProjectOptions {
  /** `-w`: a workspace of azureml.yml. */
  readonly workspace?: string;
}

/** The workspace that a project names, or why there is none to look at. */
export type WorkspaceHere =
  | { readonly config: WorkspaceConfig }
  | { readonly absent: string }
  | { readonly error: UserError };

/** Finds the workspace of the project here; outside a project there is none, which is no failure. */
export async function workspaceHere(ctx: AppContext, options: WhereOptions): Promise<WorkspaceHere> {
  try {
    return { config: chooseWorkspace(await openConfig(ctx, options), options.workspace) };
  } catch (thrown) {
    if (!(thrown instanceof UserError) || thrown.code === "interrupted") throw thrown;
    const isOutside = thrown.code.startsWith("project.") && options.workspace === undefined;
    return isOutside
      ? { absent: "no Kedro project here; go into one, or name it with -C" }
      : { error: thrown };
  }
}
