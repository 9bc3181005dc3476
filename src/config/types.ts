import type { output } from "zod";
import { type Place, UserError, type Warning } from "../core/errors.ts";
import { isFields } from "../core/json.ts";
import {
  GROUP_NAME,
  GROUP_NAME_RULE,
  isGuid,
  WORKSPACE_NAME,
  WORKSPACE_NAME_RULE,
} from "../core/azure_limits.ts";
import type { azuremlSchema } from "./schema.ts";
import { shellWord } from "../core/untrusted.ts";

/** The checked contents of `azureml.yml`, with all defaults; keys keep the file's spelling. */
export type AzureMLConfig = Frozen<output<typeof azuremlSchema>>;

export type WorkspaceConfig = AzureMLConfig["workspace"][string];

/** When a job runs automatically: exactly one of `cron` and `recurrence` is set. */
export type ScheduleConfig = AzureMLConfig["schedules"][string];

/** One entry of `jobs`; a name with a `{placeholder}` is a job factory. */
export type JobConfig = AzureMLConfig["jobs"][string];

/** The nodes that a job runs: the arguments of Kedro's `Pipeline.filter()`; `null` means no filter. */
type PipelineFilter = JobConfig["pipeline"];

/**
 * The nodes that the command line selects: of registered pipelines (default: the job's, else `__default__`), those
 * that match all filters.
 */
export type Selection = Partial<Omit<PipelineFilter, "pipeline_name">> & {
  readonly pipelines?: readonly string[];
};

/** A type whose values nobody changes, at any depth. */
type Frozen<T> = T extends readonly (infer Item)[] ? readonly Frozen<Item>[]
  : T extends object ? { readonly [Key in keyof T]: Frozen<T[Key]> }
  : T;

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
      message: `${unfilled.join(", ")} of ${key === undefined ? "the workspace" : `workspace "${key}"`} ${
        unfilled.length === 1 ? "is still a placeholder" : "are still placeholders"
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
      hint: "Run `az group list --query [].name --output tsv`",
    }]),
    ...(!isWrong("name", WORKSPACE_NAME.test(name)) ? [] : [{
      field: "name" as const,
      code: "workspace.name" as const,
      message: `"${name}" is not a name of a workspace: ${WORKSPACE_NAME_RULE}`,
      hint: "Run `az ml workspace list --query [].name --output tsv`",
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
  { key, placeOf }: {
    readonly key?: string | undefined;
    readonly placeOf?: (field: keyof WorkspaceConfig) => Place | undefined;
  } = {},
): void {
  const [problem] = workspaceProblems(config, key);
  if (problem === undefined) return;
  const { field, code, message, hint } = problem;
  throw new UserError(message, { code, hint, place: placeOf?.(field) });
}

const FIELDS = ["subscription_id", "resource_group", "name"] as const;

/** A placeholder written by `init`, such as `<workspace>` or `<environment>@latest`. */
const PLACEHOLDER = /^<([^<>]+)>(@latest)?$/;

export const FILL_IN =
  "Run `kedro-azureml init`, which asks for what is missing; without Azure, run `kedro-azureml rehearse`, or add `--emulator`";

/** Whether a value is a placeholder written by `init`. */
export function isPlaceholder(value: unknown): value is string {
  return typeof value === "string" && PLACEHOLDER.test(value);
}

/** Gives each placeholder outside `jobs` a value that names nothing in Azure, for a run on this machine. */
export function fillPlaceholders<
  T extends { readonly azureml: { readonly jobs: unknown }; readonly warnings: readonly Warning[] },
>(config: T): T & { readonly hasPlaceholders?: boolean } {
  const { jobs, ...rest } = config.azureml;
  const warnings = config.warnings.filter(({ code }) => code !== "config.placeholder");
  if (warnings.length === config.warnings.length) return config;
  return { ...config, azureml: { ...filled(rest) as typeof rest, jobs }, warnings, hasPlaceholders: true };
}

function filled(value: unknown, key = ""): unknown {
  if (isPlaceholder(value)) {
    const [, name, label = ""] = PLACEHOLDER.exec(value)!;
    return key === "subscription_id" ? NO_SUBSCRIPTION : name!.replaceAll(/[^A-Za-z0-9-]+/g, "-") + label;
  }
  if (!isFields(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, filled(child, name)]));
}

export const NO_SUBSCRIPTION = "00000000-0000-0000-0000-000000000000";
