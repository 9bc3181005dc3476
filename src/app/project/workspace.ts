import type { LoadedConfig } from "../../config/azureml_yml.ts";
import type { FoundJob } from "../../config/jobs.ts";
import type { WorkspaceConfig } from "../../config/schema.ts";
import { requireWorkspaceNames, workspaceKey } from "../../config/workspace.ts";
import { changedError, ExitCode, UserError, userErrorOf } from "../../core/errors.ts";
import { ownValue } from "../../core/json.ts";
import { didYouMean } from "../../core/suggest.ts";
import { shellWord } from "../../core/untrusted.ts";
import type { AppContext, ProjectOptions, WorkspaceNames } from "../context.ts";
import { openConfig } from "./open.ts";

/** A workspace of a project, for commands that work inside or outside one. */
export interface ProjectWorkspaceOptions extends ProjectOptions, WorkspaceNames {
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
    requireWorkspaceNames(workspace, { exit: ExitCode.Usage });
    return { workspace };
  }
  const config = await openConfig(ctx, options).catch((thrown: unknown) => {
    if (!(thrown instanceof UserError) || thrown.code !== "project.not_found") throw thrown;
    const names = "`--subscription-id`, `--resource-group` and `--workspace-name`";
    throw changedError(thrown, { hint: `${thrown.hint}, or pass ${names}` });
  });
  return { workspace: requireWorkspace(config, options.workspace, { names: options }), config };
}

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

/** The workspace with this {@linkcode workspaceKey}; `undefined` if azureml.yml has none. */
export function findWorkspace(
  { workspace }: Pick<LoadedConfig["azureml"], "workspace">,
  named: string | undefined,
  job?: Pick<FoundJob, "workspace">,
): WorkspaceConfig | undefined {
  return ownValue(workspace, workspaceKey(named, job));
}

/** The option, after a blank, that chooses a job's workspace in a command to type; empty for `__default__`. */
export function workspaceOption(named: string | undefined, job?: Pick<FoundJob, "workspace">): string {
  const key = workspaceKey(named, job);
  return key === "__default__" ? "" : ` -w ${shellWord(key)}`;
}

export function overridden(
  config: WorkspaceConfig,
  { subscriptionId, resourceGroup, workspaceName }: WorkspaceNames,
): WorkspaceConfig {
  return {
    subscription_id: subscriptionId ?? config.subscription_id,
    resource_group: resourceGroup ?? config.resource_group,
    name: workspaceName ?? config.name,
  };
}

/** As {@linkcode findWorkspace}. @throws {UserError} `workspace.unknown`, which lists the available names. */
export function chooseWorkspace(
  { azureml, place }: Pick<LoadedConfig, "azureml" | "place">,
  named: string | undefined,
  job?: Pick<FoundJob, "key" | "workspace">,
): WorkspaceConfig {
  const workspace = findWorkspace(azureml, named, job);
  if (workspace !== undefined) return workspace;
  const name = workspaceKey(named, job);
  const names = Object.keys(azureml.workspace);
  throw new UserError(`Workspace "${name}" not found in azureml.yml${didYouMean(name, names)}`, {
    // workspace.unknown: azureml.yml or the package has no such workspace. Use one of those that the message
    //   lists.
    code: "workspace.unknown",
    details: [`workspaces: ${names.join(", ")}`],
    hint: `Use one of them, or add "${name}" below \`workspace\` in azureml.yml`,
    place: place(named || job === undefined ? ["workspace"] : ["jobs", job.key, "workspace"]),
    data: { workspaces: names },
  });
}

/**
 * As {@linkcode chooseWorkspace}, with the names that the command gives instead, for requests to Azure.
 *
 * @throws {UserError} `workspace.*`, `config.placeholder`.
 */
export function requireWorkspace(
  config: Pick<LoadedConfig, "azureml" | "place">,
  named: string | undefined,
  { job, names }: { readonly job?: Pick<FoundJob, "key" | "workspace">; readonly names?: WorkspaceNames } =
    {},
): WorkspaceConfig {
  const own = chooseWorkspace(config, named, job);
  const workspace = names === undefined ? own : overridden(own, names);
  const key = workspaceKey(named, job);
  requireWorkspaceNames(workspace, {
    key,
    placeOf: (field) => workspace[field] === own[field] ? config.place(["workspace", key, field]) : undefined,
  });
  return workspace;
}
