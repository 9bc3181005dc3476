/** `azureml.yml` as the plugin 0.1.0 has it, checked; names keep the file's spelling. */
export interface AzureMLConfig {
  /** By name; `__default__` is always there. */
  readonly workspace: Readonly<Record<string, WorkspaceConfig>>;
  /** By name or node tag; `__default__` is always there and has a cluster. */
  readonly compute: Readonly<Record<string, ClusterConfig>>;
  readonly execution: ExecutionConfig;
  readonly schedules: Readonly<Record<string, ScheduleConfig>>;
  readonly notifications: Readonly<Record<string, NotificationConfig>>;
  /** By name; a name with `{placeholder}` is a job factory. */
  readonly jobs: Readonly<Record<string, JobConfig>>;
}

/** Which workspace. */
export interface WorkspaceConfig {
  readonly subscription_id: string;
  readonly resource_group: string;
  readonly name: string;
}

/** Where a step runs; what a tag's entry leaves out comes from `__default__`. */
export interface ClusterConfig {
  readonly cluster_name: string | null;
  /** Only for attached Kubernetes computes. */
  readonly instance_type: string | null;
}

/** What a step runs with. */
export interface ExecutionConfig {
  /** `name@latest`, `name:version`, a registry's or ARM id, or a Docker image. */
  readonly environment: string | null;
  /** Folder to upload, relative to the project; `null` uploads nothing. */
  readonly code_directory: string | null;
  /** Folder in the container; ignored when code is uploaded. */
  readonly working_directory: string | null;
}

/** When a job runs by itself: exactly one of the two. */
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

/** At which hours, minutes and days of the week a recurrence fires. */
export interface RecurrencePatternConfig {
  readonly hours: readonly number[] | null;
  readonly minutes: readonly number[] | null;
  readonly week_days: readonly string[] | null;
}

/** Where the steps of a job report its events. */
export interface NotificationConfig {
  readonly webhook_env: string | null;
  readonly token_env: string | null;
  readonly channel: string | null;
  readonly events: readonly ("start" | "success" | "failure" | "warning" | "recovered")[];
  readonly payload: string | null;
  /** Seconds. */
  readonly wait_timeout: number;
  readonly warning_repeat_hours: number;
  readonly warning_repeat_tolerance_minutes: number;
}

/** One named job. */
export interface JobConfig {
  readonly pipeline: PipelineFilter;
  readonly workspace: string | null;
  readonly experiment_name: string | null;
  readonly display_name: string | null;
  readonly compute: string | null;
  readonly schedule: ScheduleConfig | string | readonly (ScheduleConfig | string)[] | null;
  readonly params: Readonly<Record<string, unknown>> | null;
  /** `timeout` in seconds, for each step. */
  readonly limits: { readonly timeout: number } | null;
  readonly description: string | null;
  readonly notifications: string | null;
}

/** Which nodes of which pipeline a job runs: the arguments of Kedro's `Pipeline.filter()`; `null` does not filter. */
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
