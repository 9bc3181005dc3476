"""Values that replace the contents of missing modules, and records of uses that may change what a project does.

The values survive what code does with them at import.
"""

import builtins
import linecache
import opcode
import os
import re
import sys
import types
from abc import ABCMeta

_MOST_NOTES = 50
_READ_BY_PYTHON = "Read the project with its own Python: `--python PATH`"
_OURS = "/site.zip/kedro_azureml_reader/"
# Standard library modules that inspect annotations and arguments without making decisions based on them.
_HARMLESS = ("/typing.py", "/dataclasses.py", "/enum.py", "/abc.py", "/annotationlib.py", "/inspect.py", "/logging/__init__.py")
_HARMLESS += ("/warnings.py", "/_py_warnings.py")


class _Notes:
    """Recorded uses; each becomes one warning."""

    def __init__(self):
        self.roots = ()
        self._found = {}

    def clear(self):
        self._found = {}

    def add(self, name, what, through_libraries=False):
        """Records the project's current line as using a stub; by default not if a library is in between."""
        place = self._place(through_libraries)
        if place is not None:
            self.add_at(name, what, place)

    def add_at(self, name, what, place):
        """Records a use of a stub at a given file and line of the project."""
        message = f"\"{name}\" is only a stub in the embedded Python, and the project {what} at import; its pipelines may differ"
        # kedro.stub_used: The project's code computes with a package that is not built in. Use `--python`.
        self._keep("kedro.stub_used", message, _READ_BY_PYTHON, place)

    def add_other(self, code, message, hint=_READ_BY_PYTHON, through_libraries=True):
        """Records the project's current line as using something else that differs here."""
        place = self._place(through_libraries)
        if place is not None:
            self._keep(code, message, hint, place)

    def place(self):
        """The project's current file and line, also inside a library call; `None` if no project code is running."""
        return self._place(True)

    def taken(self, root):
        """The recorded uses as warnings."""
        return [
            {"code": code, "message": message, "hint": hint, "place": {"file": os.path.relpath(file, root), "line": line}}
            for code, message, hint, (file, line) in self._found
        ]

    def _keep(self, *found):
        if len(self._found) < _MOST_NOTES:
            self._found.setdefault(found)

    def _place(self, through_libraries):
        """The innermost project line on the stack; `None` if there is none, or a library comes first."""
        frame = sys._getframe(2)
        while frame is not None:
            filename = frame.f_code.co_filename
            if filename.startswith(self.roots):
                return filename, frame.f_lineno
            if not through_libraries and _is_library(filename):
                return None
            frame = frame.f_back
        return None


def _is_library(filename):
    return filename.startswith("/site.zip/") and not filename.startswith(_OURS) or filename.endswith(_HARMLESS)


notes = _Notes()


def _line(frame):
    """The line of the project that is running; empty in any other code."""
    filename = frame.f_code.co_filename
    return linecache.getline(filename, frame.f_lineno) if filename.startswith(notes.roots) else ""


def _note_question(path, frame):
    """Records a check for an attribute by `hasattr`, or `getattr` with a default."""
    if re.search(r"\bhasattr\(|\bgetattr\([^,]*,[^,]*,", _line(frame)):
        notes.add(path, "asks what it has")


def _makes_decorator(path, frame):
    """Whether the running call creates a decorator, such as `@check(Schema)`, that is then applied."""
    return not path.endswith("()") and re.match(r"\s*@[\w.]+\(", _line(frame)) is not None


_UNPACKS = (opcode.opmap["UNPACK_SEQUENCE"], opcode.opmap["UNPACK_EX"])


def _unpacked(frame):
    """How many values an assignment such as `a, *b = value` takes; `None` if the frame does something else."""
    code, at = frame.f_code.co_code, frame.f_lasti
    if code[at] not in _UNPACKS:
        return None
    # What follows a name with a star is counted in an instruction of its own.
    return code[at + 1] + (code[at - 1] if at > 1 and code[at - 2] == opcode.EXTENDED_ARG else 0)


# Guards such as `if pandas.__version__ < "1.5": raise` ask for at least some version.
NEWEST = "9999.0.0"


def folder_of(path):
    """Where a missing module would be."""
    return f"/stubs/{path.replace('.', '/')}"


def _location(path, name):
    """The `__file__` or the `__path__` of a missing module."""
    notes.add(path, "asks where it is")
    return f"{folder_of(path)}/__init__.py" if name == "__file__" else [folder_of(path)]


class StubModule(types.ModuleType):
    """A module in which every name exists."""

    def __getattr__(self, name):
        if name == "__file__":
            return _location(self.__name__, name)
        if name == "__all__":
            vars(self)["__getattr__"] = _handed_on(self)
            return _names_of_importer()
        if name == "__version__":
            notes.add(f"{self.__name__}.__version__", "looks at it")
            return NEWEST
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        _note_question(self.__name__, sys._getframe(1))
        value = make(f"{self.__name__}.{name}")
        setattr(self, name, value)
        return value


def make(path):
    """The stub for a dotted name; exceptions must be classes, because `except` requires them."""
    name = path.rpartition(".")[2]
    if name.endswith(("Error", "Exception", "Warning")) and name[0].isupper():
        base = Warning if name.endswith("Warning") else Exception
        return type(name, (base,), {"__module__": path.rpartition(".")[0]})
    return Stub(path)


def _names_of_importer():
    """The names for `from x import *`: every name that the importing module uses or hands on and does not define."""
    frame = sys._getframe(2)
    while frame is not None and "importlib" in frame.f_code.co_filename:
        frame = frame.f_back
    if frame is None:
        return []
    have = frame.f_globals.keys() | vars(builtins).keys()
    return sorted((_names_in(frame.f_code) | {"__getattr__"}) - have)


def _handed_on(module):
    """The `__getattr__` of a module that has `from module import *`, for names that others import from it."""

    def look(name):
        # Kedro asks modules of the project for these functions.
        if name.startswith("_") or name in ("create_pipeline", "register_pipelines"):
            raise AttributeError(name)
        if name not in vars(module):
            StubModule.__getattr__(module, name)
        return vars(module)[name]

    return look


def _names_in(code):
    inner = (each for each in code.co_consts if isinstance(each, types.CodeType))
    return {name for name in code.co_names if not name.startswith("__")}.union(*map(_names_in, inner))


class _ClassMeta(ABCMeta):
    """Metaclass that gives project classes extending a stub every attribute."""

    def __getattr__(cls, name):
        if name.startswith("_"):
            raise AttributeError(name)
        _note_question(f"{cls.__module__}.{cls.__qualname__}", sys._getframe(1))
        return Stub(f"{cls.__module__}.{cls.__qualname__}.{name}")


class StubBase(metaclass=_ClassMeta):
    """Base class of project classes that extend a stub."""

    def __init__(self, *args, **kwargs):
        pass

    def __init_subclass__(cls, **kwargs):
        pass

    def __class_getitem__(cls, key):
        return cls

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        _note_question(f"{type(self).__module__}.{type(self).__qualname__}", sys._getframe(1))
        return Stub(f"{type(self).__module__}.{type(self).__qualname__}().{name}")

    def __call__(self, *args, **kwargs):
        return _called(f"{type(self).__qualname__}()", args, kwargs)


def _probe(what, answer):
    def method(self, *args):
        notes.add(self._path, what)
        return answer(self)

    return method


def _same(self, *args):
    return self


class Stub:
    """A value of a missing module, usable as a class, function, decorator or constant."""

    def __init__(self, path):
        module, _, name = path.rpartition(".")
        vars(self).update(_path=path, __name__=name, __qualname__=name, __module__=module, __doc__=None)

    def __getattr__(self, name):
        if name == "__version__":
            notes.add(self._path, "looks at its version")
            return NEWEST
        if name in ("__file__", "__path__"):
            return _location(self._path, name)
        # Dynaconf checks each value of settings.py for these attributes.
        if name.startswith("__") and name.endswith("__") or name.startswith("_dynaconf"):
            raise AttributeError(name)
        _note_question(self._path, sys._getframe(1))
        value = make(f"{self._path}.{name}")
        vars(self)[name] = value
        return value

    def __setattr__(self, name, value):
        vars(self)[name] = value

    def __call__(self, *args, **kwargs):
        return _called(self._path, args, kwargs)

    def __mro_entries__(self, bases):
        if self.__name__ == "BaseSettings":
            notes.add(self._path, "has settings that it fills from the environment")
        made = vars(self).get("_base")
        if made is None:
            made = _ClassMeta(self.__name__, (StubBase,), {"__module__": self.__module__})
            vars(self)["_base"] = made
        return (made,)

    def __instancecheck__(self, instance):
        made = vars(self).get("_base")
        return made is not None and isinstance(instance, made)

    def __subclasscheck__(self, subclass):
        made = vars(self).get("_base")
        return made is not None and issubclass(subclass, made)

    @property
    def __bases__(self):
        notes.add(self._path, "asks what it extends")
        return (object,)

    def __getitem__(self, key):
        return Stub(f"{self._path}[]")

    def __setitem__(self, key, value):
        pass

    def __delitem__(self, key):
        pass

    def __iter__(self):
        count = _unpacked(sys._getframe(1))
        if count is not None:
            return iter([Stub(f"{self._path}[{index}]") for index in range(count)])
        notes.add(self._path, "iterates over it")
        return iter(())

    def __eq__(self, other):
        if self is other or isinstance(other, Stub):
            return self is other
        notes.add(self._path, "compares it")
        return False

    def __hash__(self):
        return id(self)

    def __repr__(self):
        return f"<stub for {self._path}>"

    def __enter__(self):
        return Stub(f"{self._path}()")

    def __exit__(self, *raised):
        return False

    async def __aenter__(self):
        return Stub(f"{self._path}()")

    async def __aexit__(self, *raised):
        return False

    def __format__(self, spec):
        notes.add(self._path, "uses it as text")
        return repr(self)

    def __str__(self):
        notes.add(self._path, "uses it as text")
        return repr(self)

    __or__ = __ror__ = __and__ = __rand__ = __xor__ = __rxor__ = __invert__ = _same
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _same
    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __pow__ = __rpow__ = __matmul__ = __rmatmul__ = _same
    __neg__ = __pos__ = __abs__ = __lshift__ = __rshift__ = __rlshift__ = __rrshift__ = _same
    __lt__ = __le__ = __gt__ = __ge__ = _same
    __copy__ = __deepcopy__ = _same
    __len__ = _probe("takes its length", lambda self: 0)
    __bool__ = _probe("tests it", lambda self: True)
    __contains__ = _probe("searches in it", lambda self: False)
    __int__ = _probe("converts it", lambda self: 0)
    __float__ = _probe("converts it", lambda self: 0.0)
    __complex__ = _probe("converts it", lambda self: 0j)
    __index__ = _probe("converts it", lambda self: 0)
    __bytes__ = _probe("converts it", lambda self: b"")
    __fspath__ = _probe("uses it as a path", lambda self: "stub")
    __next__ = _probe("iterates over it", lambda self: _stop())


def _stop():
    raise StopIteration


_DECORATOR = "__kedro_azureml_decorator__"


def decorator_of(func):
    """The path of the stub that decorates a function of the project; `None` if there is none."""
    return getattr(func, "__dict__", {}).get(_DECORATOR)


# What a value such as a table is given a function for, which is no decorator.
_APPLIES = re.compile(r"\(\)\.(?:agg|apply|applymap|filter|map|transform)$")


def _called(path, args, kwargs):
    """The result of calling a stub: a decorated function or class is returned unchanged."""
    if len(args) == 3 and isinstance(args[0], str) and isinstance(args[1], tuple) and isinstance(args[2], dict):
        return type(*args)
    if len(args) == 1 and not kwargs and _is_definition(args[0]) and not _APPLIES.search(path) and not _makes_decorator(path, sys._getframe(2)):
        if isinstance(args[0], types.FunctionType):
            vars(args[0]).setdefault(_DECORATOR, path.replace("()", ""))
        return args[0]
    return Stub(f"{path}()")


def _is_definition(value):
    if isinstance(value, (types.FunctionType, types.MethodType, classmethod, staticmethod, property)):
        return True
    return isinstance(value, type) and value.__module__ in sys.modules and value.__module__ != "builtins"
