"""Allows nodes whose functions have stub decorators, and records where that may matter."""

from functools import partial

from . import kedro_api
from .stub_notes import notes
from .stub_values import Stub, decorator_of

# Attribute of a node: where the project created it from a stub function.
_PLACE = "_kedro_azureml_place"


def adapt():
    """Skips Kedro's check of a function's arguments if a missing decorator may change them."""
    from kedro.pipeline.node import Node

    if hasattr(Node, "_validate_all_inputs"):
        return
    Node._validate_all_inputs = Node._validate_inputs
    Node._validate_inputs = _validate_inputs


def _validate_inputs(self, func, inputs):
    if kedro_api.version() >= (1, 0) and isinstance(_function_below(func), Stub):
        setattr(self, _PLACE, notes.place())
    try:
        self._validate_all_inputs(func, inputs)
    except TypeError:
        decorator = _decorator_below(func)
        if decorator is None:
            raise
        notes.add(decorator, "gives a function that it decorates other arguments", through_libraries=True)


def note_unnamed(registered):
    """Records nodes named after missing functions, or after functions that a decorator may have renamed."""
    for node in {id(node): node for pipe in registered.values() for node in pipe.nodes}.values():
        place = None if node._name else getattr(node, _PLACE, None)
        if place is not None:
            # Kedro 1 names a node after its function's module, which may not be the one it was imported from.
            notes.add_at(_function_below(node.func)._path, "names a node after it", place)
        decorator = None if node._name else _decorator_below(node.func)
        if decorator is not None:
            code = _function_below(node.func).__code__
            notes.add_at(decorator, "names a node after a function that it decorates", (code.co_filename, code.co_firstlineno))


def _decorator_below(func):
    return decorator_of(_function_below(func))


def _function_below(func):
    return _function_below(func.func) if isinstance(func, partial) else func
