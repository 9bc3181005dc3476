/** Names and ids in Azure ML, what it accepts, and how much of it; stated once, for client and emulator. */

/** The name of anonymous assets, such as the components of steps, which no list shows. */
export const ANONYMOUS = "azureml_anonymous";

const VERSIONED = /\/(?:environments|codes|data|components)\/([^/]+)\/(?:versions|labels)\/([^/]+)$/;

/** Shortens an id: `kedro-env:12` for a version, else the last part of an ARM id; other text is unchanged. */
export function shortId(id: string): string {
  const [, name, version] = VERSIONED.exec(id) ?? [];
  if (name !== undefined) return `${name}:${version}`;
  return /^(azureml:)?\/subscriptions\//i.test(id) ? id.split("/").at(-1)! : id;
}

/** Whether a text is a GUID, such as the id of a tenant or subscription. */
export function isGuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

/** Names of jobs and of schedules, by the specification of Azure ML's API. */
export const JOB_NAME = /^[a-zA-Z0-9][\w-]{0,254}$/;
export const JOB_NAME_RULE = 'at most 255 letters, digits, "-" and "_", starting with a letter or digit';

/** Names of data assets; the specification has no periods, but Azure ML accepts them in names of environments. */
export const DATA_ASSET_NAME = /^[a-zA-Z0-9][\w.-]{0,254}$/;
export const DATA_ASSET_NAME_HINT =
  "Use up to 255 letters A to Z, digits, hyphens, underscores and periods, with a letter or digit first";

/**
 * Names of computes, by what Azure ML answers about others, such as in https://github.com/MicrosoftDocs/azure-docs,
 * issue 28600. It also limits their length, depending on the kind: instances to 24, clusters formerly to 16 characters.
 */
export const COMPUTE_NAME = /^[A-Za-z][A-Za-z0-9-]*$/;
export const COMPUTE_NAME_RULE = 'Azure ML allows letters, digits and "-", and the first must be a letter';

/** Names of experiments, by what Azure ML answers about others. */
export const EXPERIMENT_NAME_CHARACTERS = 256;
export const EXPERIMENT_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,255}$/;
export const EXPERIMENT_NAME_RULE =
  'Azure ML allows at most 256 letters, digits, "_" and "-", and the first must be a letter or a digit';

/** Names of data assets that a step can write. */
export const WRITTEN_ASSET_NAME = /^[A-Za-z0-9_-]{1,255}$/;
export const WRITTEN_ASSET_NAME_RULE = 'Azure ML allows at most 255 letters, digits, "-" and "_"';

/** Keys of steps that azure-ai-ml 1.35 accepts; the service itself is not as strict, see {@linkcode NODE_NAME}. */
export const STEP_KEY = /^[a-z_][a-z0-9_]{0,254}$/;
export const STEP_KEY_RULE =
  "Step names may contain only the letters a to z, digits and underscores, at most 255 characters";

/** Names of steps, inputs and outputs that the service accepts. */
export const NODE_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,254}$/;

export const GROUP_NAME = /^[\p{L}\p{N}._()-]{0,89}[\p{L}\p{N}_()-]$/u;
export const GROUP_NAME_RULE = "Azure allows up to 90 letters, digits, ., _, -, ( and ), and no . at the end";
export const WORKSPACE_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,32}$/;
export const WORKSPACE_NAME_RULE = "Azure ML allows up to 33 letters, digits, _ and -";

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

/** What Microsoft documents for the code of a job, which is uploaded as a snapshot. */
export const CODE_LIMITS = { bytes: 300_000_000, files: 2000 } as const;

/** Azure Resource Manager's limit for the body of a request. */
export const REQUEST_BYTES = 4 * 1024 * 1024;

/** Linux's limit for a single argument; a step's command is passed to a shell as one. */
export const ARGUMENT_BYTES = 128 * 1024;

/** How much of it a step's command may take: Azure ML substitutes paths for inputs and outputs. */
export const COMMAND_BYTES = 100_000;

/**
 * How many more requests Azure allows each second, by what Microsoft documents for Resource Manager since 2024: the
 * headers of answers tell only how many are left.
 */
export const REQUESTS_PER_SECOND = { reads: 25, writes: 10, deletes: 10 } as const;
