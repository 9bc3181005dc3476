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
