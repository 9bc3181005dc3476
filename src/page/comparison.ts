/** Runs side by side, as `job compare` prints it for scripts: the first is what the others are compared with. */
export interface ComparedData {
  readonly runs: readonly {
    /** Name in Azure ML. */
    readonly name: string;
    /** Name in azureml.yml, if known. */
    readonly job?: string | undefined;
    readonly status: string;
    readonly experiment?: string | undefined;
    /** In ISO 8601. */
    readonly submittedAt?: string | undefined;
    readonly durationMs?: number | undefined;
    /** Git commit that it was submitted from. */
    readonly commit?: string | undefined;
    /** Set if its code has changes that are not in the commit. */
    readonly dirty?: true | undefined;
  }[];
  /** Differences between the submissions, the most commonly changed aspects first. */
  readonly changes: readonly {
    readonly aspect: string;
    readonly name?: string | undefined;
    /** The steps, by node, in which it differs in the same way; absent for the job itself. */
    readonly steps?: readonly string[];
    /** In each run; `null` in one that does not have it. */
    readonly values: readonly (string | null)[];
  }[];
  /** Files that changed between the commits; absent if that is not known. */
  readonly files?: readonly string[];
  /** Lines of configuration files that were removed or added, which begin with `-` or `+`. */
  readonly configuration?: readonly { readonly file: string; readonly lines: readonly string[] }[];
  /** Metrics that differ come first; NaN and infinities are strings. */
  readonly metrics: readonly {
    readonly step?: string;
    readonly metric: string;
    readonly values: readonly (number | string | null)[];
    /** Relative change from the first run to the last one. */
    readonly change?: number;
  }[];
  readonly steps: readonly {
    readonly node: string;
    readonly statuses: readonly (string | null)[];
    readonly durationsMs: readonly (number | null)[];
  }[];
}

/** A comparison of runs. */
export interface CompareView extends ComparedData {
  readonly kind: "compare";
}
