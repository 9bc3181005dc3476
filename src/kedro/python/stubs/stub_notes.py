"""Records where the project uses something that differs here and may have changed what the project does."""

import os
import sys

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
