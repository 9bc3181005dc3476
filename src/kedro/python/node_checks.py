"""Lets nodes have functions whose decorators are stood in for, and tells where that may matter."""

from functools import partial

from .stand_in_notes import notes
from .stand_in_values import decorator_of


def adapt():
    """From now on, what Kedro asks of a function's arguments is not asked where a missing decorator may change them."""
    from kedro.pipeline.node import Node

    if hasattr(Node, "_validate_all_inputs"):
        return
    Node._validate_all_inputs = Node._validate_inputs
    Node._validate_inputs = _validate_inputs


def _validate_inputs(self, func, inputs):
    try:
        self._validate_all_inputs(func, inputs)
    except TypeError:
        decorator = _decorator_below(func)
        if decorator is None:
            raise
        notes.add(decorator, "gives a function that it decorates other arguments", through_libraries=True)


def note_unnamed(registered):
    """Notes nodes that are named after functions which a missing decorator may have named another way."""
    for node in {id(node): node for pipe in registered.values() for node in pipe.nodes}.values():
        decorator = None if node._name else _decorator_below(node.func)
        if decorator is not None:
            code = _function_below(node.func).__code__
            notes.add_at(decorator, "names a node after a function that it decorates", (code.co_filename, code.co_firstlineno))


def _decorator_below(func):
    return decorator_of(_function_below(func))


def _function_below(func):
    return _function_below(func.func) if isinstance(func, partial) else func
