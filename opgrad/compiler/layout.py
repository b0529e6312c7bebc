"""Casts, shapes and broadcasts, as far as they can be spared."""

from __future__ import annotations

import numpy as np

from opgrad.compiler.avals import Aval
from opgrad.compiler.primitives import ASTYPE, BROADCAST, NUMBER, RESHAPE, TRANSPOSE, make
from opgrad.compiler.rewrite import aval
from opgrad.node import Node


def simplify_layout(node: Node) -> Node | None:
    """What a cast, reshape, transpose or broadcast comes to, given what it is applied to."""
    op, x = node.op, node.x
    if x is None or op not in _LAYOUT:
        return None
    if aval(x) == node.data and op is not TRANSPOSE:
        return x
    if op is NUMBER and x.op is ASTYPE and x.x is not None and aval(x.x) == node.data:
        return x.x
    if op is RESHAPE and x.op is RESHAPE:
        assert x.x is not None
        return x.x if aval(x.x) == node.data else make(RESHAPE, (x.x,), node.data, node.params)
    if op is BROADCAST and x.op is BROADCAST:
        assert x.x is not None
        return make(BROADCAST, (x.x,), node.data, node.params)
    if op is TRANSPOSE and x.op is TRANSPOSE:
        assert x.x is not None
        axes = tuple(x.params["axes"][i] for i in node.params["axes"])
        if axes == tuple(range(len(axes))):
            return x.x
        return make(TRANSPOSE, (x.x,), node.data, {"axes": axes})
    return None


_LAYOUT = {ASTYPE, RESHAPE, TRANSPOSE, BROADCAST, NUMBER}


def sink_broadcasts(node: Node) -> Node | None:
    """An elementwise op of what was broadcast is one of what was not; broadcast later, if at all.

    So that the cotangent of a sum, one number many times over, is one number.
    """
    op = node.op
    if op is None or not op.elementwise:
        return None
    x, y = node.x, node.y
    is_first = x is not None and x.op is BROADCAST
    if not is_first and (y is None or y.op is not BROADCAST) and node.more is None:
        return None
    inputs = node.inputs
    dtypes = {aval(parent).dtype for parent in inputs if not _is_broadcast_number(parent)}
    # A Python number takes on the dtype of what it meets, unlike the array of it.
    takes_numbers = not dtypes or node.data.dtype in dtypes
    bare = tuple([_bare(parent, node.data, takes_numbers) for parent in inputs])
    if bare == inputs:
        return None
    shape = np.broadcast_shapes(*[_shape(parent) for parent in bare])
    if shape == node.data.shape:
        return make(op, bare, node.data)
    small = make(op, bare, Aval(shape, node.data.dtype))
    return make(BROADCAST, (small,), node.data, {"shape": node.data.shape})


def _is_broadcast_number(node: Node) -> bool:
    x = node.x
    if node.op is BROADCAST and x is not None:
        return aval(x).number is True
    return aval(node).number is True


def _bare(node: Node, result: Aval, takes_numbers: bool) -> Node:
    x = node.x
    if node.op is not BROADCAST or x is None:
        return node
    fits = takes_numbers and node.data.dtype == result.dtype
    return x if fits or not aval(x).number else node


def _shape(node: Node) -> tuple[int, ...]:
    shape: tuple[int, ...] = aval(node).shape
    return shape
