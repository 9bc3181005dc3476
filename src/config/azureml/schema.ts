import * as z from "zod";

const text = z.string();
const optionalText = text.nullable().default(null);
const filledText = text.min(1).nullable().default(null);
const optionalTexts = z.array(text).nullable().default(null);

/** An integer as pydantic accepts it: also as text, as `2.0`, and `true` as 1. */
const wholeNumber = z.preprocess(toWholeNumber, z.int());

function toWholeNumber(value: unknown): unknown {
  if (typeof value === "boolean") return Number(value);
  if (typeof value !== "string") return value;
  const digits = value.trim().match(/^([-+]?\d+(?:_\d+)*)(?:\.0+)?$/)?.[1];
  return digits === undefined ? value : Number(digits.replaceAll("_", ""));
}

const workspace = z.strictObject({ subscription_id: text, resource_group: text, name: text });

const cluster = z.strictObject({ cluster_name: optionalText, instance_type: optionalText });

const execution = z.strictObject({
  environment: optionalText,
  code_directory: optionalText,
  working_directory: optionalText,
});

const cron = z.strictObject({
  expression: text,
  start_time: optionalText,
  end_time: optionalText,
  time_zone: text.default("UTC"),
});

const recurrence = z.strictObject({
  frequency: text,
  interval: wholeNumber,
  schedule: z.strictObject({
    hours: z.array(wholeNumber).nullable().default(null),
    minutes: z.array(wholeNumber).nullable().default(null),
    week_days: optionalTexts,
  }).nullable().default(null),
  start_time: optionalText,
  end_time: optionalText,
  time_zone: text.default("UTC"),
});

const schedule = z.strictObject({
  cron: cron.nullable().default(null),
  recurrence: recurrence.nullable().default(null),
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
  webhook_env: filledText,
  token_env: filledText,
  channel: filledText,
  events: z.array(z.enum(["start", "success", "failure", "warning", "recovered"])).min(1),
  payload: optionalText,
  wait_timeout: wholeNumber.pipe(z.int().min(1)).default(1800),
  warning_repeat_hours: wholeNumber.pipe(z.int().min(1)).default(24),
  warning_repeat_tolerance_minutes: wholeNumber.pipe(z.int().min(0)).default(15),
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

const job = z.strictObject({
  pipeline: z.strictObject({
    pipeline_name: text.default("__default__"),
    from_nodes: optionalTexts,
    to_nodes: optionalTexts,
    node_names: optionalTexts,
    from_inputs: optionalTexts,
    to_outputs: optionalTexts,
    node_namespaces: optionalTexts,
    tags: optionalTexts,
  }),
  workspace: optionalText,
  experiment_name: optionalText,
  display_name: optionalText,
  compute: optionalText,
  schedule: z.union([schedule, text, z.array(z.union([schedule, text]))]).nullable().default(null),
  params: z.record(text, z.unknown()).nullable().default(null),
  limits: z.strictObject({ timeout: wholeNumber.pipe(z.int().min(1)) }).nullable().default(null),
  description: optionalText,
  notifications: optionalText,
});

/** The schema of `azureml.yml`, as the plugin 0.1.0 defines it. */
export const azuremlSchema = z.strictObject({
  workspace: z.record(text, workspace).superRefine(needsDefault),
  compute: z.record(text, cluster).superRefine((value, context) => {
    needsDefault(value, context);
    if (value.__default__?.cluster_name === null) {
      addProblem(context, ["__default__"], 'needs "cluster_name", the default for the other entries');
    }
  }),
  execution: execution.prefault({}),
  schedules: z.record(text, schedule).default({}),
  notifications: z.record(text, notification).default({}),
  jobs: z.record(text, job).default({}),
});

function needsDefault(value: object, context: z.RefinementCtx): void {
  if (!("__default__" in value)) addProblem(context, [], 'needs an entry "__default__"');
}

function addProblem(context: z.RefinementCtx, path: readonly string[], message: string): void {
  context.addIssue({ code: "custom", path: [...path], message });
}

/** One violation of the schema. */
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
  return result.success ? result.data : result.error.issues.flatMap((issue) => toIssues(issue, []));
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
        issues.every((one) => one.path.length > 0 || one.code !== "invalid_type")
      );
      if (branch !== undefined) return branch.flatMap((one) => toIssues(one, path));
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
          : `found ${describe(issue.input)}; expected ${NAMES[issue.expected] ?? issue.expected}`,
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

function describe(value: unknown): string {
  if (value === null) return "nothing (null)";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  if (typeof value === "boolean") return `the boolean ${value}`;
  return typeof value === "number" ? `the number ${value}` : JSON.stringify(shortened(String(value)));
}

function shortened(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}

/** The keys that the schema allows at a path. */
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
