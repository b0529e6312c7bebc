"""The passes: each takes a traced graph to one that computes the same with less work.

All are exact: what they leave gives the same numbers, to the last bit, infinities, NaNs and signed
zeros included.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from opgrad.compiler.algebra import simplify_arithmetic
from opgrad.compiler.avals import aval_of
from opgrad.compiler.layout import simplify_layout, sink_broadcasts
from opgrad.compiler.primitives import SCATTER, make
from opgrad.compiler.rewrite import (
    Rule,
    frozen_params,
    is_constant,
    rewrite,
    snapshot,
    with_inputs,
)
from opgrad.forward import constant
from opgrad.graph import Graph
from opgrad.node import Constant, Node

Pass: TypeAlias = Callable[[Graph], Graph]


def fold_constants(graph: Graph) -> Graph:
    """What depends on constants alone is computed now."""
    return rewrite(graph, [_folding])


def share_common(graph: Graph) -> Graph:
    """What is computed twice is computed once."""
    return rewrite(graph, [_sharing])


def simplify_algebra(graph: Graph) -> Graph:
    """Exact algebra: ``x * 1``, ``-(-x)``, ``x ** 2``."""
    return rewrite(graph, [lambda: simplify_arithmetic])


def simplify_shapes(graph: Graph) -> Graph:
    """Casts, reshapes and broadcasts that do nothing, or could come later, or all at once."""
    return rewrite(graph, [lambda: simplify_layout, lambda: sink_broadcasts])


def remove_dead(graph: Graph) -> Graph:
    """What no output depends on is gone."""
    return snapshot(graph.outputs, graph.inputs)


def gather_scatters(graph: Graph) -> Graph:
    """A sum of scatters is one scatter: the gradient by an array that was taken apart."""
    if not any(node.op is SCATTER for node in graph.nodes):
        return graph
    uses: dict[Node, int] = dict.fromkeys(graph.outputs, 2)
    for node in graph.nodes:
        for parent in node.inputs:
            uses[parent] = uses.get(parent, 0) + 1
    is_sum: set[Node] = set()
    inner: set[Node] = set()
    for node in graph.nodes:
        if _adds_like_scatters(node, is_sum):
            is_sum.add(node)
            inner.update(parent for parent in node.inputs if uses[parent] == 1)
    inner &= is_sum
    made: dict[Node, Node] = {}
    for node in graph.nodes:
        if node in inner:
            continue
        if node in is_sum:
            made[node] = _one_scatter(node, inner, made)
        else:
            made[node] = with_inputs(node, made)
    return snapshot([made[node] for node in graph.outputs], graph.inputs)


def _adds_like_scatters(node: Node, sums: set[Node]) -> bool:
    op = node.op
    return (
        op is not None
        and op.name == "add"
        and all(
            (parent.op is SCATTER or parent in sums or _can_be_scattered(parent))
            and parent.data.shape == node.data.shape
            and parent.data.dtype == node.data.dtype
            for parent in node.inputs
        )
    )


def _can_be_scattered(node: Node) -> bool:
    """Whether it is a cotangent that is known, with so few elements that each can be a value."""
    return is_constant(node) and isinstance(node.data, np.ndarray) and node.data.size <= FEW


def _one_scatter(root: Node, inner: set[Node], made: dict[Node, Node]) -> Node:
    values: list[Node] = []
    indices: list[Any] = []
    stack = list(reversed(root.inputs))
    while stack:
        node = stack.pop()
        if node in inner:
            stack.extend(reversed(node.inputs))
            continue
        if is_constant(node):
            for index, element in np.ndenumerate(node.data):
                values.append(constant(element))
                indices.append(index)
            continue
        scatter = made[node]
        values += scatter.inputs
        indices += scatter.params["indices"]
    params = {"shape": root.data.shape, "dtype": root.data.dtype, "indices": tuple(indices)}
    return make(SCATTER, tuple(values), root.data, params)


PIPELINE: Sequence[Pass] = (
    lambda graph: rewrite(
        graph,
        [
            lambda: simplify_layout,
            lambda: sink_broadcasts,
            _folding,
            lambda: simplify_arithmetic,
            _sharing,
        ],
    ),
    gather_scatters,
)
"""What compiled programs go through: the rules of all passes in one walk."""


def optimise(graph: Graph) -> Graph:
    """The graph after all passes."""
    for step in PIPELINE:
        graph = step(graph)
    return graph


# -- rules -----------------------------------------------------------------------------------------


def _folding() -> Rule:
    def fold(node: Node) -> Node | None:
        op = node.op
        if node.x.__class__ is not Constant or op is None or op.opaque:
            return None
        if not all(map(is_constant, node.inputs)):
            return None
        with np.errstate(all="ignore"):
            data = op.forward(*[parent.data for parent in node.inputs], **node.params)
        if isinstance(data, np.ndarray) and data.nbytes > LARGEST:
            return None
        if node.data.number:
            data = data.item() if hasattr(data, "item") else data
        return constant(data) if aval_of(data) == node.data else None

    return fold


FEW = 1024
"""Elements of the largest constant that becomes part of a scatter."""

LARGEST = 1 << 20
"""Bytes of the largest array that is computed beforehand and kept."""


def _sharing() -> Rule:
    known: dict[Any, Node] = {}

    def share(node: Node) -> Node | None:
        op = node.op
        if op is None:
            return known.setdefault(_constant_key(node), node) if is_constant(node) else None
        if op.opaque:
            return None
        if node.more is None:
            key: Any = (op, node.x, node.y)
        else:
            key = (op, node.inputs, frozen_params(node.more[1]))
        return known.setdefault(key, node)

    return share


def _constant_key(node: Node) -> Any:
    data = node.data
    if isinstance(data, float):  # 0.0 and -0.0 are equal, and not the same
        return type(data), struct.pack("d", data)
    if isinstance(data, np.ndarray):
        return id(data)
    return type(data), repr(data)
