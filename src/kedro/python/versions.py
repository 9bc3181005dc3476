"""Holds several versions of Kedro in one interpreter; one is active at a time."""

import sys

_FOLDERS = "/site.zip/kedro-"
# Modules of each imported Kedro that is not active, by folder.
_kept = {}


def use(version):
    """Makes `import kedro`, and the packages beside it, use this version: `1`, `0.19`, `0.18` or `0.17`."""
    wanted = f"{_FOLDERS}{version}"
    for folder in [path for path in sys.path if path.startswith(_FOLDERS)]:
        sys.path.remove(folder)
        _kept[folder] = {name: sys.modules.pop(name) for name in _names_in(f"{folder}/")}
    sys.path.insert(0, wanted)
    sys.modules.update(_kept.pop(wanted, {}))


def _names_in(folder):
    return [name for name, module in sys.modules.items() if (getattr(module, "__file__", None) or "").startswith(folder)]
