import * as z from "zod";

export interface SchemaIssue {
  readonly path: readonly (string | number)[];
  /** Description of the problem, such as `found 5; expected a string`. */
  readonly what: string;
  /** For an unknown key: the key, and the keys that are allowed in its place. */
  readonly unknown?: { readonly key: string; readonly allowed: readonly string[] };
}

/** Checks plain values against the schema; returns the configuration with all defaults filled in, or every issue. */
export function checkSchema(values: unknown): z.output<typeof azuremlSchema> | readonly SchemaIssue[] {
  const result = azuremlSchema.safeParse(values, { reportInput: true });
  if (result.success) return result.data;
  const found = result.error.issues.flatMap((issue) => toIssues(issue, []));
  // One mistyped key is one problem.
  const isMistyped = found.some(({ path, unknown }) =>
    unknown && path[0] === "compute" && path[1] === "__default__"
  );
  return found.filter(({ what }) => !isMistyped || what !== NEEDS_CLUSTER);
}

function toIssues(issue: z.core.$ZodIssue, above: readonly (string | number)[]): SchemaIssue[] {
  const path = [...above, ...issue.path as (string | number)[]];
  switch (issue.code) {
    case "unrecognized_keys": {
      const allowed = keysAt(azuremlSchema, path);
      return issue.keys.map((key) => ({
        path: [...path, key],
        what: "unknown key",
        unknown: { key, allowed },
      }));
    }
    case "invalid_union": {
      const branch = issue.errors.find((issues) =>
        issues.every((issue) => issue.path.length > 0 || issue.code !== "invalid_type")
      );
      if (branch !== undefined) return branch.flatMap((issue) => toIssues(issue, path));
      return [{
        path,
        what: `found ${describe(issue.input)}; expected a mapping, a schedule's name or a list of them`,
      }];
    }
    case "invalid_type":
      return [{
        path,
        what: issue.input === undefined
          ? "missing key"
          : `found ${describe(issue.input)}; expected ${NAMES[issue.expected] ?? issue.expected}${
            String(path.at(-1)).endsWith("timeout") ? " (seconds)" : ""
          }`,
      }];
    case "invalid_value":
      return [{
        path,
        what: `found ${describe(issue.input)}; allowed: ${issue.values.map(String).join(", ")}`,
      }];
    case "too_big":
      return [{ path, what: `found ${describe(issue.input)}; expected a smaller number` }];
    case "too_small":
      return [{ path, what: `found ${describe(issue.input)}; expected ${least(issue)}` }];
    default:
      return [{ path, what: issue.message }];
  }
}

const NAMES: Readonly<Record<string, string>> = {
  string: "a string",
  int: "an integer",
  number: "an integer",
  object: "a mapping",
  record: "a mapping",
  array: "a list",
};

function least(issue: z.core.$ZodIssueTooSmall): string {
  if (issue.origin === "array") return "at least one entry";
  return issue.origin === "string" ? "non-empty text" : `${issue.minimum} or more`;
}

function keysAt(schema: z.core.$ZodType, path: readonly (string | number)[]): string[] {
  const [key, ...rest] = path;
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return keysAt(schema.def.innerType, path);
  }
  if (schema instanceof z.ZodUnion) {
    const isItem = typeof key === "number";
    const branch = schema.options.find((option) => option instanceof z.ZodArray === isItem);
    return branch === undefined ? [] : keysAt(branch, path);
  }
  if (schema instanceof z.ZodArray) return keysAt(schema.element, rest);
  if (schema instanceof z.ZodRecord) return keysAt(schema.valueType, rest);
  if (!(schema instanceof z.ZodObject)) return [];
  return key === undefined ? Object.keys(schema.shape) : keysAt(schema.shape[key], rest);
}

/**
 * Returns the JSON Schema (draft 2020-12) of `azureml.yml`, generated from {@linkcode azuremlSchema}. It describes the
 * shape of a file; rules that span several keys, such as cron or recurrence, are left to `validate`.
 */
export function azuremlJsonSchema(): Readonly<Record<string, unknown>> {
  // A key that is missing in this file may be set in the base environment.
  const { required: _, ...rest } = z.toJSONSchema(azuremlSchema, {
    io: "input",
    unrepresentable: "any",
    override: ({ jsonSchema }) => adapt(jsonSchema),
  });
  return {
    ...rest,
    // Kedro drops top-level keys that start with an underscore: they only hold values for interpolation.
    patternProperties: { "^_": true },
    title: "azureml.yml",
    description: "Where and how kedro-azureml runs a Kedro project on Azure ML",
  };
}

/** Removes the keywords that only our docs use, and lets every whole number also be text: `${…}`, or `"4"`. */
function adapt(schema: z.core.JSONSchema.BaseSchema): void {
  if (schema.description !== undefined) schema.description = schema.description.replaceAll("`", "");
  delete schema.otherwise;
  delete schema.entry;
  if (schema.type !== "integer") return;
  for (const key of ["type", "minimum", "maximum", "exclusiveMinimum"]) delete schema[key];
  schema.anyOf = [{ type: "integer" }, { type: "string" }];
}

/** Documentation of one key of `azureml.yml`. */
interface KeyDoc {
  /** Dotted path; `<…>` stands for a name that the user chooses. */
  readonly key: string;
  /** The type of value it accepts, such as `string`. */
  readonly takes: string;
  /** The default value, as text; absent if the key is required. */
  readonly default?: string;
  readonly doc: string;
}

/** Every key of `azureml.yml`, in the recommended order of writing. */
export function azuremlKeys(): readonly KeyDoc[] {
  return keysBelow(azuremlSchema, "");
}

function keysBelow(schema: z.core.$ZodType, prefix: string): readonly KeyDoc[] {
  const { inner, meta } = unwrapped(schema);
  if (inner instanceof z.ZodUnion) return inner.options.flatMap((option) => keysBelow(option, prefix));
  if (inner instanceof z.ZodRecord) return keysBelow(inner.valueType, `${prefix}${meta?.entry ?? "<name>"}.`);
  if (!(inner instanceof z.ZodObject)) return [];
  return Object.entries(inner.shape as Record<string, z.core.$ZodType>).flatMap(([name, below]) => {
    const key = prefix + name;
    const { inner, meta, otherwise } = unwrapped(below);
    const byDefault = meta?.otherwise as string | undefined ?? otherwise;
    const doc = { doc: meta!.description!, ...(byDefault !== undefined && { default: byDefault }) };
    return [{ key, takes: typeOf(inner), ...doc }, ...keysBelow(below, `${key}.`)];
  });
}

/** A schema without the wrappers that make it optional, the metadata on it or them, and the default as text. */
function unwrapped(schema: z.core.$ZodType): {
  readonly inner: z.core.$ZodType;
  readonly meta: z.core.GlobalMeta | undefined;
  readonly otherwise: string | undefined;
} {
  const meta = z.globalRegistry.get(schema);
  if (schema instanceof z.ZodNullable) return { ...unwrapped(schema.def.innerType), ...(meta && { meta }) };
  if (!(schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)) {
    return { inner: schema, meta, otherwise: undefined };
  }
  const { inner, meta: own } = unwrapped(schema.def.innerType);
  return { inner, meta: meta ?? own, otherwise: textOf(schema.def.defaultValue) };
}

function textOf(value: unknown): string {
  if (value === null) return "none";
  if (typeof value === "object") return "empty";
  return value === "__default__" ? `\`${value}\`` : String(value);
}

function typeOf(schema: z.core.$ZodType): string {
  if (schema instanceof z.ZodUnion) return "string, mapping or list";
  if (schema instanceof z.ZodObject || schema instanceof z.ZodRecord) return "mapping";
  if (schema instanceof z.ZodArray) return "list";
  return schema instanceof z.ZodString ? "string" : "number";
}

/** What `.meta()` says of a key, in addition to its description. */
interface KeyMeta {
  /** What happens without the key, as text; absent if the default value says it. */
  readonly otherwise?: string;
  /** Stands for the names of a mapping's entries, if these are not just names. */
  readonly entry?: string;
}

const text = (description: string) => z.string().meta({ description });
const optionalText = (description: string, meta: KeyMeta = {}) =>
  z.string().nullable().default(null).meta({ description, ...meta });
const filledText = (description: string) => z.string().min(1).nullable().default(null).meta({ description });
const optionalTexts = (description: string) =>
  z.array(z.string()).nullable().default(null).meta({ description });

/** An integer as pydantic accepts it: also as text, as `2.0`, and `true` as 1. */
const wholeNumber = z.preprocess(toWholeNumber, z.int());
const numberFrom = (least: number) => wholeNumber.pipe(z.int().min(least));
const optionalNumbers = (description: string) =>
  z.array(wholeNumber).nullable().default(null).meta({ description });

function toWholeNumber(value: unknown): unknown {
  if (typeof value === "boolean") return Number(value);
  if (typeof value !== "string") return value;
  const digits = value.trim().match(/^([-+]?\d+(?:_\d+)*)(?:\.0+)?$/)?.[1];
  return digits === undefined ? value : Number(digits.replaceAll("_", ""));
}

const workspace = z.strictObject({
  subscription_id: text("Subscription ID of the workspace"),
  resource_group: text("Resource group of the workspace"),
  name: text("Name of the workspace"),
});

const FROM_DEFAULT = { otherwise: "from `__default__`" };

const cluster = z.strictObject({
  cluster_name: optionalText("Name of a compute cluster, or serverless", FROM_DEFAULT),
  instance_type: optionalText("Instance type of an attached Kubernetes compute", FROM_DEFAULT),
});

const execution = z.strictObject({
  environment: optionalText(
    "Azure ML environment (name@latest, name:version, or its ARM or registry ID), or a Docker image",
  ),
  code_directory: optionalText("Folder to upload, relative to the project; if omitted, nothing is uploaded"),
  working_directory: optionalText("Folder in the image that contains the code, if none is uploaded"),
});

const times = {
  start_time: optionalText(
    "When the schedule starts, such as 2026-01-31T06:00:00; if omitted, it also runs when it is created",
  ),
  end_time: optionalText("When the schedule ends"),
  time_zone: z.string().default("UTC").meta({
    description: "Time zone by Windows or IANA name, such as W. Europe Standard Time or Europe/Berlin",
  }),
};

const cron = z.strictObject({
  expression: text(
    "Five fields: minute, hour, day of month, month, day of week; Azure ML ignores the third and fourth",
  ),
  ...times,
});

const recurrence = z.strictObject({
  frequency: text("Unit of the interval: minute, hour, day, week or month"),
  interval: wholeNumber.meta({
    description: "Number of minutes, hours, days, weeks or months between two runs",
  }),
  schedule: z.strictObject({
    hours: optionalNumbers("Hours of the day, 0 to 23"),
    minutes: optionalNumbers("Minutes of the hour, 0 to 59"),
    week_days: optionalTexts("Days of the week, such as monday"),
  }).nullable().default(null).meta({ description: "Times within a day, week or month" }),
  ...times,
});

const schedule = z.strictObject({
  cron: cron.nullable().default(null).meta({
    description: "Schedule by cron expression; use this or recurrence",
  }),
  recurrence: recurrence.nullable().default(null).meta({
    description: "Schedule by interval; use this or cron",
  }),
})
  .superRefine((value, context) => {
    if (value.cron && value.recurrence) {
      addProblem(context, [], '"cron" and "recurrence" are mutually exclusive');
    }
    if (!value.cron && !value.recurrence) {
      addProblem(context, [], 'needs "cron" or "recurrence"');
    }
  });

const notification = z.strictObject({
  webhook_env: filledText("Environment variable that contains the webhook URL when a step runs"),
  token_env: filledText("Environment variable that contains a bot token when a step runs; requires channel"),
  channel: filledText("Channel that the bot posts to"),
  events: z.array(z.enum(["start", "success", "failure", "warning", "recovered"])).min(1).meta({
    description: "Any of start, success, failure, warning, recovered",
  }),
  payload: optionalText("Function that builds the message, as module.path:function_name"),
  wait_timeout: numberFrom(1).default(1800).meta({
    description: "Seconds that the last step waits for the others",
  }),
  warning_repeat_hours: numberFrom(1).default(24).meta({
    description: "Hours before the same warning is sent again",
  }),
  warning_repeat_tolerance_minutes: numberFrom(0).default(15).meta({
    description: "Minutes by which warning_repeat_hours may be shortened",
  }),
}).superRefine((value, context) => {
  if ((value.token_env === null) !== (value.channel === null)) {
    const [has, lacks] = value.channel === null ? ["token_env", "channel"] : ["channel", "token_env"];
    addProblem(context, [has!], `"${has}" requires "${lacks}"`);
  } else if (value.webhook_env === null && value.token_env === null) {
    addProblem(context, [], 'needs "webhook_env", or "token_env" with "channel"');
  }
  if (value.payload !== null && !/^[^:]+:[\s\S]+$/.test(value.payload)) {
    addProblem(
      context,
      ["payload"],
      `found ${describe(value.payload)}; expected "module.path:function_name"`,
    );
  }
});

export const jobSchema = z.strictObject({
  pipeline: z.strictObject({
    pipeline_name: z.string().default("__default__").meta({ description: "Name of a registered pipeline" }),
    from_nodes: optionalTexts("Only these nodes and the nodes after them"),
    to_nodes: optionalTexts("Only these nodes and the nodes before them"),
    node_names: optionalTexts("Only these nodes"),
    from_inputs: optionalTexts("Only nodes downstream of these datasets"),
    to_outputs: optionalTexts("Only nodes upstream of these datasets"),
    node_namespaces: optionalTexts("Only nodes in these namespaces"),
    tags: optionalTexts("Only nodes with one of these tags"),
  }).meta({ description: "Pipeline or nodes to run" }),
  workspace: optionalText("A key of workspace", { otherwise: "`__default__`" }),
  experiment_name: optionalText("Experiment that groups the runs", {
    otherwise: "from mlflow.yml, else the folder name",
  }),
  display_name: optionalText("Name that Azure ML studio shows", { otherwise: "pipeline name" }),
  compute: optionalText("A key of compute, or a cluster name, for steps without a matching tag", {
    otherwise: "`__default__`",
  }),
  schedule: z.union([schedule, z.string(), z.array(z.union([schedule, z.string()]))]).nullable().default(null)
    .meta({ description: "A key of schedules, a schedule, or a list of them" }),
  params: z.record(z.string(), z.unknown()).nullable().default(null).meta({
    description: "Runtime parameters",
  }),
  limits: z.strictObject({
    timeout: numberFrom(1).meta({ description: "Maximum duration of a step, in seconds" }),
  }).nullable().default(null).meta({ description: "Limits for each step" }),
  description: optionalText("Description of the job"),
  notifications: optionalText("A key of notifications"),
});

/** The schema of `azureml.yml`, as the plugin 0.1.0 defines it, with the description of each key. */
export const azuremlSchema = z.strictObject({
  workspace: z.record(z.string(), workspace).superRefine(needsDefault).meta({
    description: "Azure ML workspaces by name; `__default__` is required",
  }),
  compute: z.record(z.string(), cluster).superRefine((value, context) => {
    needsDefault(value, context);
    if (value.__default__?.cluster_name === null) {
      addProblem(context, ["__default__"], NEEDS_CLUSTER);
    }
  }).meta({ description: "Computes by name or node tag; `__default__` is required", entry: "<name or tag>" }),
  execution: execution.prefault({}).meta({ description: "Environment and code that steps run with" }),
  schedules: z.record(z.string(), schedule).default({}).meta({
    description: "Named schedules that jobs can refer to",
  }),
  notifications: z.record(z.string(), notification).default({}).meta({
    description: "Named notifications that jobs can refer to",
  }),
  jobs: z.record(z.string(), jobSchema).default({}).meta({
    description: "Jobs by name; a name with a {placeholder} creates one job for each matching namespace",
  }),
});

/** What is said of workspaces or computes without a default. */
const NEEDS_CLUSTER = 'needs "cluster_name", the default for the other entries';
export const NEEDS_DEFAULT = 'needs an entry "__default__"';

function needsDefault(value: object, context: z.RefinementCtx): void {
  if (!("__default__" in value)) addProblem(context, [], NEEDS_DEFAULT);
}

function addProblem(context: z.RefinementCtx, path: readonly string[], message: string): void {
  context.addIssue({ code: "custom", path: [...path], message });
}

export function describe(value: unknown): string {
  if (value === null) return "nothing (null)";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  if (typeof value === "boolean") return `the boolean ${value}`;
  return typeof value === "number" ? `the number ${value}` : JSON.stringify(shortened(String(value)));
}

function shortened(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}

/** The checked contents of `azureml.yml`, with all defaults; keys keep the file's spelling. */
export type AzureMLConfig = Frozen<z.output<typeof azuremlSchema>>;

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
