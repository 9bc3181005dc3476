"""What settings.py says about reading configuration, and the resolvers that it registers."""

import warnings

from . import kedro_api


def describe(reading):
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
    """The result of a custom resolver from settings.py."""
    resolvers = _custom_resolvers()
    if name not in resolvers:
        raise KeyError(f"settings.py registers no resolver \"{name}\"")
    with warnings.catch_warnings():
        return resolvers[name](*args)
