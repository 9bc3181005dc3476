import type { LoaderSettings } from "../../core/loader_settings.ts";
import type { Warning } from "../../core/errors.ts";

export type { LoaderSettings };

/** Kedro's defaults, for a project whose settings.py sets nothing. */
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

/** The kinds of configuration that Kedro and the plugin register in every project. */
export const PATTERN_KINDS: readonly string[] = Object.keys(PATTERNS);

/** The file patterns of a kind of configuration; `undefined` for a kind that is not registered. */
export function patternsOf(kind: string, settings: LoaderSettings): readonly string[] | undefined {
  return settings.config_patterns[kind] ?? PATTERNS[kind];
}

/**
 * Whether a settings.py only contains what `kedro new` writes. Then {@linkcode DEFAULT_LOADER_SETTINGS} apply, and
 * the file need not be executed (which takes about a second).
 *
 * This does not interpret Python: apart from comments, blank lines and a docstring at the top, the file may only
 * contain the statements listed here, spelled as they are here. Any other statement makes the answer `false`.
 */
export function isDefaultSettings(text: string): boolean {
  const statements = text
    .replace(/^\ufeff/, "")
    .replace(/^\s*(?:"""[^"\\]*"""|'''[^'\\]*''')[ \t]*(?=\r?\n|$)/, "")
    .split(/\r?\n/)
    .map((line) => line.replace(/#[^]*$/, "").trimEnd())
    .filter((line) => line !== "")
    .join("\n")
    .replaceAll("'", '"');
  return DEFAULT_STATEMENTS.test(statements);
}

const DEFAULT_STATEMENTS = new RegExp(
  `^(?:(?:${
    [
      "from kedro\\.config import OmegaConfigLoader",
      "CONFIG_LOADER_CLASS ?= ?OmegaConfigLoader",
      'CONF_SOURCE ?= ?"conf"',
      'CONFIG_LOADER_ARGS ?= ?\\{\\s*"base_env": ?"base",\\s*"default_run_env": ?"local",?\\s*\\}',
    ].join("|")
  })(?:\n|$))*$`,
);

/** The Kedro environment if none is chosen, as in the plugin. */
export const DEFAULT_ENV = "local";

/** Warns if no environment was chosen and the project's default is not `local`. */
export function envWarnings(
  chosen: string | undefined,
  settings: Pick<LoaderSettings, "default_run_env">,
): Warning[] {
  const own = settings.default_run_env;
  if (chosen || !own || own === DEFAULT_ENV) return [];
  return [{
    code: "config.default_env",
    message: `Using the environment "${DEFAULT_ENV}", but default_run_env in settings.py is "${own}"`,
    hint: `Add \`-e ${own}\` or set KEDRO_ENV to use it`,
  }];
}
