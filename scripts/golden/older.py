"""Writes what an older Kedro says of the projects in a folder, beside each as truth.json.

Run with the Python of an environment that has that Kedro and nothing else:

    python scripts/golden/older.py tests/golden/older/0.18.14/*
"""

import json
import os
import subprocess
import sys
import warnings
from pathlib import Path

PATTERNS = {
    "catalog": ("catalog*", "catalog*/**", "**/catalog*"),
    "parameters": ("parameters*", "parameters*/**", "**/parameters*"),
}


def function(func):
    inner = getattr(func, "func", None)
    return f"partial({function(inner)})" if inner is not None else f"{func.__module__}:{func.__qualname__}"


def pipeline(pipe):
    parents = pipe.node_dependencies
    return {
        "nodes": [
            {
                "name": node.name,
                "short_name": node.short_name,
                "func": function(node.func),
                "inputs": list(node.inputs),
                "outputs": list(node.outputs),
                "tags": sorted(node.tags),
                "namespace": node.namespace,
                "depends_on": sorted(parent.name for parent in parents[node]),
                "distributed": None,
            }
            for node in pipe.nodes
        ],
        "inputs": sorted(pipe.inputs()),
        "outputs": sorted(pipe.outputs()),
    }


def entries(loader):
    """Catalog entries as the loader gives them, patterns among them."""
    found = loader["catalog"] if hasattr(loader, "__getitem__") else loader.get(*PATTERNS["catalog"])
    return {name: entry for name, entry in found.items() if name[0] != "_"}


def read(root):
    from kedro.framework.project import pipelines
    from kedro.framework.session import KedroSession
    from kedro.framework.startup import bootstrap_project

    os.chdir(root)
    bootstrap_project(root)
    with KedroSession.create(project_path=root, env="local", save_on_close=False) as session:
        context = session.load_context()
        truth = {
            "pipelines": {name: pipeline(pipe) for name, pipe in dict(pipelines).items()},
            "catalog": entries(context.config_loader),
            "parameters": context.params,
        }
    (root / "truth.json").write_text(json.dumps(truth, indent=1, default=str) + "\n", encoding="utf-8")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    folders = [Path(folder).resolve() for folder in sys.argv[1:]]
    if len(folders) == 1:
        read(folders[0])
    else:
        # One process each: Kedro keeps one project at a time.
        for folder in folders:
            subprocess.run([sys.executable, __file__, str(folder)], check=True)
