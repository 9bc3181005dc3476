"""What settings.py of a project says, and the context that Kedro makes of it."""

import importlib
import os
import warnings

from . import failures, stand_ins

# Classes that settings.py may name, and whether another class could give other pipelines or configuration.
_CLASSES = {
    "CONTEXT_CLASS": True,
    "CONFIG_LOADER_CLASS": True,
    "DATA_CATALOG_CLASS": True,
    "SESSION_CLASS": False,
    "SESSION_STORE_CLASS": False,
}


def without_stand_ins(metadata):
    """Leaves Kedro its own class where settings.py names one of a missing module; warnings where that may matter."""
    from kedro.framework.startup import _add_src_to_path

    _add_src_to_path(metadata.source_dir, metadata.project_path)
    try:
        module = importlib.import_module(f"{metadata.package_name}.settings")
    except BaseException:  # noqa: BLE001 (Kedro imports it again, and its failure is told then)
        return []
    stood_in = [name for name in _CLASSES if stand_ins.stands_on(getattr(module, name, None))]
    for name in stood_in:
        delattr(module, name)
    file = os.path.relpath(module.__file__, metadata.project_path)
    return [_class_left_out(name, file) for name in stood_in if _CLASSES[name]]


def _class_left_out(name, file):
    return {
        "code": "kedro.setting_left_out",
        "message": f"{name} comes from a module that is not in the embedded Python, and Kedro's own is used",
        "hint": "Read the project with its own Python: `--python PATH`",
        "place": {"file": file},
    }


def open_context(reading):
    """The configuration loader and the context, with the project's own hooks registered as a session does it."""
    from kedro.framework.hooks.manager import _create_hook_manager, _register_hooks
    from kedro.framework.project import settings

    loader = settings.CONFIG_LOADER_CLASS(
        conf_source=str(reading.metadata.project_path / settings.CONF_SOURCE),
        env=reading.env,
        runtime_params=dict(reading.runtime_params) or None,
        **settings.CONFIG_LOADER_ARGS,
    )
    manager = _create_hook_manager()
    _register_hooks(manager, [hook for hook in settings.HOOKS if not stand_ins.is_stand_in(hook)])
    context = settings.CONTEXT_CLASS(
        package_name=reading.metadata.package_name,
        project_path=reading.metadata.project_path,
        config_loader=loader,
        env=reading.env,
        runtime_params=dict(reading.runtime_params) or None,
        hook_manager=manager,
    )
    if reading.source == "embedded":
        _do_without_credentials()
    try:
        manager.hook.after_context_created(context=context)
    except Exception as error:  # noqa: BLE001 (a hook may raise anything)
        if reading.source != "embedded":
            raise
        reading.warnings.append(failures.warning(reading.root, error, "kedro.hook_failed", "run the hooks of settings.py"))
    return context.config_loader, context


def _do_without_credentials():
    """A hook may ask for the catalog, which Kedro makes only with credentials; they are never handed over."""
    from kedro.io import catalog_config_resolver

    catalog_config_resolver._fetch_credentials = lambda name, credentials: credentials.get(name, {})


def describe(reading):
    """The settings that decide how configuration is read."""
    from kedro.framework.project import settings

    loader_class = settings.CONFIG_LOADER_CLASS
    arguments = dict(settings.CONFIG_LOADER_ARGS)
    loader = reading.loader
    return {
        "conf_source": str(settings.CONF_SOURCE),
        "config_loader_class": f"{loader_class.__module__}:{loader_class.__qualname__}",
        "base_env": getattr(loader, "base_env", None) or None,
        "default_run_env": getattr(loader, "default_run_env", None) or None,
        "config_patterns": {key: list(each) for key, each in getattr(loader, "config_patterns", {}).items()},
        "merge_strategy": dict(getattr(loader, "merge_strategy", {})),
        "custom_resolvers": sorted(arguments.get("custom_resolvers") or {}),
    }


def resolve(name, args):
    """What a resolver that settings.py registers answers."""
    from kedro.framework.project import settings

    resolvers = dict(settings.CONFIG_LOADER_ARGS).get("custom_resolvers") or {}
    if name not in resolvers:
        raise KeyError(f"settings.py registers no resolver \"{name}\"")
    with warnings.catch_warnings():
        return resolvers[name](*args)
