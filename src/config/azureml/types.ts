import type { output } from "zod";
import type { azuremlSchema } from "./schema.ts";

/** The checked contents of `azureml.yml`, with all defaults; keys keep the file's spelling. */
export type AzureMLConfig = Frozen<output<typeof azuremlSchema>>;

/** Identifies an Azure ML workspace. */
export type WorkspaceConfig = AzureMLConfig["workspace"][string];

/** The compute that a step runs on; fields missing in a tag's entry are taken from `__default__`. */
export type ClusterConfig = AzureMLConfig["compute"][string];

/** When a job runs automatically: exactly one of `cron` and `recurrence` is set. */
export type ScheduleConfig = AzureMLConfig["schedules"][string];

/** A schedule by cron expression. */
export type CronConfig = NonNullable<ScheduleConfig["cron"]>;

/** A schedule by interval. */
export type RecurrenceConfig = NonNullable<ScheduleConfig["recurrence"]>;

/** Where and when the steps of a job send notifications. */
export type NotificationConfig = AzureMLConfig["notifications"][string];

/** One entry of `jobs`; a name with a `{placeholder}` is a job factory. */
export type JobConfig = AzureMLConfig["jobs"][string];

/** The nodes that a job runs: the arguments of Kedro's `Pipeline.filter()`; `null` means no filter. */
export type PipelineFilter = JobConfig["pipeline"];

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
