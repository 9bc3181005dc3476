"""Reads a Kedro project and describes it as plain data."""

import base64
import json
import os
import re
import sys
import warnings
from pathlib import Path

from . import catalog, context, failures, kedro_api, pipelines

# Where library code is: its warnings are not the project's fault and are hidden.
_LIBRARIES = ("/site.zip/", "/lib/python")
# Code, and what tools keep in a project.
_NOT_DATA = re.compile(r"\.(py|pyc|so|pyd)$|[\\/]\.")
# Maximum number of earlier warnings to list with a failure.
_MOST_NOTES = 10


class Reading:
    """One open project; its parts are read in the order in which Kedro reads them."""

    def __init__(self, request):
        self.root = request["root"]
        # Where the folders outside the project are that its code may see, by their paths on this machine.
        self.outside = request.get("outside", {})
        self.source = request["source"]
        self.is_embedded = self.source == "embedded"
        self.env = request["env"]
        self.runtime_params = request["runtime_params"]
        self.loader = None
        self.context = None
        # Why the context could not be created, as a configuration problem; None if it was.
        self.context_problem = None
        # What else cannot be read if the pipelines cannot.
        self.other_problems = []
        self.registered = {}
        self._opened = {}
        self._warnings = []

    def open(self, request):
        """Makes the project importable and reads settings.py."""
        # Job steps have KEDRO_ENV set too.
        os.environ.update(sorted(request["environ"].items()), KEDRO_ENV=self.env, KEDRO_DISABLE_TELEMETRY="1")
        os.chdir(self.root)
        sys.dont_write_bytecode = True
        warnings.showwarning = self._show_warning
        if self.is_embedded:
            self._warnings += _embedded().open_project(self.root, request["kedro"], request["withheld"])
        from kedro.framework import project
        from kedro.framework.project import validate_settings
        from kedro.framework.startup import bootstrap_project

        project.warnings = _KedrosWarnings(self)
        self.metadata = bootstrap_project(Path(self.root))
        validate_settings()
        try:
            self.loader, self.context = context.open_context(self)
        except Exception as error:  # noqa: BLE001 (a project's own context and loader may raise anything)
            # Kedro can register pipelines without a context.
            self.context_problem = failures.problem(self.root, error, "context")

    def note_opened(self, path, mode):
        """Notes a file of the project that is opened, and where its code first did so; `None` for one that it wrote."""
        path = os.path.normpath(os.path.join(self.root, path))
        if kedro_api.is_below(path, self.root) and not _NOT_DATA.search(path[len(self.root) :]):
            is_read = mode.strip("bt") == "r"
            self._opened.setdefault(path, failures.calling_place(self.root) if is_read else None)

    def _files_read(self):
        """The project's files that its code opened to read them, except code and configuration, and where it did."""
        conf = os.path.join(self.root, kedro_api.conf_source(self))
        opened = [each for each in sorted(self._opened.items()) if not kedro_api.is_below(each[0], conf)]
        read = [(path, place) for path, place in opened if place is not None and os.path.isfile(path)]
        return [{"file": os.path.relpath(path, self.root).replace(os.sep, "/"), "place": place} for path, place in read]

    def warn(self, warning):
        """Records a warning; duplicates are dropped."""
        if warning not in self._warnings:
            self._warnings.append(warning)

    def warnings(self):
        """The warnings so far, and those about uses of stubs."""
        return [*self._warnings, *(_embedded().probes(self.root) if self.is_embedded else ())]

    def _show_warning(self, message, category, filename, lineno, file=None, line=None):
        if not filename.startswith(_LIBRARIES) and not issubclass(category, SyntaxWarning):
            filename = failures.without_folders(self.root, filename)
            sys.stderr.write(warnings.formatwarning(message, category, filename, lineno, line))

    def snapshot(self):
        """Everything in a snapshot; configuration that cannot be read is listed in `problems`."""
        from kedro import __version__
        from kedro.framework.project import pipelines as registry

        try:
            self.registered = pipelines.checked(registry, self.warn)
        except Exception:
            if self.context_problem is not None:
                self.warn(failures.warning_of(self.context_problem, "kedro.context", "create the project's context"))
            else:
                self.other_problems = catalog.unreadable(self)
            raise
        read, problems = catalog.read_all(self)
        if self.is_embedded:
            _embedded().note_unnamed(self.registered)
            self._warnings += _embedded().unchecked_parameters()
        return {
            "project": {
                "name": self.metadata.project_name,
                "package_name": self.metadata.package_name,
                "kedro_init_version": kedro_api.init_version(self.metadata),
                "kedro_version": __version__,
                "source": self.source,
                "env": self.env,
                "runtime_params": self.runtime_params,
                "settings": context.describe_settings(self),
                "stubs": _embedded().names() if self.is_embedded else [],
            },
            "pipelines": {name: pipelines.describe(pipe) for name, pipe in self.registered.items()},
            "pipeline_names": list(self.registered),
            **read,
            "files_read": self._files_read(),
            "problems": problems,
            "warnings": self.warnings(),
        }


class _KedrosWarnings:
    """Replaces `warnings` in Kedro, so that left-out pipelines are reported whatever filters a project sets."""

    def __init__(self, reading):
        self._reading = reading

    def __getattr__(self, name):
        return getattr(warnings, name)

    def warn(self, message, *args, **settings):
        skipped = failures.skipped_pipeline(self._reading.root, str(message))
        if skipped is None:
            warnings.warn(message, *args, **settings)
        else:
            self._reading.warn(skipped)


def _embedded():
    """Imported on demand: only the embedded Python needs it, and the project's own may be too old for it."""
    from . import embedded

    return embedded


_readings = []


def call(text, used="{}"):
    """Answers one request, JSON in and JSON out: `{"ok": ...}` or `{"error": ...}`; never raises.

    `used` counts how often the interpreter has used the machine's clock, time zone and random numbers, as JSON.
    """
    request = {**json.loads(text), "used": json.loads(used)}
    root = request.get("root") or (_readings[-1].root if _readings else "/")
    try:
        answer = {"ok": _ACTIONS[request["action"]](request)}
        return json.dumps(plain(answer), allow_nan=False)
    except BaseException as error:  # noqa: BLE001 (the project's code may raise SystemExit, and worse)
        others = _readings[-1].other_problems if _readings else []
        told = {"notes": _notes(), "stubs": _stubs(), "problems": others}
        return json.dumps({"error": {**failures.describe(root, error), **told}})


def _notes():
    """Warnings before a failure, which may explain it."""
    if not _readings:
        return []
    reading = _readings[-1]
    notes = [each["message"] for each in reading.warnings()[:_MOST_NOTES]]
    missing = _stubs()
    if missing:
        notes.append(f"Replaced with stubs (not in the built-in Python): {', '.join(missing[:_MOST_NOTES])}")
    return notes


def _stubs():
    return _embedded().names() if _readings and _readings[-1].is_embedded else []


def _audit(event, args):
    if event == "open" and _readings and isinstance(args[0], str) and isinstance(args[1], str):
        _readings[-1].note_opened(args[0], args[1])


sys.addaudithook(_audit)


def _snapshot(request):
    reading = Reading(request)
    _readings[:] = [reading]
    reading.open(request)
    return reading.snapshot()


def _resolve(request):
    return context.resolve(request["name"], request["args"])


def _modules(request):
    from . import modules

    return modules.describe(request["texts"])


def _uses(request):
    from . import uses

    return uses.describe(request)


_ACTIONS = {"snapshot": _snapshot, "resolve": _resolve, "modules": _modules, "uses": _uses}


def plain(value):
    """The value as JSON data; typed parameters become their fields, what JSON lacks becomes its text in YAML."""
    if value is None or isinstance(value, (bool, int, str)):
        return value if type(value) in (type(None), bool, int, str) else _bare(value)
    if isinstance(value, float):
        return float(value) if value - value == 0 else f"{float(value)}".replace("inf", ".inf").replace("nan", ".nan")
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, (set, frozenset)):
        return sorted((plain(each) for each in value), key=repr)
    fields = kedro_api.typed_fields(value)
    return str(value) if fields is None else plain(fields)


def _bare(value):
    for kind in (bool, int, str):
        if isinstance(value, kind):
            return kind(value) if kind is not str else str.__str__(value)
    return str(value)


def main(requests):
    """Answers the requests as one JSON list on standard output; what the project prints goes to standard error."""
    answer_to = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    answers = [call(json.dumps(request)) for request in requests]
    answer_to.write(f"[{','.join(answers)}]")
    answer_to.flush()
    sys.stderr.flush()
    os._exit(0)
