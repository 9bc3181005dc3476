"""The context that Kedro creates, what settings.py says about reading configuration, and its resolvers."""

import warnings

from . import failures, kedro_api


def open_context(reading):
    """The configuration loader and the context, with the project's hooks registered as in a session."""
    from kedro.framework.hooks.manager import _create_hook_manager, _register_hooks
    from kedro.framework.project import settings

    loader = kedro_api.make_loader(reading)
    manager = _create_hook_manager()
    _register_hooks(manager, settings.HOOKS)
    context = kedro_api.make_context(reading, loader, manager)
    try:
        manager.hook.after_context_created(context=context)
    except Exception as error:  # noqa: BLE001 (a hook may raise anything)
        if not reading.is_embedded:
            raise
        # kedro.hook_failed: A hook of settings.py failed. Correct what the message names, or use `--python`.
        reading.warn(failures.warning(reading.root, error, "kedro.hook_failed", "run the hooks of settings.py"))
    return context.config_loader, context


def describe_settings(reading):
    """The settings that determine how configuration is read."""
    loader = reading.loader
    if loader is None:
        # It cannot be created: settings.py says what it would have.
        from kedro.framework.project import settings

        kind, args = settings.CONFIG_LOADER_CLASS, dict(settings.CONFIG_LOADER_ARGS)
        environments = args.get("base_env") or None, args.get("default_run_env") or None
        patterns, strategy = args.get("config_patterns") or {}, args.get("merge_strategy") or {}
    else:
        kind, environments = type(loader), kedro_api.environments(loader)
        patterns, strategy = getattr(loader, "config_patterns", {}), getattr(loader, "merge_strategy", {})
    base_env, default_run_env = environments
    return {
        "conf_source": kedro_api.conf_source(reading),
        "config_loader_class": f"{kind.__module__}:{kind.__qualname__}",
        "base_env": base_env,
        "default_run_env": default_run_env,
        "config_patterns": {key: list(each) for key, each in dict(patterns).items()},
        "merge_strategy": dict(strategy),
        "custom_resolvers": sorted(_custom_resolvers()),
    }


def _custom_resolvers():
    from kedro.framework.project import settings

    return dict(getattr(settings, "CONFIG_LOADER_ARGS", {})).get("custom_resolvers") or {}


def resolve(name, args):
    """The result of a custom resolver from settings.py, or of one of OmegaConf's with one argument."""
    resolvers = _custom_resolvers()
    if name in resolvers:
        with warnings.catch_warnings():
            return resolvers[name](*args)
    if not name.startswith("oc."):
        raise KeyError(f"settings.py registers no resolver \"{name}\"")
    from omegaconf import OmegaConf

    made = OmegaConf.create({"given": args[0], "result": f"${{{name}:${{given}}}}"})
    return OmegaConf.to_container(made, resolve=True)["result"]
