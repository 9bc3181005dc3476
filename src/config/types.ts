import type { output } from "zod";
import type { azuremlSchema } from "./schema.ts";

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
