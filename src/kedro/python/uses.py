"""Records what a reading uses besides the project's files, so that a later command knows whether it can be reused.

The interpreter counts calls to the machine for the time, the time zone and random numbers, whichever code makes them, C
libraries included. This module knows which uses do not affect the result, and names the project's calls.
"""

import datetime
import logging
import os
import random
import sys
import time
import uuid

# A tool ID that no debugger, coverage tool, profiler or optimizer uses (sys.monitoring reserves 0, 1, 2, 5).
_TOOL = 4
# Where code that is not the project's own is.
_LIBRARIES = ("/site.zip/", "/lib/python", "<frozen")
_CLOCKS = ("time", "time_ns", "localtime", "gmtime", "ctime", "asctime", "strftime", "monotonic", "monotonic_ns")
_CLOCKS += ("perf_counter", "perf_counter_ns", "process_time", "process_time_ns", "clock_gettime", "clock_gettime_ns")
# This module is included because it defines the methods of `_LateSeed`.
_RANDOM_MODULES = {"random": "random", "secrets": "secrets", "tempfile": "tempfile", __name__: "random"}
_NOW = frozenset({"now", "utcnow", "today"})
# What the interpreter counts, and what to call it if no call of the project explains it.
_KINDS = {"clock": "the clock through a library", "random": "random numbers through a library", "timeZone": "the time zone"}

# Where `logging` takes the time of a record that is logged.
_NEW_RECORD = logging.LogRecord.__init__.__code__
_LOG = logging.Logger.makeRecord.__code__

# Calls of the project by kind; they only explain the counts.
_calls = {"clock": [], "random": []}
_harmless_clock = 0
_variables = set()
_all_variables = False


def watch():
    """Starts recording which calls of the project ask for the time and for random numbers."""
    _seed_late()
    logging.time = _LoggingTime()
    monitoring = sys.monitoring
    functions = {id(getattr(time, name)): ("clock", f"time.{name}()") for name in _CLOCKS if hasattr(time, name)}
    functions[id(os.urandom)] = ("random", "os.urandom()")
    functions |= {id(each): ("random", f"uuid.{name}()") for name, each in vars(uuid).items() if name in ("uuid1", "uuid4", "uuid6", "uuid7")}

    def start(code, _offset):
        if not code.co_filename.startswith(_LIBRARIES):
            monitoring.set_local_events(_TOOL, code, monitoring.events.CALL)
        return monitoring.DISABLE

    def call(_code, _offset, function, _first):
        found = functions.get(id(function)) or _changing(function)
        if found is not None and found[1] not in _calls[found[0]]:
            _calls[found[0]].append(found[1])

    monitoring.use_tool_id(_TOOL, "kedro-azureml")
    monitoring.register_callback(_TOOL, monitoring.events.PY_START, start)
    monitoring.register_callback(_TOOL, monitoring.events.CALL, call)
    monitoring.set_events(_TOOL, monitoring.events.PY_START)


def forget():
    """Stops watching and clears what was recorded."""
    global _all_variables, _harmless_clock
    sys.monitoring.set_events(_TOOL, 0)
    sys.monitoring.free_tool_id(_TOOL)
    for calls in _calls.values():
        calls.clear()
    _harmless_clock = 0
    _variables.clear()
    _all_variables = False


class _LoggingTime:
    """The `time` module as `logging` sees it: each record that is logged has a time, which has no effect unless it is printed.

    Printing it needs the time zone, which is counted separately.
    """

    def __getattr__(self, name):
        return getattr(time, name)

    def time_ns(self):
        global _harmless_clock
        caller = sys._getframe(1)
        if caller.f_code is _NEW_RECORD and caller.f_back.f_code is _LOG:
            _harmless_clock += 1
        return time.time_ns()


class _LateSeed(random.Random):
    """The generator behind `random.random()`: it seeds itself only when a number is drawn and no seed was set.

    Numbers drawn after `random.seed(1)` are the same each time.
    """

    _is_seeded = False

    def seed(self, a=None, version=2):
        self._is_seeded = True
        super().seed(a, version)

    def setstate(self, state):
        self._is_seeded = True
        super().setstate(state)

    def getstate(self):
        self._need_seed()
        return super().getstate()

    def random(self):
        self._need_seed()
        return super().random()

    def getrandbits(self, k):
        self._need_seed()
        return super().getrandbits(k)

    def _need_seed(self):
        if not self._is_seeded:
            self.seed()


def _seed_late():
    """Resets the generator, which was seeded in the image; otherwise all readings would draw the same numbers."""
    generator = random._inst
    generator.__class__ = _LateSeed
    generator._is_seeded = False
    generator.gauss_next = None
    for name, function in list(vars(random).items()):
        if getattr(function, "__self__", None) is generator:
            setattr(random, name, getattr(generator, name))


def _changing(function):
    """The kind and name of a call whose result changes each time; `None` for any other call."""
    name = getattr(function, "__name__", None)
    owner = getattr(function, "__self__", None)
    if name in _NOW and isinstance(owner, type) and issubclass(owner, datetime.date):
        return "clock", f"{owner.__name__}.{name}()"
    if isinstance(owner, random.Random):
        return "random", f"random.{name}()"
    if function is random.Random or function is random.SystemRandom:
        return "random", f"random.{name}"
    module = _RANDOM_MODULES.get(getattr(function, "__module__", None))
    return None if module is None else ("random", f"{module}.{name}()")


def note_variable(name):
    """Records that an environment variable was looked up, whether or not it is set."""
    if not _is_dynaconf(sys._getframe(2)):
        _variables.add(os.fsdecode(name) if isinstance(name, bytes) else name)


def note_all_variables():
    """Records that all environment variables were looked up."""
    global _all_variables
    if not _is_dynaconf(sys._getframe(2)):
        _all_variables = True


def _is_dynaconf(frame):
    """Whether Kedro's settings are scanning all variables: they use only KEDRO* and DYNACONF* ones."""
    while frame is not None and frame.f_code.co_filename == "<frozen _collections_abc>":
        frame = frame.f_back
    return frame is not None and frame.f_code.co_filename.endswith("/dynaconf/loaders/env_loader.py")


def describe(request):
    """What was used: names of environment variables and paths, or `None` for all of them, and what changes each time."""
    counts = dict(request["used"])
    counts["clock"] = counts.get("clock", 0) - _harmless_clock
    changing = []
    for kind, name in _KINDS.items():
        if counts.get(kind, 0) > 0:
            changing += _calls.get(kind) or [name]
    variables = None if _all_variables else sorted(map(str, _variables))
    return {"variables": variables, "files": counts.get("files"), "changing": changing}
