"""Catalog entries and parameters as plain data; no dataset is made."""

import copy

from . import failures

_PARAMETERS = "parameters"
_CREDENTIALS = "credentials"
_HIDDEN = "credentials (name)"


def read_all(reading):
    """Catalog and parameters, and what stood in the way of reading them."""
    problems = []
    conf = _load(reading, "catalog", lambda: copy.deepcopy(dict(reading.loader["catalog"])), problems)
    parameters = _load(reading, _PARAMETERS, lambda: dict(reading.context.params), problems)
    entries = _load(reading, "catalog", lambda: _entries(reading, conf), problems)
    return {"catalog": entries, "parameters": parameters}, problems


def _load(reading, area, load, problems):
    from kedro.config import MissingConfigException

    try:
        return load()
    except MissingConfigException:
        return {}
    except Exception as error:  # noqa: BLE001 (YAML, OmegaConf, Kedro and resolvers raise many kinds)
        problems.append(failures.problem(reading.root, error, area))
        return {}


def _entries(reading, conf):
    from kedro.io.catalog_config_resolver import CatalogConfigResolver

    conf = {name: _renamed(entry, _CREDENTIALS, _HIDDEN) for name, entry in conf.items() if not name.startswith("_")}
    resolver = CatalogConfigResolver(config=conf, default_runtime_patterns={"{default}": {}})
    entries = {}
    for name in _dataset_names(reading.registered, conf):
        entry = conf[name] if name in conf else resolver.resolve_pattern(name)
        if entry:
            entries[name] = _shown(_renamed(entry, _HIDDEN, _CREDENTIALS))
    return entries


def _dataset_names(registered, conf):
    from kedro.io.catalog_config_resolver import CatalogConfigResolver

    names = [name for name in conf if not CatalogConfigResolver.is_pattern(name)]
    used = {name for pipe in registered.values() for name in pipe.datasets()}
    others = sorted(name for name in used - set(names) if name != _PARAMETERS and not name.startswith("params:"))
    return [*names, *others]


def _renamed(value, old, new):
    """Kedro would look credentials up; under another key they stay the name that they are."""
    if not isinstance(value, dict):
        return value
    return {(new if key == old else key): _renamed(each, old, new) for key, each in value.items()}


def _shown(value, key=None):
    from kedro.io.core import _redact_url_credentials

    if key == _CREDENTIALS:
        return value if isinstance(value, str) else "[hidden]"
    if isinstance(value, dict):
        return {name: _shown(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [_shown(each) for each in value]
    if isinstance(value, str) and "://" in value:
        return _redact_url_credentials(value)
    return value
