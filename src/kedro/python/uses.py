"""Records what a reading uses besides the project's files, so that a later command knows whether it can be reused.

The interpreter counts calls to the machine for the time, the time zone and random numbers, whichever code makes them, C
libraries included. This module knows which uses do not affect the result.
"""

import logging
import os
import random
import sys
import time

# What the interpreter counts.
_KINDS = {"clock": "the clock", "random": "random numbers", "timeZone": "the time zone"}

# Where `logging` takes the time of a record that is logged.
_NEW_RECORD = logging.LogRecord.__init__.__code__
_LOG = logging.Logger.makeRecord.__code__

_harmless_clock = 0
_variables = set()
_all_variables = False


def watch():
    """Starts to count uses that do not affect the result."""
    _seed_late()
    logging.time = _LoggingTime()


def forget():
    """Clears what was recorded."""
    global _all_variables, _harmless_clock
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
    changing = [name for kind, name in _KINDS.items() if counts.get(kind, 0) > 0]
    variables = None if _all_variables else sorted(map(str, _variables))
    return {"variables": variables, "files": counts.get("files"), "changing": changing}
