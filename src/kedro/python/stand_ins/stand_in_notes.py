"""Notes where the project looked at what is different here, which may have changed what it does."""

import os
import sys

_MOST_NOTES = 50
_READ_BY_PYTHON = "Read the project with its own Python: `--python PATH`"
_OURS = "/site.zip/kedro_azureml_reader/"
# Modules of Python's library that look at annotations and arguments without deciding anything by them.
_HARMLESS = ("/typing.py", "/dataclasses.py", "/enum.py", "/abc.py", "/annotationlib.py", "/inspect.py", "/logging/__init__.py")
_HARMLESS += ("/warnings.py", "/_py_warnings.py")


class _Notes:
    """Where the project looked; each is a warning once."""

    def __init__(self):
        self.roots = ()
        self._found = {}

    def clear(self):
        self._found = {}

    def add(self, name, what, through_libraries=False):
        """Notes the line of the project that looks at a stand-in now; one behind a library only where that is asked for."""
        place = self._place(through_libraries)
        if place is not None:
            self.add_at(name, what, place)

    def add_at(self, name, what, place):
        """Notes a file and line of the project for a stand-in."""
        message = f"\"{name}\" is not in the embedded Python, and the project {what} when imported"
        self._keep("kedro.stand_in_used", message, _READ_BY_PYTHON, place)

    def add_other(self, code, message, hint=_READ_BY_PYTHON, through_libraries=True):
        """Notes the line of the project that looks now at something else that is different here."""
        place = self._place(through_libraries)
        if place is not None:
            self._keep(code, message, hint, place)

    def place(self):
        """The file and line of the project that is at work, also behind a library; `None` where there is none."""
        return self._place(True)

    def taken(self, root):
        """The notes as warnings."""
        return [
            {"code": code, "message": message, "hint": hint, "place": {"file": os.path.relpath(file, root), "line": line}}
            for code, message, hint, (file, line) in self._found
        ]

    def _keep(self, *found):
        if len(self._found) < _MOST_NOTES:
            self._found.setdefault(found)

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
