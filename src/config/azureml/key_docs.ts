/** Documentation of one key of `azureml.yml`. */
export interface KeyDoc {
  /** Dotted path; `<…>` stands for a name that the user chooses, `[]` for a list entry. */
  readonly key: string;
  /** The type of value it accepts, such as `text`. */
  readonly takes: string;
  /** The default value, as text; absent if the key is required. */
  readonly default?: string;
  readonly doc: string;
}

const PIPELINE: readonly KeyDoc[] = [
  { key: "pipeline_name", takes: "text", default: "`__default__`", doc: "Registered pipeline" },
  { key: "from_nodes", takes: "list", default: "none", doc: "Only these nodes and those after them" },
  { key: "to_nodes", takes: "list", default: "none", doc: "Only these nodes and those before them" },
  { key: "node_names", takes: "list", default: "none", doc: "Only these nodes" },
  { key: "from_inputs", takes: "list", default: "none", doc: "Only nodes that need these datasets" },
  { key: "to_outputs", takes: "list", default: "none", doc: "Only nodes that lead to these datasets" },
  { key: "node_namespaces", takes: "list", default: "none", doc: "Only nodes of these namespaces" },
  { key: "tags", takes: "list", default: "none", doc: "Only nodes with one of these tags" },
];

const TIMES: readonly KeyDoc[] = [
  { key: "start_time", takes: "text", default: "none", doc: "Start, such as 2026-01-31T06:00:00" },
  { key: "end_time", takes: "text", default: "none", doc: "End" },
  {
    key: "time_zone",
    takes: "text",
    default: "UTC",
    doc: "Time zone of all these times, by its Windows name",
  },
];

const SCHEDULE: readonly KeyDoc[] = [
  { key: "cron", takes: "mapping", default: "none", doc: "Cron schedule; or use recurrence" },
  { key: "cron.expression", takes: "text", doc: "Minute, hour, day of month, month, day of week" },
  ...below("cron", TIMES),
  { key: "recurrence", takes: "mapping", default: "none", doc: "Schedule by interval; or use cron" },
  { key: "recurrence.frequency", takes: "text", doc: "minute, hour, day, week or month" },
  { key: "recurrence.interval", takes: "number", doc: "Interval between two runs, in that unit" },
  {
    key: "recurrence.schedule",
    takes: "mapping",
    default: "none",
    doc: "Times within a day, week or month",
  },
  { key: "recurrence.schedule.hours", takes: "list", default: "none", doc: "Hours, 0 to 23" },
  { key: "recurrence.schedule.minutes", takes: "list", default: "none", doc: "Minutes, 0 to 59" },
  { key: "recurrence.schedule.week_days", takes: "list", default: "none", doc: "Days such as monday" },
  ...below("recurrence", TIMES),
];

/** Every key of `azureml.yml`, in the recommended order of writing. */
export const AZUREML_KEYS: readonly KeyDoc[] = [
  { key: "workspace", takes: "mapping", doc: "Azure ML workspaces by name; `__default__` is required" },
  ...below("workspace.<name>", [
    { key: "subscription_id", takes: "text", doc: "Subscription of the workspace" },
    { key: "resource_group", takes: "text", doc: "Resource group of the workspace" },
    { key: "name", takes: "text", doc: "Name of the workspace" },
  ]),
  { key: "compute", takes: "mapping", doc: "Computes by name or node tag; `__default__` is required" },
  ...below("compute.<name or tag>", [
    { key: "cluster_name", takes: "text", default: "the default's", doc: "Compute cluster, or serverless" },
    {
      key: "instance_type",
      takes: "text",
      default: "the default's",
      doc: "Instance type of an attached Kubernetes compute",
    },
  ]),
  { key: "execution", takes: "mapping", default: "empty", doc: "Environment and code of the steps" },
  ...below("execution", [
    {
      key: "environment",
      takes: "text",
      default: "none",
      doc: "Azure ML environment as name@latest or name:version, its ARM or registry id, or a Docker image",
    },
    {
      key: "code_directory",
      takes: "text",
      default: "none",
      doc: "Folder to upload, relative to the project; if not set, nothing is uploaded",
    },
    {
      key: "working_directory",
      takes: "text",
      default: "none",
      doc: "Folder in the image to run in, if no code is uploaded",
    },
  ]),
  { key: "schedules", takes: "mapping", default: "empty", doc: "Schedules to use in jobs" },
  ...below("schedules.<name>", SCHEDULE),
  { key: "notifications", takes: "mapping", default: "empty", doc: "Notifications to use in jobs" },
  ...below("notifications.<name>", [
    {
      key: "webhook_env",
      takes: "text",
      default: "none",
      doc: "Environment variable of the step with the webhook's URL",
    },
    {
      key: "token_env",
      takes: "text",
      default: "none",
      doc: "Environment variable of the step with a bot's token; requires channel",
    },
    { key: "channel", takes: "text", default: "none", doc: "Channel that the bot posts to" },
    { key: "events", takes: "list", doc: "Any of start, success, failure, warning, recovered" },
    {
      key: "payload",
      takes: "text",
      default: "none",
      doc: "module.path:function_name that builds the message",
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
      doc: "Minutes by which that interval may be shorter",
    },
  ]),
  {
    key: "jobs",
    takes: "mapping",
    default: "empty",
    doc: "Jobs by name; a name with {placeholder} creates one job for each namespace",
  },
  ...below("jobs.<name>", [
    { key: "pipeline", takes: "mapping", doc: "Nodes to run" },
    ...below("pipeline", PIPELINE),
    { key: "workspace", takes: "text", default: "`__default__`", doc: "A key of workspace" },
    {
      key: "experiment_name",
      takes: "text",
      default: "mlflow.yml's, else the folder's",
      doc: "Experiment that runs are grouped in",
    },
    { key: "display_name", takes: "text", default: "the pipeline's name", doc: "Display name" },
    {
      key: "compute",
      takes: "text",
      default: "`__default__`",
      doc: "A key of compute, or a cluster, for steps without a tag",
    },
    {
      key: "schedule",
      takes: "text, mapping or list",
      default: "none",
      doc: "A key of schedules, a schedule, or several",
    },
    ...below("schedule", SCHEDULE),
    { key: "params", takes: "mapping", default: "none", doc: "Runtime parameters" },
    { key: "limits", takes: "mapping", default: "none", doc: "Limits of each step" },
    { key: "limits.timeout", takes: "number", doc: "Seconds that a step may take" },
    { key: "description", takes: "text", default: "none", doc: "Description" },
    { key: "notifications", takes: "text", default: "none", doc: "A key of notifications" },
  ]),
];

function below(prefix: string, keys: readonly KeyDoc[]): KeyDoc[] {
  return keys.map((each) => ({ ...each, key: `${prefix}.${each.key}` }));
}
