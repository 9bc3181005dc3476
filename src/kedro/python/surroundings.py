"""Tells where a project reads of its surroundings what is different here: the command line, and variables kept from it."""

import os
import platform
import sys

from .stand_in_notes import notes

# What looks alike however the project is run.
_COMMAND_LINE = ("kedro", "run")


def adapt(withheld):
    """From now on, a look at the command line or at an environment variable of `withheld` is noted."""
    sys.argv = _CommandLine(_COMMAND_LINE)
    _Environ.withheld = withheld
    os.environ.__class__ = _Environ
    platform.system = lambda: "Linux"


class _Environ(os._Environ):
    withheld = {}

    def __getitem__(self, key):
        if key in self.withheld and self.encodekey(key) not in self._data:
            hint = {"hint": f"Let it see {key} with `--allow-env-names {key}`"} if self.withheld[key] else {}
            message = f"The project reads the environment variable {key} when imported, which it does not see"
            notes.add_other("kedro.env_not_seen", message, **hint)
        return super().__getitem__(key)


def _noted(name):
    method = getattr(list, name)

    def look(self, *args):
        message = "The project reads the command line when imported, which is `kedro run` here"
        notes.add_other("kedro.command_line_read", message)
        return method(self, *args)

    return look


class _CommandLine(list):
    __getitem__, __iter__, __len__, __contains__ = map(_noted, ("__getitem__", "__iter__", "__len__", "__contains__"))
