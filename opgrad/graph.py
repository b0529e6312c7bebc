"""Graph: a frozen snapshot of the nodes that some results depend on, to read and to draw.

What draws is imported when it is asked for: it would take a fifth of the time of ``import opgrad``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import attrgetter
from types import MappingProxyType
from typing import Any, TypeVar

from attrs import field, frozen

from opgrad.errors import InputError
from opgrad.node import Constant, Node, finished

N = TypeVar("N", bound=Node)  # a mapping is invariant in its keys


@frozen(eq=False, repr=False)
class Graph:
    """Nodes in topological order, inputs first.

    ``str(graph)`` is a listing with one line for each op; a notebook shows the graph as a picture.

    Attributes:
        nodes: every node, each after its inputs.
        inputs: the leaves that a gradient can flow to, in order of creation.
        outputs: the results that the graph was made of.
        names: what listing and drawings call some of the nodes.

    Example:
        >>> a, b = Value(2), Value(-3)
        >>> print(Graph.of(a * b + 1, names={a: "a", b: "b"}))
        %a = input 2
        %b = input -3
        %2 = mul %a, %b         # -6
        %3 = add %2, 1          # -5
        return %3
    """

    nodes: tuple[Node, ...]
    inputs: tuple[Node, ...]
    outputs: tuple[Node, ...]
    names: Mapping[Node, str] = field(factory=lambda: MappingProxyType({}))

    @classmethod
    def of(cls, *outputs: Node, names: Mapping[N, str] | None = None) -> Graph:
        """The graph of everything that ``outputs`` depend on.

        Args:
            outputs: the results.
            names: what to call some of the nodes; those that are not in the graph are ignored.

        Raises:
            InputError: an output is neither a Value nor another node.
            DrawError: two nodes of the graph have the same name.
        """
        for output in outputs:
            if not isinstance(output, Node):
                raise InputError(
                    f"Graph.of takes Values, one argument each; "
                    f"given {type(output).__name__} {output!r}"
                )
            finished(output)
        nodes = _ancestors(outputs)
        leaves = (n for n in nodes if n.op is None and not isinstance(n, Constant))
        return cls(
            nodes=nodes,
            inputs=tuple(leaves),
            outputs=outputs,
            names=MappingProxyType(_names_of(nodes, names or {})),
        )

    def __len__(self) -> int:
        return len(self.nodes)

    def __repr__(self) -> str:
        return (
            f"<Graph: nodes={len(self.nodes)}, inputs={len(self.inputs)}, "
            f"outputs={len(self.outputs)}>"
        )

    def __str__(self) -> str:
        from opgrad.draw import to_ssa

        return to_ssa(self.nodes, self.outputs, self.names)

    def to_svg(self) -> str:
        """A picture, made without any outside program: inputs on the left, outputs on the right.

        Gradients are shown if there are any (see :meth:`Value.backward`).

        Raises:
            DrawError: the graph has more nodes than a picture can show (400).
        """
        from opgrad.draw import to_svg

        return to_svg(self.nodes, self.outputs, self.names)

    def to_dot(self) -> str:
        """The graph in DOT, for Graphviz: ``dot -Tpdf``. Of any size."""
        from opgrad.draw import to_dot

        return to_dot(self.nodes, self.outputs, self.names)

    def to_mermaid(self) -> str:
        """The graph as a Mermaid flowchart, for Markdown. Of any size."""
        from opgrad.draw import to_mermaid

        return to_mermaid(self.nodes, self.outputs, self.names)

    def _repr_svg_(self) -> str | None:
        """What a notebook shows; ``None`` lets it fall back on the short form, in words."""
        from opgrad.draw import MAX_NODES

        return self.to_svg() if len(self.nodes) <= MAX_NODES else None


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


def _names_of(nodes: Iterable[Node], names: Mapping[Any, str]) -> dict[Node, str]:
    here = {node: names[node] for node in nodes if node in names}
    owners: dict[str, Node] = {}
    for node, name in here.items():
        other = owners.setdefault(name, node)
        if other is not node:
            from opgrad.draw import DrawError

            raise DrawError(f"two nodes are named {name!r}: {other!r} and {node!r}")
    return here
