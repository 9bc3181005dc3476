"""Runs while the image is built: packs the wheels, imports Kedro, reads a project once and forgets it again."""

import importlib
import os
import py_compile
import shutil
import sys
import zipfile

_PACKAGE = "kedro_azureml_reader"
# Kedro never needs these to read a project, and they are most of what the wheels weigh.
_LEFT_OUT = ("kedro/templates/", "pygments/lexers/", "pygments/styles/", "yaml/_yaml", "dynaconf/vendor_src/")
_KEPT = ("pygments/lexers/__init__.py", "pygments/lexers/_mapping.py", "pygments/lexers/python.py")
_KEPT += ("pygments/lexers/special.py", "pygments/lexers/_builtins.py", "pygments/styles/__init__.py")
_KEPT += ("pygments/styles/_mapping.py", "pygments/styles/default.py", "pygments/lexers/text.py")
# What the project is read with, and what projects import of Kedro.
_WARM = (
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
    "kedro.runner",
    "kedro.validation.parameter_validator",
    "rich.console",
    "typing_extensions",
    "importlib.resources",
    "annotationlib",
    "dataclasses",
    "unittest.mock",
    "concurrent.futures",
    f"{_PACKAGE}.reader",
)
_DUMMY = {
    "pyproject.toml": '[tool.kedro]\npackage_name = "dummy"\nproject_name = "dummy"\nkedro_init_version = "1.7.0"\n',
    "src/dummy/__init__.py": "",
    "src/dummy/settings.py": "",
    "src/dummy/pipeline_registry.py": (
        "from kedro.framework.project import find_pipelines\n"
        "from kedro.pipeline import node, pipeline\n\n\n"
        "def same(x):\n    return x\n\n\n"
        "def register_pipelines():\n"
        "    find_pipelines()\n"
        "    inner = pipeline([node(same, 'a', 'b', name='one'), node(same, {'x': 'b'}, 'c')], namespace='n')\n"
        "    return {'__default__': inner}\n"
    ),
    "src/dummy/pipelines/__init__.py": "",
    "conf/base/catalog.yml": "'{a}.b': {type: pandas.CSVDataset, filepath: '${globals:x, 1}/{a}.csv'}\n",
    "conf/base/parameters.yml": "a: {b: 1}\n",
    "conf/local/.gitkeep": "",
}


def pack(wheels, sources, to):
    """Writes one zip of compiled modules from wheels (by name) and the reader's sources (text by name)."""
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in wheels:
            with zipfile.ZipFile(path) as wheel:
                for name in sorted(wheel.namelist()):
                    if _wanted(name):
                        _add(packed, name, wheel.read(name))
        for name, text in sources.items():
            _add(packed, f"{_PACKAGE}/{name}", text.encode())


def _wanted(name):
    return not name.endswith("/") and not name.endswith((".so", ".pyi")) and (
        name in _KEPT or not name.startswith(_LEFT_OUT)
    )


def _add(packed, name, content):
    when = (2020, 1, 1, 0, 0, 0)
    if name.endswith(".py") and ".dist-info/" not in name:
        with open("/tmp/module.py", "wb") as file:
            file.write(content)
        mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
        py_compile.compile("/tmp/module.py", "/tmp/module.pyc", f"/site.zip/{name}", True, invalidation_mode=mode)
        with open("/tmp/module.pyc", "rb") as file:
            name, content = f"{name}c", file.read()
    packed.writestr(zipfile.ZipInfo(name, when), content, zipfile.ZIP_DEFLATED)


def warm():
    """Imports all that reading needs and reads a project once, then forgets that project."""
    sys.dont_write_bytecode = True
    os.makedirs("/etc/kedro", exist_ok=True)
    with open("/etc/kedro/logging.yml", "w") as file:
        file.write("version: 1\ndisable_existing_loggers: False\nhandlers: {}\nroot: {level: WARNING}\nloggers: {kedro: {level: ERROR}}\n")
    os.environ["KEDRO_LOGGING_CONFIG"] = "/etc/kedro/logging.yml"
    for name in _WARM:
        importlib.import_module(name)
    reader = importlib.import_module(f"{_PACKAGE}.reader")
    for name, text in _DUMMY.items():
        path = os.path.join("/dummy", name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)
    request = '{"action": "snapshot", "root": "/dummy", "source": "embedded", "env": "local", '
    answer = reader.call(request + '"runtime_params": {}, "environ": {}}')
    if not answer.startswith('{"ok"') or "n.one" not in answer:
        raise RuntimeError(answer)
    _forget()
    return answer


def _forget():
    from kedro.framework import project

    os.chdir("/")
    shutil.rmtree("/dummy")
    reader = sys.modules[f"{_PACKAGE}.reader"]
    reader._readings.clear()
    for name in [name for name in sys.modules if name.partition(".")[0] == "dummy"]:
        del sys.modules[name]
    sys.path[:] = [path for path in sys.path if not path.startswith("/dummy")]
    sys.path_importer_cache.clear()
    os.environ.pop("PYTHONPATH", None)
    project.settings.configure("")
    project.pipelines.configure(None)
    project.PACKAGE_NAME = None
    importlib.invalidate_caches()
