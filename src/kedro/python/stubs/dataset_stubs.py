"""Lets Kedro build a catalog without its datasets' packages: hooks and registries may ask for it."""

from .stub_notes import notes
from .stub_values import Stub


def adapt():
    """Replaces datasets of missing classes with datasets that load a stub."""
    from kedro.io import core

    if not hasattr(core, "_parse_known_definition"):
        core._parse_known_definition = core.parse_dataset_definition
        core.parse_dataset_definition = _parse_definition


def _parse_definition(config, load_version=None, save_version=None):
    from kedro.io import core

    try:
        return core._parse_known_definition(config, load_version, save_version)
    except Exception:  # noqa: BLE001 (Kedro's own error, by a name that changed; or any that the dataset's module raises)
        if not isinstance(config.get("type"), str):
            raise
        return _class_of(config["type"]), {key: value for key, value in config.items() if key != "type"}


def _class_of(path):
    from kedro.io import core

    base = getattr(core, "AbstractDataset", None) or core.AbstractDataSet
    methods = {"__init__": _keep, "_describe": _describe, "_type": path}
    methods.update(dict.fromkeys(("load", "_load"), _load), **dict.fromkeys(("save", "_save"), _save))
    return type(path.rpartition(".")[2], (base,), methods)


def _keep(self, **settings):
    self._settings = settings


def _describe(self):
    return self._settings


def _load(self, *args):
    notes.add(self._type, "loads a dataset of it", through_libraries=True)
    return Stub(f"{self._type}.load()")


def _save(self, *args):
    pass
