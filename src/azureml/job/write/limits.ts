/**
 * Limits of Azure ML for the texts of a job, from its page on service limits. Azure only rejects longer texts in the
 * last request, after the upload.
 */
export const JOB_LIMITS = {
  displayNameCharacters: 256,
  descriptionCharacters: 5000,
  /** Length of a tag's or a property's value. */
  valueCharacters: 1000,
  /** Number of a job's tags, and of its properties. */
  entries: 50,
} as const;

/** Reduces tags or properties to Azure ML's limits: drops surplus entries and truncates long values. */
export function withinLimits(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).slice(0, JOB_LIMITS.entries)
      .map(([name, value]) => [name, value.slice(0, JOB_LIMITS.valueCharacters)]),
  );
}

/** Letters, digits, `_` and `-`, starting with a letter or digit; at most 256. */
const EXPERIMENT_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,255}$/;

/** Whether Azure ML accepts a name for an experiment. */
export function isExperimentName(name: string): boolean {
  return EXPERIMENT_NAME.test(name);
}

/**
 * The experiment for jobs that name none, derived from the project's folder as in azure-ai-ml 1.35
 * (`generate_defaults()`): without the folder's extension and without spaces, or `Default`. Characters that Azure ML
 * would then reject, such as dots, become `-`.
 *
 * @param folder Name of the folder; a result of this function is returned unchanged.
 */
export function folderExperiment(folder: string): string {
  const stem = folder.replace(/(?<=.)\.[^.]+$/, "").replaceAll(" ", "");
  const clean = stem.replace(/[^A-Za-z0-9_-]+/g, "-").replace(/^[_-]+/, "").replace(/(?<!-)-+$/, "").slice(
    0,
    256,
  );
  return clean || "Default";
}
