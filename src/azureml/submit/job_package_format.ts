import * as z from "zod";
import { UserError } from "../../core/errors.ts";
import type { JobSpec } from "../job/job_spec.ts";
import type { NamedSchedule } from "../schedules/schedules.ts";

/** The error for a file that is not a package or, if `cause` is given, for a damaged one. */
export function notAPackage(path: string, what: string, cause?: unknown): UserError {
  const hint = cause === undefined
    ? "Use a file made by `kedro-azureml pack`"
    : "Copy it again, or use another file made by `kedro-azureml pack`";
  // package.not_one: The file is not a package. Use one made by `kedro-azureml pack`.
  return refused(path, { code: "package.not_one", what, hint, cause });
}

export function wrongVersion(path: string, version: number): UserError {
  return refused(path, {
    // package.version: Another version made the package. Pack and submit with the same version.
    code: "package.version",
    what: `has format version ${version}, but this program reads version ${PACKAGE_FORMAT.version}`,
    hint: "Pack and submit with the same version of kedro-azureml",
  });
}

export function damagedPackage(path: string, what: string, cause?: unknown): UserError {
  // package.damaged: The package was changed or cut off. Copy or pack it again.
  return refused(path, { code: "package.damaged", what, hint: "Copy it again, or pack it again", cause });
}

/** The error for a package that `pack` cannot have made. */
export function unsafePackage(path: string, what: string): UserError {
  return refused(path, {
    // package.unsafe: The package has content that `pack` cannot have made, or unpacks to more than 200 times its size. Do
    //   not use it.
    code: "package.unsafe",
    what,
    hint: "Do not use it. Ask its author for a new one from `kedro-azureml pack`, with its SHA-256",
  });
}

export function wrongSha256(path: string, found: string): UserError {
  return refused(path, {
    // package.sha256: The package is not the one with the given SHA-256. Copy it again, and check the sum.
    code: "package.sha256",
    what: `has SHA-256 ${found}, which is not the expected one`,
    hint: "Copy the package again, and check the SHA-256 that `pack` printed",
  });
}

function refused(
  path: string,
  { code, what, hint, cause }: { code: string; what: string; hint: string; cause?: unknown },
): UserError {
  return new UserError(`Package "${path}" ${what}`, { code, hint, cause });
}

/**
 * A package: compiled jobs and their code in one file, for a machine that has neither the project nor Kedro.
 *
 * Version 2 is a ZIP archive with exactly these files, in this order. Its bytes depend only on the jobs and the code.
 *
 * - `manifest.json`: {@linkcode Manifest}, with the jobs;
 * - `code/<n>/<name>`: the files of each of the manifest's `code`, counted from 0.
 *
 * The archive's comment, its last 64 bytes, is the SHA-256 of all bytes before it, so that every change is detected.
 *
 * References that only Azure can resolve, such as `env@latest`, computes and data assets, are resolved when the
 * package is submitted. A package contains no secrets: no credentials, no tokens, no variable whose name suggests a
 * secret. Absent fields of a job are `null`.
 *
 * A reader rejects packages of another version, and packages that contain anything else.
 */
export const PACKAGE_FORMAT = { format: "kedro-azureml package", version: 2 } as const;

/** The header of a package, which readers of any version can parse. */
export const anyPackage = z.object({ format: z.literal(PACKAGE_FORMAT.format), version: z.number() });

const text = z.string();
const maybe = <T extends z.ZodType>(type: T) =>
  type.nullable().transform((value) => (value ?? undefined) as z.output<T> | undefined);
const step = z.strictObject({
  key: text,
  node: text,
  nodes: z.array(z.strictObject({ name: text, inputs: z.array(text), outputs: z.array(text) })).optional(),
  name: text,
  displayName: text,
  command: text,
  inputs: z.array(z.strictObject({
    name: text,
    dataset: text,
    type: text,
    from: z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("literal"), value: text }),
      z.strictObject({ kind: z.literal("step"), step: text, output: text }),
      z.strictObject({ kind: z.literal("asset"), path: text, type: text }),
      z.strictObject({ kind: z.literal("undeclared"), path: text, type: text }),
    ]),
  })),
  outputs: z.array(z.strictObject({
    name: text,
    dataset: text,
    type: text,
    asset: maybe(z.strictObject({ name: text, version: maybe(text) })),
    jobOutput: maybe(text),
  })),
  environmentVariables: z.record(text, text),
  compute: text,
  instanceType: maybe(text),
  isDeterministic: z.boolean(),
  timeoutSeconds: maybe(z.int()),
  distribution: maybe(z.strictObject({
    type: z.enum(["pytorch", "tensorflow", "mpi"]),
    instanceCount: z.int(),
    processCountPerInstance: maybe(z.int()),
    parameterServerCount: maybe(z.int()),
    workerCount: maybe(z.int()),
  })),
});

const jobSpec: z.ZodType<JobSpec> = z.strictObject({
  job: text,
  key: text,
  pipelineName: text,
  displayName: maybe(text),
  experimentName: maybe(text),
  description: maybe(text),
  compute: text,
  codeDirectory: maybe(text),
  environment: text,
  steps: z.array(step).min(1),
  outputs: z.array(z.strictObject({ name: text, type: text, step: text, output: text })),
});

const window = { start_time: text.nullable(), end_time: text.nullable(), time_zone: text };

const schedule: z.ZodType<NamedSchedule> = z.strictObject({
  name: text,
  job: text,
  displayName: maybe(text),
  description: maybe(text),
  trigger: z.strictObject({
    cron: z.strictObject({ expression: text, ...window }).nullable(),
    recurrence: z.strictObject({
      frequency: text,
      interval: z.int(),
      schedule: z.strictObject({
        hours: z.array(z.int()).nullable(),
        minutes: z.array(z.int()).nullable(),
        week_days: z.array(text).nullable(),
      }).nullable(),
      ...window,
    }).nullable(),
  }),
});

export interface PackagedJob {
  readonly spec: JobSpec;
  readonly schedules: readonly NamedSchedule[];
  readonly workspace: string;
}

const packagedJob: z.ZodType<PackagedJob> = z.strictObject({
  spec: jobSpec,
  schedules: z.array(schedule),
  workspace: text,
});

const manifest = z.strictObject({
  ...anyPackage.shape,
  madeBy: text,
  project: text,
  env: text,
  experiment: text,
  /** Properties of every job, such as those of git. */
  properties: z.record(text, text),
  workspaces: z.record(text, z.strictObject({ subscription_id: text, resource_group: text, name: text })),
  jobs: z.array(packagedJob).min(1),
  code: z.array(z.strictObject({
    /** The code folder as jobs name it. */
    directory: text,
    folderName: text.regex(/^[A-Za-z0-9_-]+$/),
    /** Hash of the whole code, computed as in azure-ai-ml. */
    hash: text,
    files: z.array(text.regex(/^[^\0]+$/)).min(1),
  })),
});

export type Manifest = z.output<typeof manifest>;

/** Parses a manifest; `undefined` if it is not one of this version. */
export function parseManifest(value: unknown): Manifest | undefined {
  return manifest.safeParse(value).data;
}

/** Serializes a manifest; equal ones yield equal text. */
export function manifestText(value: Manifest): string {
  return JSON.stringify(value, (_, one) => one === undefined ? null : one, 1) + "\n";
}
