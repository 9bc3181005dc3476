/**
 * The configuration loader's settings from a project's settings.py. The Kedro reader reads them and the configuration
 * loader uses them; they are part of the snapshot's JSON, hence Kedro's snake_case.
 */
export interface LoaderSettings {
  /** `CONF_SOURCE`, relative to the project. */
  readonly conf_source: string;
  /** `module:class` of the configuration loader. */
  readonly config_loader_class: string;
  /** `null` if the loader has no base environment: files are then directly in the configuration folder. */
  readonly base_env: string | null;
  readonly default_run_env: string | null;
  readonly config_patterns: Readonly<Record<string, readonly string[]>>;
  readonly merge_strategy: Readonly<Record<string, "destructive" | "soft">>;
  /** Names of the resolvers that settings.py registers. */
  readonly custom_resolvers: readonly string[];
}

/** Whether an input of a node is a parameter, or all of them, rather than a dataset. */
export function isParameter(name: string): boolean {
  return name === "parameters" || name.startsWith("params:");
}
