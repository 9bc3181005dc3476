"""Adapts the standard library to what Kedro and projects use at import, such as metadata of packages."""

import functools
import importlib.metadata
import importlib.resources
import multiprocessing
import sys
import threading
import types

import click.utils
import packaging.version
import yaml

from .stub_values import NEWEST, Stub, notes


def complete():
    """Adds modules that the interpreter lacks and Kedro imports, and skips work that costs time for nothing."""
    dbm = types.ModuleType("dbm", "Opens databases that last as long as the interpreter.")
    dbm.error, dbm.open = (OSError,), lambda *args: _Database()
    sys.modules.setdefault("dbm", dbm)
    sys.modules.setdefault("_multiprocessing", types.SimpleNamespace(sem_unlink=None))
    sys.modules.setdefault("_posixshmem", types.SimpleNamespace(shm_unlink=None))
    # No plugins are installed here, and looking for them takes half a second.
    importlib.metadata.entry_points = lambda **params: importlib.metadata.EntryPoints(())
    # There are no other processes here to wait for.
    multiprocessing.Lock = threading.Lock
    multiprocessing.RLock = threading.RLock
    # Imported by Kedro's CLI before Kedro 1, and so by projects.
    sys.modules.setdefault("importlib_metadata", importlib.metadata)
    sys.modules.setdefault("pkg_resources", _pkg_resources())
    click.utils.get_os_args = lambda: sys.argv[1:]
    # PyYAML's C extension is missing; the pure Python classes give the same results, but for one error.
    for name in [name for name in dir(yaml) if name.endswith(("Loader", "Dumper"))]:
        kind = getattr(yaml, name)
        setattr(yaml, f"C{name}", type(f"C{name}", (_StrictScanner, kind), {}) if name.endswith("Loader") else kind)


class _StrictScanner:
    """Refuses a plain text such as `a:{` in braces or brackets, as libyaml does, with which OmegaConf reads."""

    def scan_plain(self):
        token = super().scan_plain()
        if self.flow_level and self.peek() == ":" and self.peek(1) in ",[]{}":
            raise yaml.scanner.ScannerError(
                "while scanning a plain scalar", token.start_mark, "found unexpected ':'; write a space after it", self.get_mark()
            )
        return token


def _pkg_resources():
    """The part of setuptools' module that works without installed packages."""
    module = types.ModuleType("pkg_resources", "Tells of packages that are installed.")
    module.DistributionNotFound = importlib.metadata.PackageNotFoundError
    module.iter_entry_points = lambda group, name=None: iter(())
    module.get_distribution = lambda name: types.SimpleNamespace(version=importlib.metadata.version(name))
    module.resource_filename = lambda package, path: str(importlib.resources.files(package).joinpath(path))
    module.parse_version = packaging.version.parse
    return module


_version = importlib.metadata.version
_singledispatch = functools.singledispatch


class _Database(dict):
    def sync(self):
        pass

    close = sync


def adapt(own):
    """Gives missing packages a version, and lets functions be dispatched on missing classes.

    Asking for the version of the project itself, whose modules are `own`, causes no warning.
    """
    importlib.metadata.version = functools.partial(_version_of, own)
    functools.singledispatch = _dispatching


def _version_of(own, distribution_name):
    if distribution_name == "kedro":
        import kedro

        return kedro.__version__
    try:
        return _version(distribution_name)
    except importlib.metadata.PackageNotFoundError:
        if distribution_name.replace("-", "_").lower() in own:
            return "0.0.0"
        notes.add(f"{distribution_name}.__version__", "looks at it")
        return NEWEST


def _dispatching(func):
    wrapper = _singledispatch(func)
    register = wrapper.register

    def register_known(kind, func=None):
        if isinstance(kind, Stub):
            return (lambda each: each) if func is None else func
        if func is None and isinstance(kind, types.FunctionType) and _is_on_stub(kind):
            return kind
        return register(kind, func)

    wrapper.register = register_known
    return wrapper


def _is_on_stub(func):
    return any(isinstance(each, Stub) for each in list(func.__annotations__.values())[:1])
