/**
 * What Azure ML takes of a job's texts: its page on service limits. Longer ones are refused with the last request, after
 * the upload.
 */
export const JOB_LIMITS = {
  displayNameCharacters: 256,
  descriptionCharacters: 5000,
  /** Of a tag and of a property. */
  valueCharacters: 1000,
  /** Tags of a job, and properties of it. */
  entries: 50,
} as const;

/** As many tags or properties as Azure ML takes, the first of them, with their values cut to what it takes. */
export function withinLimits(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).slice(0, JOB_LIMITS.entries)
      .map(([name, value]) => [name, value.slice(0, JOB_LIMITS.valueCharacters)]),
  );
}

/** Letters, digits, `_` and `-`, of which the first is a letter or a digit; at most 256. */
const EXPERIMENT_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,255}$/;

/** Whether Azure ML takes a name for an experiment. */
export function isExperimentName(name: string): boolean {
  return EXPERIMENT_NAME.test(name);
}

/**
 * The experiment of jobs that name none, after the folder of the project: as azure-ai-ml 1.35 makes it
 * (`generate_defaults()`), without the folder's last ending and without spaces, or `Default`. What Azure ML would
 * refuse then, such as a dot, becomes `-`.
 *
 * @param folder Name of the folder; a name that this function gave stays as it is.
 */
export function folderExperiment(folder: string): string {
  const stem = folder.replace(/(?<=.)\.[^.]+$/, "").replaceAll(" ", "");
  const clean = stem.replace(/[^A-Za-z0-9_-]+/g, "-").replace(/^[_-]+|-+$/g, "").slice(0, 256);
  return clean || "Default";
}
