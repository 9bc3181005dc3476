/**
 * What Azure ML accepts and how much of it; quoted once, for client and emulator.
 * What the fields of a workspace may be is in `config/types.ts`.
 */

/** Names of jobs and of schedules, by the specification of Azure ML's API. */
export const JOB_NAME = /^[a-zA-Z0-9][\w-]{0,254}$/;
export const SCHEDULE_NAME = JOB_NAME;
export const JOB_NAME_RULE = 'at most 255 letters, digits, "-" and "_", starting with a letter or digit';

/** Names of data assets; the specification has no periods, but Azure ML accepts them in names of environments. */
export const DATA_ASSET_NAME = /^[a-zA-Z0-9][\w.-]{0,254}$/;

/** Names of computes. */
export const COMPUTE_NAME = /^[A-Za-z0-9_-]+$/;
export const COMPUTE_NAME_RULE = "Azure ML allows letters, digits and -";

/** Names of experiments, by what Azure ML answers about others. */
export const EXPERIMENT_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,255}$/;

/** Names of data assets that a step can write. */
export const OUTPUT_NAME = /^[A-Za-z0-9_-]{1,255}$/;

/** Keys of steps that azure-ai-ml 1.35 accepts; the service itself is not as strict, see {@linkcode NODE_NAME}. */
export const STEP_KEY = /^[a-z_][a-z0-9_]{0,254}$/;

/** Names of steps, inputs and outputs that the service accepts. */
export const NODE_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,254}$/;

/** How often a recurrence can start a job, and on which days; Azure ML ignores case. */
export const FREQUENCIES: readonly string[] = ["minute", "hour", "day", "week", "month"];
export const WEEK_DAYS: readonly string[] = [
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
  "sunday",
];

/** Limits for texts of a job, which Azure ML only checks in the last request, after the upload. */
export const JOB_LIMITS = {
  displayNameCharacters: 256,
  descriptionCharacters: 5000,
  /** Length of a tag's or a property's value. */
  valueCharacters: 1000,
  /** Number of a job's tags, and of its properties. */
  entries: 50,
} as const;

/** Azure Resource Manager's limit for the body of a request. */
export const REQUEST_BYTES = 4 * 1024 * 1024;

/** Linux's limit for a single argument; a step's command is passed to a shell as one. */
export const ARGUMENT_BYTES = 128 * 1024;

/**
 * How many more requests Azure allows each second, by what Microsoft documents for Resource Manager since 2024: the
 * headers of answers tell only how many are left.
 */
export const REQUESTS_PER_SECOND = { reads: 25, writes: 10, deletes: 10 } as const;
