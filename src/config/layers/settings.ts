/** What the project's settings.py says about configuration. */
export interface LoaderSettings {
  /** `CONF_SOURCE`, relative to the project. */
  readonly conf_source: string;
  /** `module:class` of the configuration loader. */
  readonly config_loader_class: string;
  /** `null` when the loader has none: files are then in the folder of configuration itself. */
  readonly base_env: string | null;
  readonly default_run_env: string | null;
  readonly config_patterns: Readonly<Record<string, readonly string[]>>;
  readonly merge_strategy: Readonly<Record<string, "destructive" | "soft">>;
  /** Names of the resolvers that settings.py registers. */
  readonly custom_resolvers: readonly string[];
}

/** What Kedro does for a project whose settings.py says nothing. */
export const DEFAULT_LOADER_SETTINGS: LoaderSettings = {
  conf_source: "conf",
  config_loader_class: "kedro.config.omegaconf_config:OmegaConfigLoader",
  base_env: "base",
  default_run_env: "local",
  config_patterns: {},
  merge_strategy: {},
  custom_resolvers: [],
};

const PATTERNS: Readonly<Record<string, readonly string[]>> = {
  catalog: ["catalog*", "catalog*/**", "**/catalog*"],
  parameters: ["parameters*", "parameters*/**", "**/parameters*"],
  credentials: ["credentials*", "credentials*/**", "**/credentials*"],
  globals: ["globals.yml"],
  azureml: ["azureml*", "azureml*/**", "**/azureml*"],
};

/** The kinds of configuration that every project has. */
export const PATTERN_KINDS: readonly string[] = Object.keys(PATTERNS);

/** Which files hold a kind of configuration; `undefined` for a kind that nobody registered. */
export function patternsOf(kind: string, settings: LoaderSettings): readonly string[] | undefined {
  return settings.config_patterns[kind] ?? PATTERNS[kind];
}

/**
 * Says whether a project's settings.py could change how configuration is loaded.
 *
 * When it could not, {@linkcode DEFAULT_LOADER_SETTINGS} hold and Python need not be asked.
 */
export function settingsMatter(text: string): boolean {
  const code = text
    .replace(/("""|''')[\s\S]*?\1/g, "")
    .replace(/("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|#.*/g, (_, quoted) => quoted ?? "")
    .replace(/^CONFIG_LOADER_ARGS\s*=\s*\{([^{}]*)\}\s*$/m, (all, entries) => isDefault(entries) ? "" : all)
    .replace(/^CONFIG_LOADER_CLASS\s*=\s*OmegaConfigLoader\s*$/m, "")
    .replace(/^CONF_SOURCE\s*=\s*(["'])conf\1\s*$/m, "")
    .replace(/^from kedro\.config import OmegaConfigLoader\s*$/m, "");
  return /CONF|HOOKS|PLUGINS|\*|\b(?:exec|eval|setattr|globals|locals|vars|omegaconf|OmegaConf|settings)\b/
    .test(code);
}

function isDefault(entries: string): boolean {
  const parts = entries.split(",").map((part) => part.trim().replaceAll("'", '"')).filter((part) =>
    part !== ""
  );
  return parts.every((part) => /^"base_env"\s*:\s*"base"$|^"default_run_env"\s*:\s*"local"$/.test(part)) &&
    parts.length === 2;
}
