/** Documentation of one key of `azureml.yml`. */
export interface KeyDoc {
  /** Dotted path; `<…>` stands for a name that the user chooses, `[]` for a list entry. */
  readonly key: string;
  /** The type of value it accepts, such as `string`. */
  readonly takes: string;
  /** The default value, as text; absent if the key is required. */
  readonly default?: string;
  readonly doc: string;
}

const PIPELINE: readonly KeyDoc[] = [
  { key: "pipeline_name", takes: "string", default: "`__default__`", doc: "Name of a registered pipeline" },
  { key: "from_nodes", takes: "list", default: "none", doc: "Only these nodes and the nodes after them" },
  { key: "to_nodes", takes: "list", default: "none", doc: "Only these nodes and the nodes before them" },
  { key: "node_names", takes: "list", default: "none", doc: "Only these nodes" },
  { key: "from_inputs", takes: "list", default: "none", doc: "Only nodes downstream of these datasets" },
  { key: "to_outputs", takes: "list", default: "none", doc: "Only nodes upstream of these datasets" },
  { key: "node_namespaces", takes: "list", default: "none", doc: "Only nodes in these namespaces" },
  { key: "tags", takes: "list", default: "none", doc: "Only nodes with one of these tags" },
];

const TIMES: readonly KeyDoc[] = [
  {
    key: "start_time",
    takes: "string",
    default: "none",
    doc: "When the schedule starts, such as 2026-01-31T06:00:00",
  },
  { key: "end_time", takes: "string", default: "none", doc: "When the schedule ends" },
  {
    key: "time_zone",
    takes: "string",
    default: "UTC",
    doc: "Time zone by Windows or IANA name, such as W. Europe Standard Time or Europe/Berlin",
  },
];

const SCHEDULE: readonly KeyDoc[] = [
  {
    key: "cron",
    takes: "mapping",
    default: "none",
    doc: "Schedule by cron expression; use this or recurrence",
  },
  {
    key: "cron.expression",
    takes: "string",
    doc: "Five fields: minute, hour, day of month, month, day of week",
  },
  ...below("cron", TIMES),
  { key: "recurrence", takes: "mapping", default: "none", doc: "Schedule by interval; use this or cron" },
  {
    key: "recurrence.frequency",
    takes: "string",
    doc: "Unit of the interval: minute, hour, day, week or month",
  },
  {
    key: "recurrence.interval",
    takes: "number",
    doc: "Number of minutes, hours, days, weeks or months between two runs",
  },
  {
    key: "recurrence.schedule",
    takes: "mapping",
    default: "none",
    doc: "Times within a day, week or month",
  },
  { key: "recurrence.schedule.hours", takes: "list", default: "none", doc: "Hours of the day, 0 to 23" },
  { key: "recurrence.schedule.minutes", takes: "list", default: "none", doc: "Minutes of the hour, 0 to 59" },
  {
    key: "recurrence.schedule.week_days",
    takes: "list",
    default: "none",
    doc: "Days of the week, such as monday",
  },
  ...below("recurrence", TIMES),
];

/** Every key of `azureml.yml`, in the recommended order of writing. */
export const AZUREML_KEYS: readonly KeyDoc[] = [
  { key: "workspace", takes: "mapping", doc: "Azure ML workspaces by name; `__default__` is required" },
  ...below("workspace.<name>", [
    { key: "subscription_id", takes: "string", doc: "Subscription ID of the workspace" },
    { key: "resource_group", takes: "string", doc: "Resource group of the workspace" },
    { key: "name", takes: "string", doc: "Name of the workspace" },
  ]),
  { key: "compute", takes: "mapping", doc: "Computes by name or node tag; `__default__` is required" },
  ...below("compute.<name or tag>", [
    {
      key: "cluster_name",
      takes: "string",
      default: "from `__default__`",
      doc: "Name of a compute cluster, or serverless",
    },
    {
      key: "instance_type",
      takes: "string",
      default: "from `__default__`",
      doc: "Instance type of an attached Kubernetes compute",
    },
  ]),
  { key: "execution", takes: "mapping", default: "empty", doc: "Environment and code that steps run with" },
  ...below("execution", [
    {
      key: "environment",
      takes: "string",
      default: "none",
      doc: "Azure ML environment (name@latest, name:version, or its ARM or registry ID), or a Docker image",
    },
    {
      key: "code_directory",
      takes: "string",
      default: "none",
      doc: "Folder to upload, relative to the project; if omitted, nothing is uploaded",
    },
    {
      key: "working_directory",
      takes: "string",
      default: "none",
      doc: "Folder in the image that contains the code, if none is uploaded",
    },
  ]),
  { key: "schedules", takes: "mapping", default: "empty", doc: "Named schedules that jobs can refer to" },
  ...below("schedules.<name>", SCHEDULE),
  {
    key: "notifications",
    takes: "mapping",
    default: "empty",
    doc: "Named notifications that jobs can refer to",
  },
  ...below("notifications.<name>", [
    {
      key: "webhook_env",
      takes: "string",
      default: "none",
      doc: "Environment variable that contains the webhook URL when a step runs",
    },
    {
      key: "token_env",
      takes: "string",
      default: "none",
      doc: "Environment variable that contains a bot token when a step runs; requires channel",
    },
    { key: "channel", takes: "string", default: "none", doc: "Channel that the bot posts to" },
    { key: "events", takes: "list", doc: "Any of start, success, failure, warning, recovered" },
    {
      key: "payload",
      takes: "string",
      default: "none",
      doc: "Function that builds the message, as module.path:function_name",
    },
    {
      key: "wait_timeout",
      takes: "number",
      default: "1800",
      doc: "Seconds that the last step waits for the others",
    },
    {
      key: "warning_repeat_hours",
      takes: "number",
      default: "24",
      doc: "Hours before the same warning is sent again",
    },
    {
      key: "warning_repeat_tolerance_minutes",
      takes: "number",
      default: "15",
      doc: "Minutes by which warning_repeat_hours may be shortened",
    },
  ]),
  {
    key: "jobs",
    takes: "mapping",
    default: "empty",
    doc: "Jobs by name; a name with a {placeholder} creates one job for each matching namespace",
  },
  ...below("jobs.<name>", [
    { key: "pipeline", takes: "mapping", doc: "Pipeline or nodes to run" },
    ...below("pipeline", PIPELINE),
    { key: "workspace", takes: "string", default: "`__default__`", doc: "A key of workspace" },
    {
      key: "experiment_name",
      takes: "string",
      default: "from mlflow.yml, else the folder name",
      doc: "Experiment that groups the runs",
    },
    {
      key: "display_name",
      takes: "string",
      default: "pipeline name",
      doc: "Name that Azure ML studio shows",
    },
    {
      key: "compute",
      takes: "string",
      default: "`__default__`",
      doc: "A key of compute, or a cluster name, for steps without a matching tag",
    },
    {
      key: "schedule",
      takes: "string, mapping or list",
      default: "none",
      doc: "A key of schedules, a schedule, or a list of them",
    },
    ...below("schedule", SCHEDULE),
    { key: "params", takes: "mapping", default: "none", doc: "Runtime parameters" },
    { key: "limits", takes: "mapping", default: "none", doc: "Limits for each step" },
    { key: "limits.timeout", takes: "number", doc: "Maximum duration of a step, in seconds" },
    { key: "description", takes: "string", default: "none", doc: "Description of the job" },
    { key: "notifications", takes: "string", default: "none", doc: "A key of notifications" },
  ]),
];

function below(prefix: string, keys: readonly KeyDoc[]): KeyDoc[] {
  return keys.map((each) => ({ ...each, key: `${prefix}.${each.key}` }));
}
