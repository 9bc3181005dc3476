"""Calls the project's `--on-job-scheduled` function with a submitted job; both are given on standard input."""

import sys

_current = [path for path in sys.path if path == ""]
sys.path[:] = [path for path in sys.path if path != ""]

import importlib  # noqa: E402
import json  # noqa: E402
import pathlib  # noqa: E402
import traceback  # noqa: E402


class _Values:
    """An object with the given attributes; the error for an unknown attribute lists the known ones."""

    def __init__(self, what, values):
        self.__dict__.update(values)
        self._what = what

    def __getattr__(self, name):
        known = ", ".join(sorted(key for key in self.__dict__ if not key.startswith("_")))
        raise AttributeError(f"this {self._what} has no {name!r}; it has {known}")

    def __repr__(self):
        return f"<{self._what} {self.__dict__.get('name', '')}>"


def _job(values):
    services = {name: _Values("service", service) for name, service in values["services"].items()}
    return _Values("job", {**values, "services": services})


def _find(given):
    try:
        from kedro.framework.startup import bootstrap_project
    except ImportError:
        sys.path.insert(0, given["source"])
    else:
        bootstrap_project(pathlib.Path(given["root"]))
    sys.path.extend(_current)
    found = getattr(importlib.import_module(given["module"]), given["function"])
    if not callable(found):
        raise TypeError(f"{given['function']} of {given['module']} is no function")
    return found


given = json.loads(sys.stdin.buffer.read())
try:
    function = _find(given)
except BaseException as error:
    print(f"{type(error).__name__}: {error}", file=sys.stderr)
    sys.exit(1)
if given["job"] is not None:
    try:
        function(_job(given["job"]))
    except Exception as error:
        frames = error.__traceback__.tb_next or error.__traceback__
        traceback.print_exception(type(error), error, frames)
        sys.exit(1)
