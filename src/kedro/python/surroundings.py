"""Records where a project uses surroundings that differ here: command line, variables, programs, machine."""

import os
import platform
import posix
import shutil
import socket
import subprocess
import sys

from . import uses
from .stub_notes import notes
from .stub_values import Stub

# A command line that does not depend on how the project is run.
_COMMAND_LINE = ("kedro", "run")


def adapt(root, withheld):
    """Makes the interpreter look like Linux in the project's folder, and records requests that it cannot answer.

    `withheld` maps names of environment variables hidden from the project to whether the user may allow each.
    """
    sys.argv = _CommandLine(_COMMAND_LINE)
    # Steps run on Linux. Modules that need the real platform have already been imported.
    sys.platform = "linux"
    platform.system = lambda: "Linux"
    os.environ["PWD"] = root
    _Environ.withheld = withheld
    if not isinstance(os.environ._data, _Variables):
        posix.environ = os.environ._data = os.environb._data = _Variables(os.environ._data)
    os.environ.__class__ = _Environ
    os.environb.__class__ = _Environ
    _adapt_programs()
    _adapt_machine()
    uses.watch()


class _Environ(os._Environ):
    withheld = {}

    def __getitem__(self, key):
        uses.note_variable(key)
        name = os.fsdecode(key) if isinstance(key, bytes) else key
        if name in self.withheld and self.encodekey(key) not in self._data:
            hint = {"hint": f"Let it see {name} with `--allow-env-names {name}`"} if self.withheld[name] else {}
            message = f"The project reads the environment variable {name} when imported, which it does not see"
            notes.add_other("kedro.env_not_seen", message, **hint)
        return super().__getitem__(key)

    def __setitem__(self, key, value):
        # Asking a stub for its text records that the project uses it so.
        super().__setitem__(key, str(value) if isinstance(value, Stub) else value)

    def __delitem__(self, key):
        uses.note_variable(key)
        super().__delitem__(key)

    def __iter__(self):
        uses.note_all_variables()
        return super().__iter__()

    def __len__(self):
        uses.note_all_variables()
        return super().__len__()

    def __repr__(self):
        uses.note_all_variables()
        return super().__repr__()

    def copy(self):
        uses.note_all_variables()
        return super().copy()


class _Variables(dict):
    """What is below `os.environ`, for code that looks there."""

    def _looks(name, note):
        method = getattr(dict, name)

        def look(self, *args):
            if sys._getframe(1).f_code.co_filename != _OS:
                note(*args[:1])
            return method(self, *args)

        return look

    for _name in ("__getitem__", "__contains__", "get", "pop"):
        locals()[_name] = _looks(_name, uses.note_variable)
    for _name in ("__iter__", "__len__", "__repr__", "__eq__", "__or__", "__ror__", "keys", "values", "items", "copy"):
        locals()[_name] = _looks(_name, lambda *_: uses.note_all_variables())


_OS = os._Environ.__getitem__.__code__.co_filename


def _noted(name):
    method = getattr(list, name)

    def look(self, *args):
        message = "The project reads the command line when imported, which is `kedro run` here"
        notes.add_other("kedro.command_line_read", message)
        return method(self, *args)

    return look


class _CommandLine(list):
    __getitem__, __iter__, __len__, __contains__ = map(_noted, ("__getitem__", "__iter__", "__len__", "__contains__"))


def _adapt_programs():
    def run(self, *args, **settings):
        _note("kedro.program_not_run", "runs a program when imported, which the embedded Python cannot")
        raise OSError("The embedded Python cannot run programs")

    def system(command):
        _note("kedro.program_not_run", "runs a program when imported, which the embedded Python cannot")
        return -1

    def which(*args, **settings):
        _note("kedro.program_not_run", "looks for a program when imported, and the embedded Python has none")

    subprocess.Popen.__init__ = run
    os.system = system
    shutil.which = which


def _adapt_machine():
    connect, host = socket.socket.connect, socket.gethostname()

    def connect_and_tell(self, address):
        _note("kedro.network_not_reached", "asks the network when imported, which the embedded Python does not reach")
        return connect(self, address)

    def name():
        _note("kedro.machine_asked", "asks for the name of the machine when imported, which the embedded Python does not know")
        return host

    socket.socket.connect = connect_and_tell
    socket.gethostname = platform.node = name


def _note(code, what):
    """Records what the project's own code does; libraries have their own reasons, and cope without an answer."""
    notes.add_other(code, f"The project {what}", through_libraries=False)
