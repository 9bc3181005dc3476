import { WINDOWS_TO_IANA_MAP } from "windows-iana";
import * as z from "zod";
import { FREQUENCIES } from "../../core/azure_limits.ts";
import { isFields } from "../../core/json.ts";

/** An object with any keys: a record of zod would drop `__proto__`. */
function record<T extends z.ZodType>(value: T) {
  return z.preprocess(
    (given) => isFields(given) ? new Map(Object.entries(given)) : given,
    z.map(z.string(), value),
  ).transform((given): Readonly<Record<string, z.output<T>>> => Object.fromEntries(given));
}

const text = z.string();
const texts = record(z.string());
const maybe = <T extends z.ZodType>(type: T) => type.nullish();

const resources = z.strictObject({
  instance_count: maybe(z.union([z.int().positive(), z.string().regex(/^[1-9]\d*$/)])),
  instance_type: maybe(text),
  shm_size: maybe(text),
  docker_args: maybe(text),
  properties: maybe(record(z.unknown())),
});

const processes = {
  process_count_per_instance: maybe(z.int().positive()),
  parameter_server_count: maybe(z.int().nonnegative()),
  worker_count: maybe(z.int().nonnegative()),
};

const PORT_TYPES = [
  "uri_file",
  "uri_folder",
  "mltable",
  "mlflow_model",
  "custom_model",
  "triton_model",
] as const;

const componentShape = z.strictObject({
  $schema: maybe(text),
  _source: maybe(text),
  name: maybe(text),
  id: maybe(text),
  version: maybe(text),
  display_name: maybe(text),
  description: maybe(text),
  tags: maybe(texts),
  properties: maybe(record(z.unknown())),
  type: z.literal("command"),
  command: text.min(1),
  code: maybe(text),
  environment: text,
  is_deterministic: maybe(z.union([z.boolean(), z.enum(["True", "False"])])),
  inputs: maybe(record(z.strictObject({
    type: z.enum([...PORT_TYPES, "string", "integer", "number", "boolean"]),
    description: maybe(text),
    mode: maybe(text),
    optional: maybe(z.union([z.boolean(), text])),
    default: maybe(z.union([text, z.number(), z.boolean()])),
    enum: maybe(z.array(text)),
    min: maybe(z.union([text, z.number()])),
    max: maybe(z.union([text, z.number()])),
  }))),
  outputs: maybe(
    record(
      z.strictObject({ type: z.enum([...PORT_TYPES, "path"]), description: maybe(text), mode: maybe(text) }),
    ),
  ),
  resources: maybe(resources),
  distribution: maybe(z.strictObject({ type: z.enum(["pytorch", "tensorflow", "mpi"]), ...processes })),
  limits: maybe(z.strictObject({ timeout: maybe(z.union([z.number(), text])) })),
});

const nodeInput = z.union([
  z.strictObject({
    job_input_type: z.literal("literal"),
    value: z.union([text, z.number(), z.boolean()]),
    mode: maybe(text),
  }),
  z.strictObject({
    job_input_type: z.enum(PORT_TYPES),
    uri: text,
    mode: maybe(text),
    description: maybe(text),
  }),
]);

const nodeOutput = z.union([
  z.strictObject({ type: z.literal("literal"), value: text, mode: maybe(text) }),
  z.strictObject({
    job_output_type: z.enum(PORT_TYPES),
    name: maybe(text),
    version: maybe(text),
    mode: maybe(text),
    uri: maybe(text),
  }),
]);

/**
 * A step. Azure ML keeps what it does not know of one, as the tests of azure-ai-ml with it show; it would ignore these
 * properties of other kinds of jobs, so they are refused here.
 */
const jobNode = z.looseObject({
  command: z.never().optional(),
  environmentVariables: z.never().optional(),
  _source: maybe(text),
  name: text,
  display_name: maybe(text),
  description: maybe(text),
  tags: maybe(texts),
  type: z.literal("command"),
  componentId: text,
  computeId: maybe(text),
  inputs: maybe(record(nodeInput)),
  outputs: maybe(record(nodeOutput)),
  environment_variables: maybe(texts),
  limits: maybe(
    z.strictObject({ timeout: text.regex(/^P(?=.)|^\$\{\{/), job_limits_type: z.literal("Command") }),
  ),
  resources: maybe(resources),
  queue_settings: maybe(record(z.unknown())),
  identity: maybe(record(z.unknown())),
  distribution: maybe(
    z.strictObject({ distribution_type: z.enum(["PyTorch", "TensorFlow", "Mpi"]), ...processes }),
  ),
  properties: maybe(texts),
});

const pipelineJob = z.strictObject({
  jobType: z.literal("Pipeline"),
  displayName: maybe(text),
  description: maybe(text),
  experimentName: maybe(text),
  computeId: maybe(text),
  componentId: maybe(text),
  sourceJobId: maybe(text),
  identity: maybe(record(z.unknown())),
  notificationSetting: maybe(record(z.unknown())),
  secretsConfiguration: maybe(record(z.unknown())),
  isArchived: maybe(z.boolean()),
  tags: maybe(texts),
  properties: maybe(texts),
  services: maybe(record(z.unknown())),
  settings: maybe(record(z.unknown())),
  inputs: maybe(record(z.strictObject({
    jobInputType: text,
    value: maybe(text),
    uri: maybe(text),
    mode: maybe(text),
    pathOnCompute: maybe(text),
    description: maybe(text),
  }))),
  outputs: maybe(record(z.strictObject({
    jobOutputType: z.enum(PORT_TYPES),
    assetName: maybe(text),
    assetVersion: maybe(text),
    uri: maybe(text),
    mode: maybe(text),
    pathOnCompute: maybe(text),
    autoDeleteSetting: maybe(record(z.unknown())),
    description: maybe(text),
  }))),
  /** None in a schedule that repeats an earlier job. */
  jobs: record(jobNode).default({}),
});

/** A job that is one command, not a pipeline. The emulator runs nothing of it. */
const commandJob = z.looseObject({
  jobType: z.literal("Command"),
  command: text.min(1),
  environmentId: text,
  displayName: maybe(text),
  description: maybe(text),
  experimentName: maybe(text),
  computeId: maybe(text),
  codeId: maybe(text),
  isArchived: maybe(z.boolean()),
  tags: maybe(texts),
  properties: maybe(record(maybe(text))),
  inputs: maybe(record(record(z.unknown()))),
  outputs: maybe(record(record(z.unknown()))),
  resources: maybe(record(z.unknown())),
  queueSettings: maybe(record(z.unknown())),
});

const anyJob = z.discriminatedUnion("jobType", [pipelineJob, commandJob]);

export type PipelineJob = z.infer<typeof pipelineJob>;

export type CommandJob = z.infer<typeof commandJob>;

export type AnyJob = z.infer<typeof anyJob>;

export type JobNode = z.infer<typeof jobNode>;

export type ComponentSpec = z.infer<typeof componentShape>;

const asset = {
  description: maybe(text),
  isAnonymous: maybe(z.boolean()),
  isArchived: maybe(z.boolean()),
  properties: maybe(texts),
  tags: maybe(texts),
};

const WINDOWS_ZONES: ReadonlySet<string> = new Set(WINDOWS_TO_IANA_MAP.map(({ windowsName }) => windowsName));

/** A time zone by its Windows name, as the API specification requires. */
const timeZone = z.string().refine((name) => WINDOWS_ZONES.has(name), {
  error: ({ input }) => `'${input}' is not the name of a Windows time zone`,
});

/** A start or end time in ISO 8601 without an offset, as the API specification requires. */
const timeInZone = z.string().refine(
  (text) => /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(text),
  { error: ({ input }) => `'${input}' is not an ISO 8601 time without a UTC offset` },
);

const window = { startTime: maybe(timeInZone), endTime: maybe(timeInZone), timeZone: maybe(timeZone) };

export const shapes = {
  pendingUpload: z.strictObject({
    pendingUploadType: z.enum(["TemporaryBlobReference", "None"]),
    pendingUploadId: maybe(text),
  }),
  codeVersion: z.strictObject({
    properties: z.strictObject({
      ...asset,
      codeUri: text,
      properties: maybe(record(z.union([text, z.number()]))),
    }),
  }),
  environmentVersion: z.strictObject({
    properties: z.strictObject({
      ...asset,
      image: maybe(text),
      condaFile: maybe(text),
      build: maybe(z.strictObject({ contextUri: text, dockerfilePath: maybe(text) })),
      osType: maybe(z.string().regex(/^(linux|windows)$/i)),
      autoRebuild: maybe(text),
      inferenceConfig: maybe(record(z.unknown())),
      stage: maybe(text),
    }),
  }),
  dataVersion: z.strictObject({
    properties: z.strictObject({
      ...asset,
      dataType: z.enum(["uri_file", "uri_folder", "mltable"]),
      dataUri: text,
      autoDeleteSetting: maybe(record(z.unknown())),
      stage: maybe(text),
      referencedUris: maybe(z.array(text)),
    }),
  }),
  datastore: z.strictObject({
    properties: z.strictObject({
      description: maybe(text),
      tags: maybe(texts),
      properties: maybe(texts),
      credentials: maybe(z.strictObject({
        credentialsType: text,
        secrets: maybe(record(z.unknown())),
      })),
      datastoreType: z.enum(["AzureBlob", "AzureFile", "AzureDataLakeGen1", "AzureDataLakeGen2"]),
      accountName: text,
      containerName: maybe(text),
      fileShareName: maybe(text),
      filesystem: maybe(text),
      endpoint: maybe(text),
      protocol: maybe(text),
      serviceDataAccessAuthIdentity: maybe(text),
    }),
  }),
  component: z.strictObject({ properties: z.strictObject({ ...asset, componentSpec: componentShape }) }),
  job: z.strictObject({ properties: anyJob }),
  schedule: z.strictObject({
    properties: z.strictObject({
      displayName: maybe(text),
      description: maybe(text),
      isEnabled: maybe(z.boolean()),
      properties: maybe(texts),
      tags: maybe(texts),
      action: z.strictObject({ actionType: z.literal("CreateJob"), jobDefinition: anyJob }),
      trigger: z.union([
        z.strictObject({ triggerType: z.literal("Cron"), expression: text, ...window }),
        z.strictObject({
          triggerType: z.literal("Recurrence"),
          frequency: z.string().regex(new RegExp(`^(${FREQUENCIES.join("|")})$`, "i")),
          interval: z.int().positive(),
          schedule: z.strictObject({
            hours: z.array(z.int()),
            minutes: z.array(z.int()),
            weekDays: maybe(z.array(text)),
            monthDays: maybe(z.array(z.int())),
          }),
          ...window,
        }),
      ]),
    }),
  }),
};

export type ScheduleBody = z.infer<typeof shapes.schedule>;

/** The request body of a compute, as far as the emulator reads it. */
export const compute = z.looseObject({
  identity: z.looseObject({ type: z.string() }).nullish(),
  location: z.string().nullish(),
  tags: record(z.string()).nullish(),
  properties: z.looseObject({
    computeType: z.string(),
    description: z.string().nullish(),
    disableLocalAuth: z.boolean().nullish(),
    properties: record(z.unknown()).nullish(),
  }),
});
