import type { FoundJob } from "../../config/azureml/job_factories.ts";
import type { LoadedConfig } from "../../config/azureml/load.ts";
import { requireWorkspaceNames, type WorkspaceConfig } from "../../config/azureml/types.ts";
import type { WorkspaceNames } from "../context.ts";
import { UserError } from "../../core/errors.ts";
import { shellWord } from "../../core/text/shell_word.ts";
import { didYouMean } from "../../core/text/suggest.ts";
import { ownValue } from "../../core/fields.ts";

/** The workspace with this key in azureml.yml, else `__default__`; `undefined` if there is none. */
export function findWorkspace(
  { workspace }: Pick<LoadedConfig["azureml"], "workspace">,
  name: string | null | undefined,
): WorkspaceConfig | undefined {
  const key = name || "__default__";
  return ownValue(workspace, key);
}

/** The option, after a blank, that chooses a job's workspace in a command to type; empty for `__default__`. */
export function workspaceOption(named: string | undefined, job?: Pick<FoundJob, "workspace">): string {
  const key = named || job?.workspace || "__default__";
  return key === "__default__" ? "" : ` -w ${shellWord(key)}`;
}

/** A workspace with the names that the command gives instead. */
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

/**
 * The workspace that the command names, else the job's own, else `__default__`.
 *
 * @throws {UserError} `workspace.unknown`, which lists the available names.
 */
export function chooseWorkspace(
  { azureml, place }: Pick<LoadedConfig, "azureml" | "place">,
  named: string | undefined,
  job?: Pick<FoundJob, "key" | "workspace">,
): WorkspaceConfig {
  const name = named || job?.workspace || "__default__";
  const workspace = findWorkspace(azureml, name);
  if (workspace !== undefined) return workspace;
  const names = Object.keys(azureml.workspace);
  throw new UserError(`Workspace "${name}" not found in azureml.yml${didYouMean(name, names)}`, {
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
  const key = named || job?.workspace || "__default__";
  requireWorkspaceNames(workspace, {
    key,
    placeOf: (field) => workspace[field] === own[field] ? config.place(["workspace", key, field]) : undefined,
  });
  return workspace;
}
