"""Provides stubs for missing third-party modules, and records where they may have had an effect."""

import importlib.abc
import importlib.machinery
import os
import re
import sys

from . import library_stubs, standard_library
from .stub_values import Stub, StubBase, StubModule, folder_of, notes

# Modules of other platforms: a project on Linux would not find them either.
_ABSENT = {"msvcrt", "winreg", "winsound", "nt", "_winapi", "_overlapped", "js", "pyodide", "pyodide_js"}

# Before 0.19 Kedro included its datasets; each needs packages that are missing here.
_DATASETS = "kedro.extras.datasets"

# Parts of Kedro that projects import and that need packages not used here: profilers, IPython, and CLI tools.
_FOR_SOME = re.compile(r"/site\.zip/kedro-[\d.]+/kedro/(extras|ipython|framework/cli)/")

_HERE = (lambda: 0).__code__.co_filename

_state = {"own": frozenset(), "roots": (), "made": set()}


def install(metadata):
    """Makes imports of missing modules return stubs, except for the project's own modules."""
    roots = (str(metadata.source_dir), str(metadata.project_path))
    _state.update(own=_OwnNames(roots, metadata.package_name.split(".")[0]), roots=roots, made=set())
    notes.clear()
    notes.roots = roots
    standard_library.adapt(_state["own"])
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.append(_Finder())
        sys.meta_path.insert(0, _HollowFinder())


def names():
    """The top-level modules replaced by stubs, sorted."""
    return sorted(_state["made"])


def is_stub(value):
    """Whether the value is itself a stub (not a project class that extends one)."""
    return isinstance(value, (Stub, StubModule))


def stands_on(value):
    """Whether the value is a stub, or a class that extends one without also extending a Kedro class."""
    if is_stub(value):
        return True
    if not isinstance(value, type) or not issubclass(value, StubBase):
        return False
    return not any(base.__module__.startswith("kedro.") for base in value.__mro__)


class _OwnNames:
    """The names of the project's top-level modules.

    Looks each up, because listing the folders would make the reading depend on everything in them. A folder without
    Python, such as the `wandb/` that wandb writes, is none: Python prefers an installed package to it.
    """

    def __init__(self, roots, package):
        self._roots = roots
        self._package = package

    def __contains__(self, name):
        paths = [f"{root}/{name}" for root in self._roots]
        return name == self._package or any(os.path.exists(f"{each}.py") or _has_python(each) for each in paths)


def _has_python(folder):
    """Whether a folder has Python files or packages directly in it."""
    if not os.path.isdir(folder) or os.path.exists(f"{folder}/__init__.py"):
        return os.path.exists(folder)
    inner = os.listdir(folder)
    return any(each.endswith(".py") or os.path.exists(f"{folder}/{each}/__init__.py") for each in inner)


def _has_python_below(folder):
    return any(name.endswith(".py") for _, _, names in os.walk(folder) for name in names)


def _asking_frame():
    """The project frame that imports, or None: libraries looking for optional modules get no stubs."""
    frame = sys._getframe(2)
    while frame is not None and _is_import_machinery(frame.f_code.co_filename):
        frame = frame.f_back
    return frame if frame is not None and _may_ask(frame.f_code.co_filename) else None


def _is_imported_by_project():
    """Whether the import is a statement of the project, not that of a library which looks for files in a package."""
    frame = sys._getframe(2)
    while frame.f_code.co_filename.startswith("<frozen importlib"):
        frame = frame.f_back
    return frame.f_code.co_filename.startswith(_state["roots"])


def _may_ask(filename):
    return filename.startswith(_state["roots"]) or bool(_FOR_SOME.match(filename))


def _is_optional(frame):
    """Whether the import is in a `try` of code that catches a failed import."""
    code = frame.f_code
    if not {"ImportError", "ModuleNotFoundError"} & set(code.co_names):
        return False
    import dis

    return any(each.start <= frame.f_lasti < each.end for each in dis._parse_exception_table(code))


def _is_looked_for():
    """Whether the project only checks that the module exists, with `importlib.util.find_spec`."""
    frame = sys._getframe(2)
    while frame.f_code.co_filename in (_HERE, "<frozen importlib._bootstrap>"):
        frame = frame.f_back
    return frame.f_code.co_filename == "<frozen importlib.util>"


def _is_import_machinery(filename):
    return filename.startswith(("<frozen importlib", "/lib/python")) and "importlib" in filename or filename == _HERE


def _tell_kedro(pydantic):
    """Gives Kedro the stub for pydantic, which it looked for at import; Kedro before 1.3 does not use it."""
    try:
        from kedro.validation import utils
    except ImportError:
        return
    utils.pydantic = pydantic


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """The last finder on `sys.meta_path`, so that it is asked only for modules that no other finder has."""

    def find_spec(self, fullname, path=None, target=None):
        top = fullname.partition(".")[0]
        frame = _asking_frame()
        if frame is None or not self._stands_in(fullname, top):
            return None
        if fullname == top and (_is_optional(frame) or _is_looked_for()):
            notes.add(top, "goes another way without it")
        spec = importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        spec.submodule_search_locations = [folder_of(fullname)]
        return spec

    def _stands_in(self, fullname, top):
        if top in _ABSENT or top in _state["own"]:
            return False
        if fullname in (top, _DATASETS):
            return True
        parent = sys.modules.get(fullname.rpartition(".")[0])
        return isinstance(parent, StubModule)

    def create_module(self, spec):
        _state["made"].add(_DATASETS if spec.name.startswith(_DATASETS) else spec.name.partition(".")[0])
        module = StubModule(spec.name)
        vars(module).update(library_stubs.contents(spec.name))
        if spec.name == "pydantic":
            _tell_kedro(module)
        return module

    def exec_module(self, module):
        pass


class _HollowFinder(_Finder):
    """The first finder, for packages that a folder without Python would hide here, where they are not installed."""

    def find_spec(self, fullname, path=None, target=None):
        places = [f"{root}/{fullname}" for root in _state["roots"]] if path is None else []
        if not any(map(os.path.isdir, places)) or not _is_imported_by_project():
            return None
        found = importlib.machinery.PathFinder.find_spec(fullname)
        is_namespace = found is not None and found.loader is None
        return super().find_spec(fullname) if is_namespace and not any(map(_has_python_below, places)) else None
