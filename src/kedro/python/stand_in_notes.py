"""Notes where the value of a stand-in was looked at, which may have changed what the project does."""

import sys

_MOST_NOTES = 50
_OURS = "/site.zip/kedro_azureml_reader/"
# Modules of Python's library that look at annotations and arguments without deciding anything by them.
_HARMLESS = ("/typing.py", "/dataclasses.py", "/enum.py", "/abc.py", "/annotationlib.py", "/inspect.py", "/logging/__init__.py")
_HARMLESS += ("/warnings.py", "/_py_warnings.py")


class _Notes:
    """Where a stand-in's value was looked at, which may have changed what the project does."""

    def __init__(self):
        self.roots = ()
        self._found = {}

    def clear(self):
        self._found = {}

    def add(self, name, what, through_libraries=False):
        """Notes the line of the project that looks now; one behind a library counts only where that is asked for."""
        place = self._place(through_libraries)
        if place is not None:
            self.add_at(name, what, place)

    def add_at(self, name, what, place):
        """Notes a file and line of the project."""
        if len(self._found) < _MOST_NOTES:
            self._found.setdefault((name, what, place))

    def taken(self):
        return list(self._found)

    def _place(self, through_libraries):
        """The line of the project that looked; `None` when a library looked for reasons of its own."""
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
