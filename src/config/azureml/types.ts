/** The checked contents of `azureml.yml`, as the plugin 0.1.0 defines them; keys keep the file's spelling. */
export interface AzureMLConfig {
  /** Workspaces by name; `__default__` always exists. */
  readonly workspace: Readonly<Record<string, WorkspaceConfig>>;
  /** Computes by name or node tag; `__default__` always exists and has a cluster. */
  readonly compute: Readonly<Record<string, ClusterConfig>>;
  readonly execution: ExecutionConfig;
  readonly schedules: Readonly<Record<string, ScheduleConfig>>;
  readonly notifications: Readonly<Record<string, NotificationConfig>>;
  /** Jobs by name; a name with a `{placeholder}` is a job factory. */
  readonly jobs: Readonly<Record<string, JobConfig>>;
}

/** Identifies an Azure ML workspace. */
export interface WorkspaceConfig {
  readonly subscription_id: string;
  readonly resource_group: string;
  readonly name: string;
}

/** The compute that a step runs on; fields missing in a tag's entry are taken from `__default__`. */
export interface ClusterConfig {
  readonly cluster_name: string | null;
  /** Only for attached Kubernetes computes. */
  readonly instance_type: string | null;
}

/** The environment and code that steps run with. */
export interface ExecutionConfig {
  /** `name@latest`, `name:version`, an ARM or registry id, or a Docker image. */
  readonly environment: string | null;
  /** Folder to upload, relative to the project; `null` uploads nothing. */
  readonly code_directory: string | null;
  /** Folder in the container; ignored when code is uploaded. */
  readonly working_directory: string | null;
}

/** When a job runs automatically: exactly one of `cron` and `recurrence` is set. */
export interface ScheduleConfig {
  readonly cron: CronConfig | null;
  readonly recurrence: RecurrenceConfig | null;
}

/** A schedule by cron expression. */
export interface CronConfig {
  readonly expression: string;
  readonly start_time: string | null;
  readonly end_time: string | null;
  readonly time_zone: string;
}

/** A schedule by interval. */
export interface RecurrenceConfig {
  readonly frequency: string;
  readonly interval: number;
  readonly schedule: RecurrencePatternConfig | null;
  readonly start_time: string | null;
  readonly end_time: string | null;
  readonly time_zone: string;
}

/** The hours, minutes and days of the week at which a recurrence fires. */
export interface RecurrencePatternConfig {
  readonly hours: readonly number[] | null;
  readonly minutes: readonly number[] | null;
  readonly week_days: readonly string[] | null;
}

/** Where and when the steps of a job send notifications. */
export interface NotificationConfig {
  readonly webhook_env: string | null;
  readonly token_env: string | null;
  readonly channel: string | null;
  readonly events: readonly ("start" | "success" | "failure" | "warning" | "recovered")[];
  readonly payload: string | null;
  /** In seconds. */
  readonly wait_timeout: number;
  readonly warning_repeat_hours: number;
  readonly warning_repeat_tolerance_minutes: number;
}

/** One entry of `jobs`. */
export interface JobConfig {
  readonly pipeline: PipelineFilter;
  readonly workspace: string | null;
  readonly experiment_name: string | null;
  readonly display_name: string | null;
  readonly compute: string | null;
  readonly schedule: ScheduleConfig | string | readonly (ScheduleConfig | string)[] | null;
  readonly params: Readonly<Record<string, unknown>> | null;
  /** `timeout` of each step, in seconds. */
  readonly limits: { readonly timeout: number } | null;
  readonly description: string | null;
  readonly notifications: string | null;
}

/** The nodes that a job runs: the arguments of Kedro's `Pipeline.filter()`; `null` means no filter. */
export interface PipelineFilter {
  readonly pipeline_name: string;
  readonly from_nodes: readonly string[] | null;
  readonly to_nodes: readonly string[] | null;
  readonly node_names: readonly string[] | null;
  readonly from_inputs: readonly string[] | null;
  readonly to_outputs: readonly string[] | null;
  readonly node_namespaces: readonly string[] | null;
  readonly tags: readonly string[] | null;
}
