"""A traced graph, run node by node."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from opgrad import Constant, Graph, Node, Op


class Interpreter:
    """Runs the forward of each primitive in turn. What the other backends are tested against."""

    name = "python"

    def lower(self, graph: Graph, inputs: Sequence[Node], /) -> Interpreted:
        """The graph as a list of steps over numbered places."""
        return Interpreted(graph, inputs)


class Interpreted:
    """A graph as a list of steps; each takes its inputs from places, and puts its result in one.

    A value is let go when it was used for the last time. An elementwise op writes its array into
    that of an input of the same shape and dtype, if this one is let go there.
    """

    def __init__(self, graph: Graph, inputs: Sequence[Node]) -> None:
        self._graph = graph
        place = {node: i for i, node in enumerate(inputs)}
        self._places: list[Any] = [None] * len(inputs)
        for node in graph.nodes:
            if node not in place:
                place[node] = len(self._places)
                self._places.append(node.data if node.__class__ is Constant else None)
        last = {parent: node for node in graph.nodes for parent in node.inputs}
        kept = {*graph.outputs, *inputs}
        # What meets arrays must be Python's own number, which takes on their dtype.
        weak = {x for node in graph.nodes if not _is_number(node) for x in node.inputs}
        # Arrays that only elementwise ops take, so that nothing is a view of them.
        taken = {x for n in graph.nodes if n.op and not n.op.elementwise for x in n.inputs}
        owners = {n for n in graph.nodes if _makes_array(n)} - taken
        self._steps: list[_Step] = []
        for node in graph.nodes:
            if node.op is None:
                continue
            done = tuple(
                place[parent]
                for parent in dict.fromkeys(node.inputs)
                if last[parent] is node and parent not in kept and parent.op is not None
            )
            sources = tuple(place[parent] for parent in node.inputs)
            params = dict(node.params)
            forward = _forward_of(node, node.op)
            if node in weak and _is_number(node):
                forward = _to_number(forward)
            buffer = None
            if node in owners:
                free = [x for x in node.inputs if x in owners and x.data == node.data]
                buffer = next((place[x] for x in free if place[x] in done), None)
            self._steps.append((forward, sources, params, place[node], done, buffer))
        self._outputs = tuple((place[node], _finish(node)) for node in graph.outputs)
        self._n_inputs = len(inputs)

    def __call__(self, *inputs: Any) -> Sequence[Any]:
        """The values of the graph's outputs."""
        values = self._places.copy()
        values[: self._n_inputs] = inputs
        with np.errstate(all="ignore"):
            for forward, sources, params, target, done, buffer in self._steps:
                arguments = [values[i] for i in sources]
                if buffer is None:
                    values[target] = forward(*arguments, **params)
                else:
                    values[target] = forward(*arguments, out=values[buffer])
                for i in done:
                    values[i] = None
        return [finish(values[i]) for i, finish in self._outputs]

    def report(self) -> Sequence[str]:
        """How many primitives of each kind there are."""
        count = Counter(node.op.name for node in self._graph.nodes if node.op is not None)
        steps = ", ".join(f"{n} {name}" for name, n in count.most_common())
        return [f"python: {sum(count.values())} steps, run by NumPy one after the other: {steps}"]


_Step = tuple[Callable[..., Any], tuple[int, ...], dict[str, Any], int, tuple[int, ...], int | None]


def _makes_array(node: Node) -> bool:
    """Whether a ufunc makes an array of its own of it."""
    op = node.op
    return op is not None and isinstance(op.forward, np.ufunc) and bool(node.data.shape)


def _is_number(node: Node) -> bool:
    """Whether it is computed as one of Python's numbers, and by NumPy."""
    is_number: bool = getattr(node.data, "number", False)
    return is_number and node.op is not None and not node.op.opaque


_OPERATORS: dict[Any, Callable[..., Any]] = {
    np.add: operator.add,
    np.subtract: operator.sub,
    np.multiply: operator.mul,
    np.negative: operator.neg,
    np.less: operator.lt,
    np.less_equal: operator.le,
    np.greater: operator.gt,
    np.greater_equal: operator.ge,
}
"""Those that never raise; ten times faster on Python's numbers than NumPy's functions."""


def _forward_of(node: Node, op: Op) -> Callable[..., Any]:
    """What computes a node."""
    if op.elementwise and node.data.number and all(map(_stands_for_number, node.inputs)):
        return _OPERATORS.get(op.implements[0], op.forward)
    return op.forward


def _stands_for_number(x: Node) -> bool:
    return isinstance(x.data, float | int) if isinstance(x, Constant) else x.data.number


def _to_number(forward: Callable[..., Any]) -> Callable[..., Any]:
    def number(*inputs: Any, **params: Any) -> Any:
        out = forward(*inputs, **params)
        return out.item() if hasattr(out, "item") else out

    return number


def _finish(node: Node) -> Callable[[Any], Any]:
    """What makes the result of a node one of the right kind."""
    if node.__class__ is Constant or node.data.shape:
        return lambda x: x
    if node.data.number:
        return lambda x: x.item() if hasattr(x, "item") else x
    dtype = node.data.dtype.type
    return lambda x: x if x.__class__ is dtype else dtype(x)


INTERPRETER = Interpreter()
