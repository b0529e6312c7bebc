"""A traced graph, run node by node."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from opgrad import Constant, Graph, Node


class Interpreter:
    """Runs the forward of each primitive in turn. What the other backends are tested against."""

    name = "python"

    def lower(self, graph: Graph, inputs: Sequence[Node], /) -> Interpreted:
        """The graph as a list of steps over numbered places."""
        return Interpreted(graph, inputs)


class Interpreted:
    """A graph as a list of steps; each takes its inputs from places, and puts its result in one.

    A place is used again when its value was used for the last time, and arrays of elementwise ops
    are written into the buffer that is free again.
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
            self._steps.append((node.op.forward, sources, params, place[node], done))
        self._outputs = tuple((place[node], _finish(node, inputs)) for node in graph.outputs)
        self._n_inputs = len(inputs)

    def __call__(self, *inputs: Any) -> Sequence[Any]:
        """The values of the graph's outputs."""
        values = self._places.copy()
        values[: self._n_inputs] = inputs
        with np.errstate(all="ignore"):
            for forward, sources, params, target, done in self._steps:
                values[target] = forward(*[values[i] for i in sources], **params)
                for i in done:
                    values[i] = None
        return [finish(values[i]) for i, finish in self._outputs]

    def report(self) -> Sequence[str]:
        """How many primitives of each kind there are."""
        count = Counter(node.op.name for node in self._graph.nodes if node.op is not None)
        steps = ", ".join(f"{n} {name}" for name, n in count.most_common())
        return [f"python: {sum(count.values())} steps, run by NumPy one after the other: {steps}"]


_Step = tuple[Callable[..., Any], tuple[int, ...], dict[str, Any], int, tuple[int, ...]]


def _finish(node: Node, inputs: Sequence[Node]) -> Callable[[Any], Any]:
    """What makes the result of a node what the caller gets: data of its own, of the right kind."""
    if node.__class__ is Constant:
        return lambda x: x.copy() if isinstance(x, np.ndarray) else x
    if node.data.number:
        return lambda x: x.item() if hasattr(x, "item") else x
    if node.data.shape:
        return lambda x: x if x.flags.owndata and x.flags.writeable and node.op else x.copy()
    dtype = node.data.dtype.type
    return lambda x: x if x.__class__ is dtype else dtype(x)


INTERPRETER = Interpreter()
