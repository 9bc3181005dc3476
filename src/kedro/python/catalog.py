"""Catalog entries and parameters as plain data; no dataset is instantiated."""

import copy

from . import failures, kedro_api

_PARAMETERS = "parameters"
_CREDENTIALS = "credentials"
_HIDDEN = "credentials (name)"


def read_all(reading):
    """The catalog and the parameters, and the problems found while reading them."""
    if reading.context_problem is not None:
        return {"catalog": {}, "parameters": {}}, [reading.context_problem]
    problems = []
    conf = _load(reading, "catalog", lambda: copy.deepcopy(dict(kedro_api.config(reading.loader, "catalog"))), problems)
    parameters = _load(reading, _PARAMETERS, lambda: dict(reading.context.params), problems)
    entries = _load(reading, "catalog", lambda: _entries(reading, conf), problems)
    return {"catalog": entries, "parameters": parameters}, problems


def unreadable(reading):
    """The problems of the files alone, for a project whose pipelines cannot be read."""
    problems = []
    for area in ("catalog", _PARAMETERS):
        _load(reading, area, lambda area=area: kedro_api.config(reading.loader, area), problems)
    return problems


def _load(reading, area, load, problems):
    from kedro.config import MissingConfigException

    try:
        return load()
    except MissingConfigException as error:
        # Without parameters Kedro goes on; a folder of conf/ that does not exist is told where it is looked for.
        if area == "catalog" and str(error).startswith("No files"):
            problems.append(failures.problem(reading.root, error, area))
        return {}
    except Exception as error:  # noqa: BLE001 (YAML, OmegaConf, Kedro and resolvers raise many kinds)
        problems.append(failures.problem(reading.root, error, area))
        return {}


def _entries(reading, conf):
    conf = {name: _renamed(entry, _CREDENTIALS, _HIDDEN) for name, entry in conf.items() if not name.startswith("_")}
    resolve = kedro_api.pattern_resolver(conf)
    entries = {}
    for name in _dataset_names(reading.registered, conf):
        entry = conf[name] if name in conf else resolve(name)
        if entry:
            entries[name] = _shown(_renamed(entry, _HIDDEN, _CREDENTIALS))
    return entries


def _dataset_names(registered, conf):
    names = [name for name in conf if not kedro_api.is_pattern(name)]
    used = {name for pipe in registered.values() for name in kedro_api.datasets(pipe)}
    others = sorted(name for name in used - set(names) if name != _PARAMETERS and not name.startswith("params:"))
    return [*names, *others]


def _renamed(value, old, new):
    """Renames a key at every level. Kedro resolves `credentials`; under another key they stay names."""
    if not isinstance(value, dict):
        return value
    return {(new if key == old else key): _renamed(each, old, new) for key, each in value.items()}


def _shown(value, key=None):
    if key == _CREDENTIALS:
        return value if isinstance(value, str) else "[hidden]"
    if isinstance(value, dict):
        return {name: _shown(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [_shown(each) for each in value]
    if isinstance(value, str) and "://" in value:
        return kedro_api.without_url_secrets(value)
    return value
