"""Makes adding pipelines take time proportional to the nodes added.

Kedro validates all nodes again for every `+`, so `sum()` of many pipelines takes quadratic time. Here a sum is checked
against what is known about its left side, and becomes a real pipeline when it is first used. Anything that could fail
or warn is left to Kedro's own `+`, so errors are Kedro's, at the same line.
"""

import functools
import importlib
import warnings

_PENDING = "_kedro_azureml_pending"


def adapt():
    """Makes `+` of the Kedro in use fast; does nothing before Kedro 0.19, which sorts nodes differently."""
    # Import by name: the package's `pipeline` attribute is a function.
    pipeline = importlib.import_module("kedro.pipeline.pipeline")
    kind = pipeline.Pipeline
    if not hasattr(kind, "_validate_namespaces") or hasattr(kind.__add__, "__wrapped__"):
        return
    pipeline._strip_transcoding = _strip_by(pipeline._strip_transcoding)
    kind.__add__ = _fast(kind, kind.__add__, pipeline._strip_transcoding)
    kind.__getattr__ = _completed


def _strip_by(strip):
    """Kedro's function, skipping the call for the many names without transcoding."""

    @functools.wraps(strip)
    def quick(element):
        return element if type(element) is str and "@" not in element else strip(element)

    return quick


def _completed(pipe, name):
    """Completes a pending sum when a missing attribute is accessed."""
    pending = vars(pipe).pop(_PENDING, None)
    if pending is not None:
        known, count = pending
        type(pipe).__init__(pipe, known.nodes[:count])
        vars(pipe)[_KNOWN] = pending
    return object.__getattribute__(pipe, name)


# Attribute for what is known about a completed sum.
_KNOWN = "_kedro_azureml_known"


def _fast(kind, add, strip):
    @functools.wraps(add)
    def fast_add(self, other):
        if type(self) is not kind or type(other) is not kind or not _warnings_are_ours():
            return add(self, other)
        known, count = _known_of(self, strip)
        added = _nodes_of(other)
        if len(known.nodes) != count:
            known = _Known(strip, known.nodes[:count])
        if not known.add(added):
            return add(self, other)
        total = kind.__new__(kind)
        vars(total)[_PENDING] = (known, len(known.nodes))
        return total

    return fast_add


def _known_of(pipe, strip):
    known = vars(pipe).get(_PENDING) or vars(pipe).get(_KNOWN)
    return known or (_Known(strip, pipe._nodes), len(pipe._nodes))


def _nodes_of(pipe):
    pending = vars(pipe).get(_PENDING)
    return pipe._nodes if pending is None else pending[0].nodes[: pending[1]]


_filters = warnings.filters


def _warnings_are_ours():
    """Whether Kedro's warnings about interrupted namespaces are discarded: the reader hides library warnings."""
    return warnings.filters is _filters and not any(each[0] == "error" for each in _filters)


class _Known:
    """The nodes of a sum with lookup tables; later sums append to the same lists."""

    def __init__(self, strip, nodes):
        self._strip = strip
        self.nodes = []
        self._names = set()
        self._confirmed = set()
        # By dataset: whether it is transcoded, the node that writes it, and the nodes that read it.
        self._is_transcoded = {}
        self._makers = {}
        self._users = {}
        self._note(nodes)

    def add(self, nodes):
        """Adds nodes unless they might be invalid; returns whether it did."""
        if not self._fits(nodes):
            return False
        self._note(nodes)
        return True

    def _note(self, nodes):
        for node in nodes:
            self.nodes.append(node)
            self._names.add(node.name)
            self._confirmed.update(map(self._strip, node.confirms))
            for each in node.inputs:
                self._is_transcoded[self._strip(each)] = "@" in each
                self._users.setdefault(self._strip(each), []).append(node)
            for each in node.outputs:
                self._is_transcoded[self._strip(each)] = "@" in each
                self._makers[self._strip(each)] = node

    def _fits(self, nodes):
        strip, made, used = self._strip, set(), set()
        for node in nodes:
            if node.name in self._names or any(strip(each) in self._confirmed for each in node.confirms):
                return False
            made.update(map(strip, node.outputs))
            used.update(map(strip, node.inputs))
            if any(self._is_transcoded.get(strip(each), "@" in each) != ("@" in each) for each in node.inputs + node.outputs):
                return False
        return not any(each in self._makers for each in made) and not self._may_close_a_circle(made, used)

    def _may_close_a_circle(self, made, used):
        """Whether an output of the new nodes may reach their inputs through known nodes."""
        if not any(each in self._makers for each in used):
            return False
        open_names, seen = [each for each in made if each in self._users], set()
        while open_names:
            for node in self._users.get(open_names.pop(), ()):
                if id(node) in seen:
                    continue
                seen.add(id(node))
                names = [self._strip(each) for each in node.outputs]
                if any(name in used for name in names):
                    return True
                open_names += names
        return False
