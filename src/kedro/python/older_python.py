"""Runs code written for older Python versions, and warns where Python's behavior has changed."""

import collections
import collections.abc
import dataclasses
import enum
import inspect

from .stub_notes import notes

# Names that Python 3.10 moved from `collections`.
_MOVED = [name for name in collections.abc.__all__ if not hasattr(collections, name)]
_get_field = dataclasses._get_field
_format = enum.Enum.__format__


def adapt(kedro):
    """Restores what Python 3.14 dropped or rejects and projects of that Kedro, such as `(0, 18)`, expect."""
    dataclasses._get_field = _field_as_before_311
    # Kedro before 0.19 supports only Python before 3.12, and Kedro 1 only Python 3.10 or later.
    enum.Enum.__format__ = _format_as_before_312 if kedro < (0, 19) else _format_and_tell
    inspect.getargspec = inspect.getfullargspec
    for name in _MOVED:
        if kedro < (1, 0):
            setattr(collections, name, getattr(collections.abc, name))
        else:
            # The image has read projects of every Kedro version.
            vars(collections).pop(name, None)


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
