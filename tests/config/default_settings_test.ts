import { equal } from "node:assert/strict";
import { isDefaultSettings } from "../../src/config/conf_folders.ts";

/** Settings that `kedro new` writes, shortened. */
const PLAIN_SETTINGS = `"""Project settings. See settings.html for CONF_SOURCE."""
# HOOKS = (ProjectHooks(),)
# from kedro.config import OmegaConfigLoader
from kedro.config import OmegaConfigLoader  # noqa: E402
CONFIG_LOADER_CLASS = OmegaConfigLoader
CONFIG_LOADER_ARGS = {
    "base_env": "base",
    "default_run_env": "local",
    # "config_patterns": {
    #     "spark" : ["spark*/"],
    # }
}
# CONTEXT_CLASS = KedroContext
`;

Deno.test("isDefaultSettings() recognizes the settings.py of `kedro new`", () => {
  equal(isDefaultSettings(""), true);
  equal(isDefaultSettings('"""Project settings."""\n'), true);
  equal(isDefaultSettings(PLAIN_SETTINGS), true);
  equal(isDefaultSettings(PLAIN_SETTINGS.replaceAll("\n", "\r\n")), true);
  equal(isDefaultSettings('\ufeffCONF_SOURCE = "conf"\n'), true, "as Notepad saves it");
  equal(isDefaultSettings(PLAIN_SETTINGS.replaceAll('"base', "'base")), true);
  for (
    const code of [
      'CONF_SOURCE = "settings"',
      "HOOKS = (ProjectHooks(),)",
      'CONFIG_LOADER_ARGS = {"base_env": "base", "default_run_env": "dev"}',
      'CONFIG_LOADER_ARGS = {"base_env": "base"}',
      'CONFIG_LOADER_ARGS = {"base_env": "base", "default_run_env": "local", "merge_strategy": {"azureml": "soft"}}',
      "from other.settings import *",
      "CONFIG_LOADER_CLASS = MyLoader",
      'globals()["CONF" + "IG_LOADER_ARGS"] = {}',
      "import sys; sys.modules[__name__].__dict__.update(other)",
      "from .hooks import OmegaConfigLoader",
      "if True: from kedro.config import OmegaConfigLoader",
    ]
  ) equal(isDefaultSettings(`${PLAIN_SETTINGS}${code}\n`), false, code);
  const hidden = `"""a""" + exec("CONF" "_SOURCE='x'") + """b"""\n`;
  equal(isDefaultSettings(hidden), false);
});
