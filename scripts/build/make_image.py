"""Builds the image: packs the wheels, imports Kedro, and reads a project once, then removes its traces."""

import ast
import gc
import importlib
import importlib.util
import json
import os
import shutil
import sys
import sysconfig
import warnings
import zipfile

_PACKAGE = "kedro_azureml_reader"
# Not needed to read a project, and most of the wheels' size.
_LEFT_OUT = ("kedro/templates/", "kedro/extras/datasets/", "kedro/framework/html/", "pygments/lexers/", "pygments/styles/", "yaml/_yaml", "dynaconf/vendor_src/")
_KEPT = ("pygments/lexers/__init__.py", "pygments/lexers/_mapping.py", "pygments/lexers/python.py")
_KEPT += ("pygments/lexers/special.py", "pygments/lexers/_builtins.py", "pygments/styles/__init__.py")
_KEPT += ("pygments/styles/_mapping.py", "pygments/styles/default.py", "pygments/lexers/text.py")
# Modules that reading a project imports, and those that projects import; no Kedro has all of them.
_WARM_KEDRO = (
    "kedro.config",
    "kedro.framework.context",
    "kedro.framework.hooks",
    "kedro.framework.hooks.manager",
    "kedro.framework.project",
    "kedro.framework.session",
    "kedro.framework.startup",
    "kedro.io",
    "kedro.io.catalog_config_resolver",
    "kedro.pipeline",
    "kedro.pipeline.modular_pipeline",
    "kedro.runner",
    "kedro.validation.parameter_validator",
)
_WARM = (
    "rich.console",
    "typing_extensions",
    "importlib.resources",
    "annotationlib",
    "dataclasses",
    "unittest.mock",
    "concurrent.futures",
    "socket",
    "subprocess",
    "uuid",
    f"{_PACKAGE}.reader",
    f"{_PACKAGE}.embedded",
    f"{_PACKAGE}.modules",
)
# Variables that the interpreter invents, such as user and language; the project would take them for real.
_NOBODYS = ("PYTHONPATH", "USER", "LOGNAME", "LANG", "PWD", "_")
# Each Kedro; the last one is active when the snapshot is taken.
_VERSIONS = {
    "0.18": "0.18.14",
    "0.19": "0.19.15",
    "1": "1.7.0",
}
_DUMMY = {
    "pyproject.toml": '[tool.kedro]\npackage_name = "dummy"\nproject_name = "dummy"\n',
    "src/dummy/__init__.py": "",
    "src/dummy/settings.py": "",
    "src/dummy/pipeline_registry.py": (
        "from kedro.framework.project import find_pipelines\n"
        "from kedro.pipeline import Pipeline, node\n"
        "try:\n    from kedro.pipeline.modular_pipeline import pipeline\n"
        "except ImportError:\n    from kedro.pipeline import pipeline\n\n\n"
        "def same(x):\n    return x\n\n\n"
        "def register_pipelines():\n"
        "    find_pipelines()\n"
        "    inner = Pipeline([node(same, 'a', 'b', name='one'), node(same, {'x': 'b'}, 'c')])\n"
        "    return {'__default__': pipeline(inner, namespace='n')}\n"
    ),
    "src/dummy/pipelines/__init__.py": "",
    "conf/base/catalog.yml": "'{a}.b': {type: pandas.CSVDataset, filepath: '{a}.csv'}\n",
    "conf/base/parameters.yml": "a: {b: 1}\n",
    "conf/local/.gitkeep": "",
}


def pack(wheels, sources, to):
    """Writes one zip of compiled modules: `wheels` has paths by folder in the zip, `sources` text by name."""
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as packed:
        for folder, paths in wheels.items():
            for path in paths:
                with zipfile.ZipFile(path) as wheel:
                    for name in filter(_wanted, sorted(wheel.namelist())):
                        _add(packed, f"{folder}{name}", wheel.read(name))
        for name, text in sources.items():
            _add(packed, f"{_PACKAGE}/{name}", text.encode())


def _wanted(name):
    return not name.endswith("/") and not name.endswith((".so", ".pyi")) and (
        name in _KEPT or not name.startswith(_LEFT_OUT)
    )


def _add(packed, name, content):
    when = (2020, 1, 1, 0, 0, 0)
    if name.endswith(".py") and ".dist-info/" not in name:
        code = _without_docstrings(content, f"/site.zip/{name}")
        content = importlib._bootstrap_external._code_to_hash_pyc(code, importlib.util.source_hash(content), False)
        name = f"{name}c"
    packed.writestr(zipfile.ZipInfo(name, when), content, zipfile.ZIP_DEFLATED)


def _without_docstrings(source, path):
    """Compiles a library module without its docstrings, which would be a tenth of the image."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        if isinstance(node, kinds) and ast.get_docstring(node, clean=False) is not None:
            # A module's `from __future__` must come first, and any other body must not be empty.
            node.body[:1] = [] if isinstance(node, ast.Module) else [ast.copy_location(ast.Pass(), node.body[0])]
    return compile(tree, path, "exec", dont_inherit=True)


def warm():
    """Imports all that reading needs and reads a project with each Kedro version, then forgets the projects."""
    sys.dont_write_bytecode = True
    os.makedirs("/etc/kedro", exist_ok=True)
    with open("/etc/kedro/logging.yml", "w") as file:
        file.write("version: 1\ndisable_existing_loggers: False\nhandlers: {}\nroot: {level: WARNING}\nloggers: {kedro: {level: ERROR}}\n")
    os.environ["KEDRO_LOGGING_CONFIG"] = "/etc/kedro/logging.yml"
    for name in _WARM:
        importlib.import_module(name)
    importlib.import_module(f"{_PACKAGE}.standard_library").complete()
    # Load this now: its module is found by the platform name, which projects later see as Linux.
    sysconfig.get_config_vars()
    switch_kedro = importlib.import_module(f"{_PACKAGE}.switch_kedro")
    for version, full in _VERSIONS.items():
        switch_kedro.use(version)
        _import_kedro(version)
        _read_project(version, full)
        _forget_project()
    sys.path_importer_cache.clear()
    for name in _NOBODYS:
        os.environ.pop(name, None)
    importlib.invalidate_caches()
    # Free objects that hold open files while those files exist; they do not exist in a reader.
    gc.collect()
    # Later collections then skip what is imported here: they would look at all of it, page by page.
    gc.freeze()


def _import_kedro(version):
    # An old Kedro raises its own warning about an unknown Python version unless `sys.warnoptions` is set.
    chosen = sys.warnoptions
    sys.warnoptions = chosen if version == "1" else ["ignore"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in _WARM_KEDRO:
            try:
                importlib.import_module(name)
            except ModuleNotFoundError as error:
                if not f"{name}.".startswith(f"{error.name}."):
                    raise
    sys.warnoptions = chosen


def _read_project(version, full):
    files = {**_DUMMY, "pyproject.toml": f"{_DUMMY['pyproject.toml']}kedro_init_version = \"{full}\"\n"}
    for name, text in files.items():
        path = os.path.join("/dummy", name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)
    request = {"action": "snapshot", "root": "/dummy", "source": "embedded", "kedro": version, "env": "local"}
    reader = sys.modules[f"{_PACKAGE}.reader"]
    answer = reader.call(json.dumps({**request, "runtime_params": {}, "environ": {}, "withheld": {}}))
    if not answer.startswith('{"ok"') or "n.one" not in answer or '"problems": []' not in answer:
        raise RuntimeError(f"Kedro {version}: {answer}")


def _forget_project():
    from kedro.framework import project

    os.chdir("/")
    shutil.rmtree("/dummy")
    sys.modules[f"{_PACKAGE}.reader"]._readings.clear()
    sys.modules[f"{_PACKAGE}.uses"].forget()
    for name in [name for name in sys.modules if name.partition(".")[0] == "dummy"]:
        del sys.modules[name]
    sys.path[:] = [path for path in sys.path if not path.startswith("/dummy")]
    project.settings.configure("")
    project.pipelines.configure(None)
    project.PACKAGE_NAME = None
