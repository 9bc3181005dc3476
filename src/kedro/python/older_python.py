"""Lets code for an older Python run, and tells where Python itself has changed what a project says."""

import collections
import collections.abc
import dataclasses
import enum
import inspect

from .stand_in_notes import notes

_get_field = dataclasses._get_field
_format = enum.Enum.__format__


def adapt(kedro):
    """From now on, what Python 3.14 has dropped or refuses is as it was for projects of that Kedro, such as `(0, 18)`."""
    dataclasses._get_field = _field_as_before_311
    # Kedro before 0.19 runs on Python before 3.12 only, and Kedro 1 on no Python before 3.10.
    enum.Enum.__format__ = _format_as_before_312 if kedro < (0, 19) else _format_and_tell
    if kedro < (0, 19):
        for name in collections.abc.__all__:
            if not hasattr(collections, name):
                setattr(collections, name, getattr(collections.abc, name))
        inspect.getargspec = inspect.getfullargspec


def _field_as_before_311(cls, name, *others):
    """A default that cannot be hashed, such as another dataclass, was no mistake before Python 3.11."""
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
    """Whether the member is text or a number too, and says nothing of how it is written."""
    own = type(member)._member_type_ is not object and not isinstance(member, enum.ReprEnum)
    return own and type(member).__str__ is enum.Enum.__str__


def _format_as_before_312(self, spec):
    return type(self)._member_type_.__format__(self._value_, spec) if _is_mixed(self) else _format(self, spec)


def _format_and_tell(self, spec):
    if _is_mixed(self):
        message = f"The project writes {self!s} in a text when imported: that gives \"{self!s}\" since Python 3.12, and \"{self._value_}\" before"
        notes.add_other("kedro.python_differs", message)
    return _format(self, spec)
