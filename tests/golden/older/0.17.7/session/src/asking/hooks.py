from kedro.config import ConfigLoader
from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog


class ProjectHooks:
    @hook_impl
    def register_config_loader(self, conf_paths):
        return ConfigLoader(conf_paths)

    @hook_impl
    def register_catalog(self, catalog, credentials, load_versions, save_version, journal):
        return DataCatalog.from_config(catalog, credentials, load_versions, save_version, journal)


project_hooks = ProjectHooks()
