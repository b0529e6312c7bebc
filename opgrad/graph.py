"""Graph: a frozen snapshot of the nodes that some results depend on, to read and to draw."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter

from attrs import frozen

from opgrad.node import Constant, Node


@frozen(eq=False)
class Graph:
    """Nodes in topological order, inputs first.

    Attributes:
        nodes: every node, each after its inputs.
        inputs: the leaves that a gradient can flow to, in order of creation.
        outputs: the results that the graph was made of.
    """

    nodes: tuple[Node, ...]
    inputs: tuple[Node, ...]
    outputs: tuple[Node, ...]

    @classmethod
    def of(cls, *outputs: Node) -> Graph:
        """The graph of everything that ``outputs`` depend on."""
        nodes = _ancestors(outputs)
        leaves = (n for n in nodes if n.op is None and not isinstance(n, Constant))
        return cls(nodes=nodes, inputs=tuple(leaves), outputs=outputs)


def _ancestors(outputs: Iterable[Node]) -> tuple[Node, ...]:
    """All nodes that ``outputs`` depend on, themselves included, oldest first."""
    reached = dict.fromkeys(outputs)
    stack = list(reached)
    while stack:
        for parent in stack.pop().inputs:
            if parent not in reached:
                reached[parent] = None
                stack.append(parent)
    return tuple(sorted(reached, key=attrgetter("number")))
