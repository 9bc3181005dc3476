"""Pipelines and nodes as plain data, in Kedro's own order."""

import inspect
import sys
import warnings
from functools import partial

from . import kedro_api

_DISTRIBUTED = "__kedro_azureml_distributed_config__"


def checked(registry, warn):
    """The registered pipelines, without other values and names that are no text, which no command can name.

    Raises TypeError if `register_pipelines` did not return a dict of pipelines, or only values of other types.
    """
    from kedro.pipeline import Pipeline

    try:
        registered = dict(registry)
    except (TypeError, ValueError, AttributeError):
        content = getattr(registry, "_content", {})
        if isinstance(content, dict):
            raise
        kind = type(content).__name__
        raise _refusal(f"register_pipelines() returns {kind} instead of a dict of pipelines") from None
    others = {}
    for name, pipe in registered.items():
        if not isinstance(name, str):
            others[name] = f"register_pipelines() names a pipeline {name!r}, which is no text"
        elif not isinstance(pipe, Pipeline):
            others[name] = f"register_pipelines() gives {_kind(pipe)} for \"{name}\" instead of a Pipeline"
    for name, message in others.items():
        if len(others) == len(registered):
            raise _refusal(message)
        warn({"code": "kedro.pipeline_left_out", "message": f"\"{name}\" is left out: {message}"})
    return {name: pipe for name, pipe in registered.items() if name not in others}


def _refusal(message):
    """The error for what `register_pipelines` returned, with its function, whose place it has."""
    from kedro.framework import project

    error = TypeError(message)
    registry = sys.modules.get(f"{project.PACKAGE_NAME}.pipeline_registry")
    error.function = getattr(registry, "register_pipelines", None)
    return error


def _kind(value):
    return repr(value) if type(value).__name__ == "Stub" else type(value).__name__


def describe(pipe):
    """One pipeline as plain data, with nodes in the order of `pipeline.nodes`."""
    parents = pipe.node_dependencies
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {
            "nodes": [_node(node, parents[node]) for node in pipe.nodes],
            "inputs": sorted(pipe.inputs()),
            "outputs": sorted(pipe.outputs()),
        }


def _node(node, parents):
    return {
        "name": node.name,
        "short_name": node.short_name,
        "func": _function(node.func),
        "inputs": list(node.inputs),
        "outputs": list(node.outputs),
        "tags": sorted(node.tags),
        "namespace": node.namespace,
        "depends_on": sorted(parent.name for parent in parents),
        "distributed": _distributed(node.func),
    }


def _function(func):
    if isinstance(func, partial):
        return f"partial({_function(func.func)})"
    module = getattr(func, "__module__", None)
    name = getattr(func, "__qualname__", None) or getattr(func, "__name__", None)
    if name is None:
        kind = type(func)
        return f"{kind.__module__}:{kind.__qualname__}()"
    if inspect.ismethod(func) and module is None:
        module = type(func.__self__).__module__
    return f"{module}:{name}"


def _distributed(func):
    config = getattr(func, _DISTRIBUTED, None)
    if config is None:
        return None
    return {
        "framework": str(getattr(config.framework, "value", config.framework)),
        "num_nodes": config.num_nodes,
        "processes_per_node": config.processes_per_node,
    }
