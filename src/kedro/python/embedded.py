"""Prepares the embedded interpreter for reading a project without its packages."""

import importlib
import os
import platform
import posix
import shutil
import socket
import subprocess
import sys
from functools import partial
from pathlib import Path

from . import kedro_api, library_stubs, pipeline_sums, stubs, switch_kedro, uses
from .stub_values import Stub, decorator_of, notes

names = stubs.names
probes = notes.taken

# Classes that settings.py may set, and whether replacing each could change pipelines or configuration.
_CLASSES = {
    "CONTEXT_CLASS": True,
    "CONFIG_LOADER_CLASS": True,
    "DATA_CATALOG_CLASS": True,
    "SESSION_CLASS": False,
    "SESSION_STORE_CLASS": False,
}


def open_project(root, version, withheld):
    """Selects the Kedro version and installs stubs for missing modules; returns warnings.

    `withheld` maps names of environment variables hidden from the project to whether the user may allow each.
    """
    # Kedro's command does not import from the folder that it runs in; looking for modules there lists the folder.
    sys.path[:] = [path for path in sys.path if path != ""]
    switch_kedro.use(version)
    from kedro.framework.startup import _get_project_metadata

    kedro_api.do_without_credentials()
    _adapt_nodes()
    pipeline_sums.adapt()
    library_stubs.adapt_datasets()
    _adapt_surroundings(root, withheld)
    switch_kedro.adapt_python(kedro_api.version())
    # Must run before settings.py is imported, which Kedro does while it configures the project.
    metadata = _get_project_metadata(Path(root))
    stubs.install(metadata)
    return _without_stubs(metadata)


def unchecked_parameters():
    """Warnings for parameters that pydantic would validate."""
    return [
        {
            # kedro.parameters_unchecked: Parameters are not checked by pydantic, which is not built in. Use `--python`.
            "code": "kedro.parameters_unchecked",
            "message": f"Values of {name} are not checked or converted: pydantic is not in the embedded Python",
            "hint": "Read the project with its own Python: `--python PATH`",
        }
        for name in library_stubs.models_made()
    ]


def _without_stubs(metadata):
    """Restores Kedro's default for settings whose class is from a missing module; returns warnings."""
    from kedro.framework.startup import _add_src_to_path

    _add_src_to_path(metadata.source_dir, metadata.project_path)
    try:
        module = importlib.import_module(f"{metadata.package_name}.settings")
    except BaseException:  # noqa: BLE001 (Kedro imports it again, and its failure is told then)
        return []
    stubbed = [name for name in _CLASSES if stubs.stands_on(getattr(module, name, None))]
    for name in stubbed:
        delattr(module, name)
    if hasattr(module, "HOOKS"):
        module.HOOKS = tuple(hook for hook in module.HOOKS if not stubs.is_stub(hook))
    file = os.path.relpath(module.__file__, metadata.project_path)
    return [_class_left_out(name, file) for name in stubbed if _CLASSES[name]]


def _class_left_out(name, file):
    return {
        # kedro.setting_left_out: A class in settings.py is from a package that is not built in. Use `--python`.
        "code": "kedro.setting_left_out",
        "message": f"{name} comes from a module that is not in the embedded Python, and Kedro's own is used",
        "hint": "Read the project with its own Python: `--python PATH`",
        "place": {"file": file},
    }


# Attribute of a node: where the project created it from a stub function.
_PLACE = "_kedro_azureml_place"


def _adapt_nodes():
    """Skips Kedro's check of a function's arguments if a missing decorator may change them."""
    from kedro.pipeline.node import Node

    if hasattr(Node, "_validate_all_inputs"):
        return
    Node._validate_all_inputs = Node._validate_inputs
    Node._validate_inputs = _validate_inputs


def _validate_inputs(self, func, inputs):
    if kedro_api.version() >= (1, 0) and isinstance(_function_below(func), Stub):
        setattr(self, _PLACE, notes.place())
    try:
        self._validate_all_inputs(func, inputs)
    except TypeError:
        decorator = _decorator_below(func)
        if decorator is None:
            raise
        notes.add(decorator, "gives a function that it decorates other arguments", through_libraries=True)


def note_unnamed(registered):
    """Records nodes named after missing functions, or after functions that a decorator may have renamed."""
    for node in {id(node): node for pipe in registered.values() for node in pipe.nodes}.values():
        place = None if node._name else getattr(node, _PLACE, None)
        if place is not None:
            # Kedro 1 names a node after its function's module, which may not be the one it was imported from.
            notes.add_at(_function_below(node.func)._path, "names a node after it", place)
        decorator = None if node._name else _decorator_below(node.func)
        if decorator is not None:
            code = _function_below(node.func).__code__
            notes.add_at(decorator, "names a node after a function that it decorates", (code.co_filename, code.co_firstlineno))


def _decorator_below(func):
    return decorator_of(_function_below(func))


def _function_below(func):
    return _function_below(func.func) if isinstance(func, partial) else func


# A command line that does not depend on how the project is run.
_COMMAND_LINE = ("kedro", "run")


def _adapt_surroundings(root, withheld):
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
            # kedro.env_not_seen: The project's code reads a variable that is hidden from it. Let it see the variable with
            #   `--allow-env-names`.
            notes.add_other("kedro.env_not_seen", message, **hint)
        return super().__getitem__(key)

    def __setitem__(self, key, value):
        if isinstance(value, Stub):
            # Asking a stub for its text records that the project uses it so.
            value = os.fsencode(str(value)) if isinstance(key, bytes) else str(value)
        super().__setitem__(key, value)

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
        # kedro.command_line_read: The project's code reads the command line at import. Move that into a function, or
        #   use `--python`.
        notes.add_other("kedro.command_line_read", message)
        return method(self, *args)

    return look


class _CommandLine(list):
    __getitem__, __iter__, __len__, __contains__ = map(_noted, ("__getitem__", "__iter__", "__len__", "__contains__"))


def _adapt_programs():
    def run(self, *args, **settings):
        # kedro.program_not_run: The project's code runs or looks for a program at import. Use `--python`.
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
        # kedro.network_not_reached: The project's code asks the network at import. Use `--python`.
        _note("kedro.network_not_reached", "asks the network when imported, which the embedded Python does not reach")
        return connect(self, address)

    def name():
        # kedro.machine_asked: The project's code asks for the name of the machine at import. Use `--python`.
        _note("kedro.machine_asked", "asks for the name of the machine when imported, which the embedded Python does not know")
        return host

    socket.socket.connect = connect_and_tell
    socket.gethostname = platform.node = name


def _note(code, what):
    """Records what the project's own code does; libraries have their own reasons, and cope without an answer."""
    notes.add_other(code, f"The project {what}", through_libraries=False)
