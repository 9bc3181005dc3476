from kedro.config import TemplatedConfigLoader

from templated.hooks import ProjectHooks

CONF_SOURCE = "settings"
HOOKS = (ProjectHooks(),)
CONFIG_LOADER_CLASS = TemplatedConfigLoader
CONFIG_LOADER_ARGS = {"globals_pattern": "*globals.yml", "globals_dict": {"area": "north"}}
