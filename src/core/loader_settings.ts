/**
 * How a project's settings.py arranges its configuration: read by the Kedro reader, used by the configuration loader, and
 * part of the snapshot's JSON (hence Kedro's snake_case).
 */
export interface LoaderSettings {
  /** `CONF_SOURCE`, relative to the project. */
  readonly conf_source: string;
  /** `module:class` of the configuration loader. */
  readonly config_loader_class: string;
  /** `null` when the loader has none: files are then in the configuration folder itself. */
  readonly base_env: string | null;
  readonly default_run_env: string | null;
  readonly config_patterns: Readonly<Record<string, readonly string[]>>;
  readonly merge_strategy: Readonly<Record<string, "destructive" | "soft">>;
  /** Names of the resolvers that settings.py registers. */
  readonly custom_resolvers: readonly string[];
}
