"""Notes what a project uses besides its files, so that a later reading can tell whether it would give the same."""

import datetime
import os
import random
import sys
import time
import uuid

# A tool id that neither debuggers, coverage, profilers nor optimizers take (sys.monitoring keeps 0, 1, 2 and 5 for them).
_TOOL = 4
# Code that is not the project's own.
_LIBRARIES = ("/site.zip/", "/lib/python", "<frozen")
_CLOCKS = ("time", "time_ns", "localtime", "gmtime", "ctime", "asctime", "strftime", "monotonic", "monotonic_ns")
_CLOCKS += ("perf_counter", "perf_counter_ns", "process_time", "process_time_ns", "clock_gettime", "clock_gettime_ns")
_CHANCE_MODULES = frozenset({"random", "secrets", "tempfile"})
_NOW = frozenset({"now", "utcnow", "today"})
_FILE_TIMES = frozenset({"stat", "lstat", "fstat", "getmtime", "getctime", "getatime"})
_FILE_TIME_MODULES = frozenset({"posix", "posixpath", "genericpath", "pathlib", "pathlib._local"})

_reasons = []
_variables = set()
_all_variables = False


def watch():
    """From now on notes which clocks and what chance the project's own code uses; library code is not watched."""
    monitoring = sys.monitoring
    functions = {id(getattr(time, name)): f"time.{name}()" for name in _CLOCKS if hasattr(time, name)}
    functions |= {id(getattr(os, name)): f"os.{name}()" for name in ("urandom", "getpid", "times") if hasattr(os, name)}
    functions |= {id(each): f"uuid.{name}()" for name, each in vars(uuid).items() if name in ("uuid1", "uuid4", "uuid6", "uuid7")}

    def start(code, _offset):
        if not code.co_filename.startswith(_LIBRARIES):
            monitoring.set_local_events(_TOOL, code, monitoring.events.CALL)
        return monitoring.DISABLE

    def call(_code, _offset, function, _first):
        reason = functions.get(id(function)) or _changing(function)
        if reason is not None and reason not in _reasons:
            _reasons.append(reason)

    monitoring.use_tool_id(_TOOL, "kedro-azureml")
    monitoring.register_callback(_TOOL, monitoring.events.PY_START, start)
    monitoring.register_callback(_TOOL, monitoring.events.CALL, call)
    monitoring.set_events(_TOOL, monitoring.events.PY_START)


def forget():
    """Stops watching, and forgets what was noted."""
    global _all_variables
    sys.monitoring.set_events(_TOOL, 0)
    sys.monitoring.free_tool_id(_TOOL)
    _reasons.clear()
    _variables.clear()
    _all_variables = False


def _changing(function):
    """Why a call gives something else each time; `None` for most."""
    name = getattr(function, "__name__", None)
    owner = getattr(function, "__self__", None)
    if name in _NOW and isinstance(owner, type) and issubclass(owner, datetime.date):
        return f"{owner.__name__}.{name}()"
    if isinstance(owner, random.Random) or function is random.Random or function is random.SystemRandom:
        return "random"
    module = getattr(function, "__module__", None)
    if module in _CHANCE_MODULES:
        return f"{module}.{name}()"
    if name in _FILE_TIMES and (module in _FILE_TIME_MODULES or isinstance(owner, os.PathLike)):
        return f"the time of a file ({name}())"
    return None


def note_variable(name):
    """An environment variable was asked for, whether it is there or not."""
    if not _is_dynaconf(sys._getframe(2)):
        _variables.add(name)


def note_all_variables():
    """All environment variables were asked for."""
    global _all_variables
    if not _is_dynaconf(sys._getframe(2)):
        _all_variables = True


def _is_dynaconf(frame):
    """Whether Kedro's settings look through all variables: they take those that begin with KEDRO or DYNACONF only."""
    while frame is not None and frame.f_code.co_filename == "<frozen _collections_abc>":
        frame = frame.f_back
    return frame is not None and frame.f_code.co_filename.endswith("/dynaconf/loaders/env_loader.py")


def describe(_request):
    """What was used: names of environment variables, or `None` for all of them, and what changes each time."""
    return {"variables": None if _all_variables else sorted(map(str, _variables)), "changing": list(_reasons)}
