"""Failures as plain data, with the traceback limited to the user's own code."""

import os
import pkgutil
import re
import sys
import traceback

# Limits: characters of one message, and frames from each end of a traceback.
_MOST_CHARACTERS = 2000
_MOST_FRAMES = 10


def describe(root, error):
    """An exception as a dict: kind, text, place in the project, and the lines of the traceback."""
    error = _cause_of_import(root, error)
    frames = _own_frames(root, error)
    at = _place(root, error, frames)
    return {
        "kind": type(error).__name__,
        "module": type(error).__module__,
        "text": without_folders(root, _text(error)),
        "place": at,
        "traceback": _lines(root, error, frames),
        "missing": getattr(error, "name", None) if isinstance(error, ImportError) else None,
        "siblings": _siblings(root, error),
        "notes": [],
        "stubs": [],
    }


def _cause_of_import(root, error):
    """What stopped a module that `find_pipelines(raise_errors=True)` imports, if it is in the project's code.

    Kedro raises an ImportError from it, whose own place is the call of `find_pipelines`.
    """
    cause = error.__cause__
    if not isinstance(error, ImportError) or not isinstance(cause, Exception):
        return error
    if not str(error).startswith("An error occurred while importing the '"):
        return error
    return error if _place(root, cause, _own_frames(root, cause)) is None else cause


def _siblings(root, error):
    """The modules that the project has where an import looked for one."""
    package = (getattr(error, "name", None) or "").rpartition(".")[0] if isinstance(error, ModuleNotFoundError) else ""
    folders = getattr(sys.modules.get(package), "__path__", ())
    return [each.name for each in pkgutil.iter_modules([each for each in folders if each.startswith(f"{root}/")])]


def problem(root, error, area):
    """A configuration area that cannot be read, and why."""
    return {"area": area, **describe(root, error)}


def warning(root, error, code, action):
    """A warning for an exception that does not stop the reading."""
    return warning_of(describe(root, error), code, action)


def warning_of(told, code, action):
    """A warning for a failure that is already described."""
    place = {} if told["place"] is None else {"place": told["place"]}
    return {"code": code, "message": f"Cannot {action}: {told['kind']}: {told['text']}", **place}


def skipped_pipeline(root, text):
    """The warning that `find_pipelines` left a module out; `None` for any other warning."""
    found = re.search(r"(?:importing the|The|in the) '([\w.]+)' module", text)
    if found is None or "find_pipelines" not in text:
        return None
    place = _place_in_text(root, text)
    reason = text.strip().splitlines()[-1] if "Traceback" in text else text
    return {
        # kedro.pipeline_left_out: Kedro left out a pipeline, whose module cannot be imported or has none. Correct
        #   the line that the message names.
        "code": "kedro.pipeline_left_out",
        "message": f"Kedro left out the pipelines of \"{found[1]}\": {without_folders(root, reason)}",
        **({} if place is None else {"place": place}),
    }


def without_folders(root, text):
    """A text without the project's folder, and without where the embedded Python lies, which mean nothing to the user."""
    return re.sub(r" \((?:/site\.zip|/lib/python)[^)]*\)", "", text.replace(f"{root}/", ""))


def _place_in_text(root, text):
    found = [each for each in re.finditer(r'File "([^"]+)", line (\d+)', text) if each[1].startswith(root)]
    return {"file": _relative(root, found[-1][1]), "line": int(found[-1][2])} if found else None


def _text(error):
    try:
        text = str(_said(error))
    except Exception as second:  # noqa: BLE001 (the project may have written __str__)
        text = f"its message cannot be read, because of {type(second).__name__}"
    return text if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]}…"


def _said(error):
    if isinstance(error, SyntaxError):
        return error.msg
    if isinstance(error, KeyError) and error.args:
        return error.args[0]
    if getattr(error, "name_from", None) and error.name in sys.modules:
        # Of a submodule, Python proposes the names of its package.
        error = AttributeError(str(error), name=error.name_from, obj=sys.modules[error.name])
    if isinstance(error, (AttributeError, NameError)):
        # Also says which name was meant.
        return traceback.TracebackException(type(error), error, error.__traceback__, lookup_lines=False)
    for each in (error, error.__cause__, error.__context__):
        # PyYAML's own message names the file "<file>" and counts lines from 0.
        if type(each).__module__.startswith("yaml.") and getattr(each, "problem", None):
            return each.problem
    return error


def _own_frames(root, error):
    frames = traceback.extract_tb(error.__traceback__)
    return [frame for frame in frames if frame.filename.startswith(f"{root}/")]


def _place(root, error, frames):
    if isinstance(error, SyntaxError) and error.filename and error.filename.startswith(root):
        column = {} if not error.offset else {"column": error.offset}
        return {"file": _relative(root, error.filename), "line": error.lineno or 1, **column}
    if frames:
        return {"file": _relative(root, frames[-1].filename), "line": frames[-1].lineno}
    code = getattr(getattr(error, "function", None), "__code__", None)
    if code is not None and code.co_filename.startswith(f"{root}/"):
        return {"file": _relative(root, code.co_filename), "line": code.co_firstlineno}
    return _place_of_file(root, error)


def _place_of_file(root, error):
    """The configuration file that Kedro was reading, and where the YAML parser stopped."""
    read = [frame.f_locals.get("config_filepath") for frame, _ in traceback.walk_tb(error.__traceback__)]
    path = next((str(each) for each in read if each is not None), None)
    named = re.search(re.escape(root) + r"/([^\s,'\":]+)", _text(error))
    if path is None and named is None:
        return None
    mark = next(filter(None, map(_mark, (error, error.__cause__, error.__context__))), None)
    line = {} if mark is None else {"line": mark.line + 1, "column": mark.column + 1}
    return {"file": named[1] if path is None else _relative(root, path), **line}


def _mark(error):
    """Where PyYAML stopped; for a quote that is not closed, where it opens instead of the end of the file."""
    is_open = getattr(error, "context", None) == "while scanning a quoted scalar"
    return getattr(error, "context_mark" if is_open else "problem_mark", None)


def calling_place(root):
    """Where in the project's code the running call comes from; `None` if none of its code is running."""
    frame = sys._getframe(1)
    while frame is not None and not frame.f_code.co_filename.startswith(f"{root}/"):
        frame = frame.f_back
    return None if frame is None else {"file": _relative(root, frame.f_code.co_filename), "line": frame.f_lineno}


def _lines(root, error, frames):
    lines = []
    left_out = len(frames) - 2 * _MOST_FRAMES
    for at, frame in enumerate(frames):
        if at == _MOST_FRAMES and left_out > 0:
            lines.append(f"… {left_out} more calls …")
        if left_out > 0 and _MOST_FRAMES <= at < _MOST_FRAMES + left_out:
            continue
        lines.append(f'File "{_relative(root, frame.filename)}", line {frame.lineno}, in {frame.name}')
        if frame.line:
            lines.append(f"  {frame.line}")
    if isinstance(error, SyntaxError) and error.text and (error.filename or "").startswith(root):
        lines += [f'File "{_relative(root, error.filename)}", line {error.lineno}', f"  {error.text.strip()}"]
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if frames and cause is not None:
        own = _own_frames(root, cause)
        if own:
            return [*_lines(root, cause, own), f"{type(cause).__name__}: {_text(cause)}", "", *lines]
    return lines


def _relative(root, path):
    return os.path.relpath(path, root).replace(os.sep, "/")
