"""Failures as plain data: the user's own traceback, and none of ours."""

import os
import re
import traceback

_CONF = {"catalog": "the catalog", "parameters": "the parameters"}


def describe(root, error):
    """What a caller needs to tell the user: kind, text, place in the project, and the lines of the traceback."""
    frames = _own_frames(root, error)
    at = _place(root, error, frames)
    return {
        "kind": type(error).__name__,
        "module": type(error).__module__,
        "text": _text(error).replace(f"{root}/", ""),
        "place": at,
        "traceback": _lines(root, error, frames),
        "missing": getattr(error, "name", None) if isinstance(error, ImportError) else None,
    }


def problem(root, error, area):
    """Why a part of the configuration cannot be read."""
    return {"area": area, **describe(root, error)}


def warning(root, error, code, action):
    """A failure that does not stop the work."""
    told = describe(root, error)
    place = {} if told["place"] is None else {"place": told["place"]}
    return {"code": code, "message": f"Cannot {action}: {told['kind']}: {told['text']}", **place}


def skipped_pipeline(root, message, text):
    """The warning of `find_pipelines` about a module that it left out; `None` when it is another warning."""
    found = re.search(r"(?:importing the|The|in the) '([\w.]+)' module", text)
    if found is None or "find_pipelines" not in text:
        return None
    place = _place_in_text(root, text)
    reason = text.strip().splitlines()[-1] if "Traceback" in text else text
    return {
        "code": "kedro.pipeline_left_out",
        "message": f"Kedro left out the pipelines of \"{found[1]}\": {reason}",
        **({} if place is None else {"place": place}),
    }


def _place_in_text(root, text):
    found = [each for each in re.finditer(r'File "([^"]+)", line (\d+)', text) if each[1].startswith(root)]
    return {"file": _relative(root, found[-1][1]), "line": int(found[-1][2])} if found else None


def _text(error):
    if isinstance(error, SyntaxError):
        return error.msg
    if isinstance(error, KeyError) and error.args:
        return str(error.args[0])
    return str(error)


def _own_frames(root, error):
    frames = traceback.extract_tb(error.__traceback__)
    return [frame for frame in frames if frame.filename.startswith(f"{root}/")]


def _place(root, error, frames):
    if isinstance(error, SyntaxError) and error.filename and error.filename.startswith(root):
        column = {} if not error.offset else {"column": error.offset}
        return {"file": _relative(root, error.filename), "line": error.lineno or 1, **column}
    if frames:
        return {"file": _relative(root, frames[-1].filename), "line": frames[-1].lineno}
    return _place_of_file(root, _text(error), getattr(error.__cause__ or error.__context__, "problem_mark", None))


def _place_of_file(root, text, mark):
    """The file of the project that a message names, and where in it the YAML parser stopped."""
    found = re.search(re.escape(root) + r"/([^\s,'\":]+)", text)
    if found is None:
        return None
    line = {} if mark is None else {"line": mark.line + 1, "column": mark.column + 1}
    return {"file": found[1], **line}


def _lines(root, error, frames):
    lines = []
    for frame in frames:
        lines.append(f'File "{_relative(root, frame.filename)}", line {frame.lineno}, in {frame.name}')
        if frame.line:
            lines.append(f"  {frame.line}")
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if frames and cause is not None:
        own = _own_frames(root, cause)
        if own:
            return [*_lines(root, cause, own), f"{type(cause).__name__}: {_text(cause)}", "", *lines]
    return lines


def _relative(root, path):
    return os.path.relpath(path, root).replace(os.sep, "/")
