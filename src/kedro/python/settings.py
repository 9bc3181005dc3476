"""What settings.py of a project says, and the context that Kedro makes of it."""

import importlib
import os
import warnings

from . import failures, kedro_api, stand_ins

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
    if hasattr(module, "HOOKS"):
        module.HOOKS = tuple(hook for hook in module.HOOKS if not stand_ins.is_stand_in(hook))
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
    if kedro_api.version() < (0, 18):
        # Hooks were registered while Kedro looked at the project, and one of them makes the loader.
        context = kedro_api.make_context(reading, None, None)
        return context.config_loader, context
    from kedro.framework.hooks.manager import _create_hook_manager, _register_hooks
    from kedro.framework.project import settings

    loader = kedro_api.make_loader(reading)
    manager = _create_hook_manager()
    _register_hooks(manager, settings.HOOKS)
    context = kedro_api.make_context(reading, loader, manager)
    if reading.source == "embedded":
        kedro_api.do_without_credentials()
    try:
        manager.hook.after_context_created(context=context)
    except Exception as error:  # noqa: BLE001 (a hook may raise anything)
        if reading.source != "embedded":
            raise
        reading.warnings.append(failures.warning(reading.root, error, "kedro.hook_failed", "run the hooks of settings.py"))
    return context.config_loader, context


def describe(reading):
    """The settings that decide how configuration is read."""
    loader = reading.loader
    base_env, default_run_env = kedro_api.environments(loader)
    return {
        "conf_source": kedro_api.conf_source(),
        "config_loader_class": f"{type(loader).__module__}:{type(loader).__qualname__}",
        "base_env": base_env,
        "default_run_env": default_run_env,
        "config_patterns": {key: list(each) for key, each in getattr(loader, "config_patterns", {}).items()},
        "merge_strategy": dict(getattr(loader, "merge_strategy", {})),
        "custom_resolvers": sorted(_custom_resolvers()),
    }


def _custom_resolvers():
    from kedro.framework.project import settings

    return dict(getattr(settings, "CONFIG_LOADER_ARGS", {})).get("custom_resolvers") or {}


def resolve(name, args):
    """What a resolver that settings.py registers answers."""
    resolvers = _custom_resolvers()
    if name not in resolvers:
        raise KeyError(f"settings.py registers no resolver \"{name}\"")
    with warnings.catch_warnings():
        return resolvers[name](*args)
