import type { LoaderSettings } from "../../core/loader_settings.ts";

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
