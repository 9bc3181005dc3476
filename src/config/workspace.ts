import {
  GROUP_NAME,
  GROUP_NAME_RULE,
  isGuid,
  WORKSPACE_NAME,
  WORKSPACE_NAME_RULE,
} from "../core/azure_limits.ts";
import { type ExitCode, type Place, UserError } from "../core/errors.ts";
import { shellWord } from "../core/untrusted.ts";
import { FILL_IN, isPlaceholder } from "./init_placeholders.ts";
import type { WorkspaceConfig } from "./schema.ts";

/** The key in azureml.yml of the workspace that the command names, else of the job's own, else `__default__`. */
export function workspaceKey(
  named: string | undefined,
  job?: { readonly workspace: string | null },
): string {
  return named || job?.workspace || "__default__";
}

/** The ARM id of a workspace, which starts with `/subscriptions/`. */
export function workspaceId(config: WorkspaceConfig): string {
  return `/subscriptions/${config.subscription_id}/resourceGroups/${config.resource_group}` +
    `/providers/Microsoft.MachineLearningServices/workspaces/${config.name}`;
}

/** The workspace of an ARM id, of its own or of something in it. */
export function workspaceOfId(id: string): WorkspaceConfig {
  const [, , subscription_id = "", , resource_group = "", , , , name = ""] = id.split("/");
  return { subscription_id, resource_group, name };
}

/** Why Azure cannot have a workspace, and what to do. */
interface WorkspaceProblem {
  readonly field: keyof WorkspaceConfig;
  readonly code: "config.placeholder" | "workspace.subscription_id" | "workspace.name";
  readonly message: string;
  readonly hint: string;
}

/**
 * The fields of a workspace that Azure cannot have. They are parts of the address of each request, where `#`, `/` or
 * `..` would lead to another resource.
 *
 * @param key Its key in azureml.yml, if it is from there.
 */
export function workspaceProblems(config: WorkspaceConfig, key?: string): readonly WorkspaceProblem[] {
  const { subscription_id: id, resource_group: group, name } = config;
  const unfilled = FIELDS.filter((field) => isPlaceholder(config[field]));
  const isWrong = (field: keyof WorkspaceConfig, isRight: boolean) => !isRight && !unfilled.includes(field);
  return [
    ...(unfilled.length === 0 ? [] : [{
      field: unfilled[0]!,
      code: "config.placeholder" as const,
      message: `No workspace chosen yet: placeholders for ${unfilled.join(", ")}${
        key === undefined ? "" : ` of workspace "${key}"`
      }`,
      hint: FILL_IN,
    }]),
    ...(!isWrong("subscription_id", isGuid(id)) ? [] : [{
      field: "subscription_id" as const,
      // workspace.subscription_id: The subscription in azureml.yml is not an ID. Write its ID.
      code: "workspace.subscription_id" as const,
      message: `"${id}" is not a subscription ID, which looks like 00000000-0000-0000-0000-000000000000`,
      hint: /^\s|\s$|^\/?subscriptions\//.test(id)
        ? "Write the ID alone"
        : `Run \`az account show --subscription ${shellWord(id)} --query id --output tsv\``,
    }]),
    ...(!isWrong("resource_group", GROUP_NAME.test(group)) ? [] : [{
      field: "resource_group" as const,
      // workspace.name: Azure does not allow the name of the workspace or resource group in azureml.yml.
      //   Correct it.
      code: "workspace.name" as const,
      message: `"${group}" is not a name of a resource group: ${GROUP_NAME_RULE}`,
      hint: 'Run `az group list --query "[].name" --output tsv`',
    }]),
    ...(!isWrong("name", WORKSPACE_NAME.test(name)) ? [] : [{
      field: "name" as const,
      code: "workspace.name" as const,
      message: `"${name}" is not a name of a workspace: ${WORKSPACE_NAME_RULE}`,
      hint: 'Run `az ml workspace list --query "[].name" --output tsv`',
    }]),
  ];
}

/**
 * Rejects a workspace that Azure cannot have.
 *
 * @throws {UserError} `config.placeholder`, `workspace.subscription_id`, `workspace.name`.
 */
export function requireWorkspaceNames(
  config: WorkspaceConfig,
  { key, allowPlaceholders = false, placeOf, exit }: {
    readonly key?: string | undefined;
    readonly allowPlaceholders?: boolean;
    readonly placeOf?: (field: keyof WorkspaceConfig) => Place | undefined;
    readonly exit?: ExitCode;
  } = {},
): void {
  const problem = workspaceProblems(config, key).find(({ code }) =>
    !allowPlaceholders || code !== "config.placeholder"
  );
  if (problem === undefined) return;
  const { field, code, message, hint } = problem;
  throw new UserError(message, { code, hint, place: placeOf?.(field), ...(exit && { exit }) });
}

const FIELDS = ["subscription_id", "resource_group", "name"] as const;
