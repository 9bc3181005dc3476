"""Imports the reader from text, in a Python on this machine, and answers the requests on standard input."""

import importlib.abc
import importlib.machinery
import json
import sys

_PACKAGE = "kedro_azureml_reader"


class _FromText(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    def __init__(self, sources):
        self._sources = sources

    def _text(self, name):
        module = "__init__" if name == _PACKAGE else name[len(_PACKAGE) + 1 :]
        return self._sources.get(f"{module}.py")

    def find_spec(self, name, path=None, target=None):
        if name != _PACKAGE and not name.startswith(f"{_PACKAGE}.") or self._text(name) is None:
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=name == _PACKAGE)

    def get_source(self, name):
        return self._text(name)

    def is_package(self, name):
        return name == _PACKAGE


given = json.loads(sys.stdin.buffer.read())
sys.meta_path.insert(0, _FromText(given["sources"]))
sys.path[:] = [path for path in sys.path if path != ""]
from kedro_azureml_reader import reader  # noqa: E402

reader.main(given["requests"])
