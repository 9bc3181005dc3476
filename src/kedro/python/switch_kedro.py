"""Holds several versions of Kedro in one interpreter, and runs code written for older versions of Python."""

import ast
import collections
import collections.abc
import configparser
import dataclasses
import enum
import inspect
import re
import sys

from .stub_values import notes

_FOLDERS = "/site.zip/kedro-"
# Modules of each imported Kedro that is not active, by folder.
_kept = {}


def use(version):
    """Makes `import kedro`, and the packages beside it, use this version: `1`, `0.19` or `0.18`."""
    wanted = f"{_FOLDERS}{version}"
    for folder in [path for path in sys.path if path.startswith(_FOLDERS)]:
        sys.path.remove(folder)
        _kept[folder] = {name: sys.modules.pop(name) for name in _names_in(f"{folder}/")}
    sys.path.insert(0, wanted)
    sys.modules.update(_kept.pop(wanted, {}))


def _names_in(folder):
    return [name for name, module in sys.modules.items() if (getattr(module, "__file__", None) or "").startswith(folder)]


# Names that Python 3.10 moved from `collections`.
_MOVED = [name for name in collections.abc.__all__ if not hasattr(collections, name)]
_get_field = dataclasses._get_field
_format = enum.Enum.__format__


def adapt_python(kedro):
    """Restores what Python 3.14 dropped or rejects and projects of that Kedro, such as `(0, 18)`, expect."""
    dataclasses._get_field = _field_as_before_311
    # Kedro before 0.19 supports only Python before 3.12, and Kedro 1 only Python 3.10 or later.
    enum.Enum.__format__ = _format_as_before_312 if kedro < (0, 19) else _format_and_tell
    inspect.getargspec = inspect.getfullargspec
    for module, version, names in _DROPPED:
        _give_back(module, version, names)
    for name in _MOVED:
        if kedro < (1, 0):
            setattr(collections, name, getattr(collections.abc, name))
        else:
            # The image has read projects of every Kedro version.
            vars(collections).pop(name, None)


# Names that Python dropped since 3.11 from modules that it still has, and in which version.
_DROPPED = (
    (re, "3.13", {"T": re.NOFLAG, "TEMPLATE": re.NOFLAG}),
    (ast, "3.14", dict.fromkeys(("Bytes", "Ellipsis", "NameConstant", "Num", "Str"), ast.Constant)),
    (configparser, "3.12", {"SafeConfigParser": configparser.ConfigParser}),
)


def _give_back(module, version, dropped):
    def look(name):
        if name not in dropped:
            raise AttributeError(f"module '{module.__name__}' has no attribute '{name}'")
        message = f"The project uses {module.__name__}.{name}, which Python {version} dropped"
        hint = f"Let steps run with a Python before {version}, or replace it"
        # kedro.python_differs: The project's code uses what differs between versions of Python. Correct the line that
        #   the message names, or use `--python`.
        notes.add_other("kedro.python_differs", message, hint, through_libraries=False)
        return dropped[name]

    module.__getattr__ = look


def _field_as_before_311(cls, name, *others):
    """Accepts unhashable defaults, such as another dataclass, as Python before 3.11 did."""
    default = getattr(cls, name, None)
    kind = type(default.default if isinstance(default, dataclasses.Field) else default)
    if kind.__hash__ is not None or kind in (list, dict, set):
        return _get_field(cls, name, *others)
    kind.__hash__ = object.__hash__
    try:
        return _get_field(cls, name, *others)
    finally:
        kind.__hash__ = None


def _is_mixed(member):
    """Whether an enum member is also a string or a number and does not define `__str__` itself."""
    own = type(member)._member_type_ is not object and not isinstance(member, enum.ReprEnum)
    return own and type(member).__str__ is enum.Enum.__str__


def _format_as_before_312(self, spec):
    return type(self)._member_type_.__format__(self._value_, spec) if _is_mixed(self) else _format(self, spec)


def _format_and_tell(self, spec):
    if _is_mixed(self):
        message = f"The project writes {self!s} in a text when imported: that gives \"{self!s}\" since Python 3.12, and \"{self._value_}\" before"
        notes.add_other("kedro.python_differs", message)
    return _format(self, spec)
