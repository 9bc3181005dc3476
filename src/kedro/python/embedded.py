"""Prepares the embedded interpreter for reading a project without its packages."""

import importlib
import os
import sys
from pathlib import Path

from . import dataset_stubs, failures, kedro_api, node_checks, older_python, pipeline_sums, pydantic_stub, stubs, surroundings, versions
from .stub_notes import notes

names = stubs.names
probes = notes.taken

# Classes that settings.py may set, and whether replacing each could change pipelines or configuration.
_CLASSES = {
    "CONTEXT_CLASS": True,
    "CONFIG_LOADER_CLASS": True,
    "DATA_CATALOG_CLASS": True,
    "SESSION_CLASS": False,
    "SESSION_STORE_CLASS": False,
}


def open_project(root, version, withheld):
    """Selects the Kedro version and installs stubs for missing modules; returns warnings.

    `withheld` maps names of environment variables hidden from the project to whether the user may allow each.
    """
    # Kedro's command does not import from the folder that it runs in; looking for modules there lists the folder.
    sys.path[:] = [path for path in sys.path if path != ""]
    versions.use(version)
    from kedro.framework.startup import _get_project_metadata

    kedro_api.do_without_credentials()
    kedro_api.do_without_log_file()
    node_checks.adapt()
    pipeline_sums.adapt()
    dataset_stubs.adapt()
    surroundings.adapt(root, withheld)
    older_python.adapt(kedro_api.version())
    # Must run before settings.py is imported, which Kedro does while it configures the project.
    metadata = _get_project_metadata(Path(root))
    stubs.install(metadata)
    return _without_stubs(metadata)


def look_at(registered):
    """Records where a stub may have changed the pipelines."""
    node_checks.note_unnamed(registered)


def unchecked_parameters():
    """Warnings for parameters that pydantic would validate."""
    return [
        {
            "code": "kedro.parameters_unchecked",
            "message": f"Values of {name} are not checked or converted: pydantic is not in the embedded Python",
            "hint": "Read the project with its own Python: `--python PATH`",
        }
        for name in pydantic_stub.made()
    ]


def _without_stubs(metadata):
    """Restores Kedro's default for settings whose class is from a missing module; returns warnings."""
    from kedro.framework.startup import _add_src_to_path

    _add_src_to_path(metadata.source_dir, metadata.project_path)
    try:
        module = importlib.import_module(f"{metadata.package_name}.settings")
    except BaseException:  # noqa: BLE001 (Kedro imports it again, and its failure is told then)
        return []
    stubbed = [name for name in _CLASSES if stubs.stands_on(getattr(module, name, None))]
    for name in stubbed:
        delattr(module, name)
    if hasattr(module, "HOOKS"):
        module.HOOKS = tuple(hook for hook in module.HOOKS if not stubs.is_stub(hook))
    file = os.path.relpath(module.__file__, metadata.project_path)
    return [_class_left_out(name, file) for name in stubbed if _CLASSES[name]]


def _class_left_out(name, file):
    return {
        "code": "kedro.setting_left_out",
        "message": f"{name} comes from a module that is not in the embedded Python, and Kedro's own is used",
        "hint": "Read the project with its own Python: `--python PATH`",
        "place": {"file": file},
    }
