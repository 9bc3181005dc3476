import { WINDOWS_TO_IANA_MAP } from "windows-iana";
import * as z from "zod";
import { anyJob, componentShape, record } from "./job_shapes.ts";

const text = z.string();
const texts = record(z.string());
const maybe = <T extends z.ZodType>(type: T) => type.nullish();
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

/** Schemas of request bodies. */
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
          frequency: z.string().regex(/^(minute|hour|day|week|month)$/i),
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

/** The request body of a schedule. */
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
