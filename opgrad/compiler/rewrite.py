"""What passes are made of: a walk over a traced graph that makes it anew, node by node."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

from opgrad.compiler.avals import aval_of
from opgrad.compiler.primitives import make
from opgrad.graph import Graph
from opgrad.node import Constant, Node

Rule: TypeAlias = Callable[[Node], Node | None]
"""Takes a node, whose inputs are rewritten already, to one that is as good; None: no better."""


def rewrite(graph: Graph, rules: Iterable[Callable[[], Rule]]) -> Graph:
    """The graph with rules applied to each of its nodes, inputs first; dead code falls away.

    Args:
        graph: a traced graph.
        rules: each makes a rule for this one walk. A rule sees what those before it made.
    """
    made: dict[Node, Node] = {}
    steps = [rule() for rule in rules]
    for node in graph.nodes:
        new = with_inputs(node, made)
        for step in steps:
            new = step(new) or new
        made[node] = new
    return snapshot([made[node] for node in graph.outputs], graph.inputs)


def with_inputs(node: Node, made: dict[Node, Node]) -> Node:
    """The same application, of what its inputs were rewritten to."""
    x, y, more = node.x, node.y, node.more
    if x is None:
        return node
    if more is None:
        new_x = made[x]
        if y is None:
            return node if new_x is x else make(node.op, (new_x,), node.data)
        new_y = made[y]
        if new_x is x and new_y is y:
            return node
        return make(node.op, (new_x, new_y), node.data)
    inputs = node.inputs
    new = tuple([made[parent] for parent in inputs])
    return node if new == inputs else make(node.op, new, node.data, more[1])


def snapshot(outputs: Sequence[Node], inputs: Sequence[Node]) -> Graph:
    """The graph of what outputs depend on, with the program's inputs in their order.

    Inputs that nothing depends on are inputs still.
    """
    return Graph(nodes=_in_order(outputs), inputs=tuple(inputs), outputs=tuple(outputs))


def _in_order(outputs: Sequence[Node]) -> tuple[Node, ...]:
    seen = set(outputs)
    order = list(seen)
    for node in order:  # grows as it is walked
        x, y = node.x, node.y
        if x is not None and x not in seen:
            seen.add(x)
            order.append(x)
        if y is not None and y not in seen:
            seen.add(y)
            order.append(y)
        if node.more is not None:
            for parent in node.more[0]:
                if parent not in seen:
                    seen.add(parent)
                    order.append(parent)
    order.sort(key=lambda node: node.number)
    return tuple(order)


def frozen_params(params: Any) -> Any:
    """Params, or a part of them, as something that can be hashed; equal only if they are."""
    if isinstance(params, dict):
        return tuple((name, frozen_params(x)) for name, x in sorted(params.items()))
    if isinstance(params, tuple | list):
        return (type(params).__name__, *map(frozen_params, params))
    if isinstance(params, slice):
        return ("slice", params.start, params.stop, params.step)
    return type(params), params


def aval(node: Node) -> Any:
    """What is known of a node; of a constant, too."""
    return aval_of(node.data) if node.__class__ is Constant else node.data


def is_constant(node: Node) -> bool:
    """Whether it is a number or array that is known."""
    return node.__class__ is Constant
