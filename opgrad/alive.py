"""Zeros that are structural, and zeros that are numbers: which elements of a cotangent are alive.

At x = 0, ``where(x > 0, sqrt(x), 0)`` does not select the root, whose derivative is infinite there.
Zero times infinity is NaN to NumPy; but what is not selected has no part in the result, and so no
derivative. In ``cbrt(x) ** 3`` the root is selected, and the square beside it gives a zero. That
one is a number: times infinity it is NaN, and nobody knows the limit.

The two are told apart by where they come from. An element is *dead* if every path to it, from what
was asked for, goes through a place that was not selected. A pass that tracks this carries a mask
beside each cotangent (going forward: beside each tangent):

- an op that selects (``@og.op(selects=True)``: where, maximum, an index) makes the mask. Its own
  rule says how: given ones, it leaves zeros where nothing is selected;
- an elementwise op passes it on;
- an op that is linear in each input passes on what its rule, given ones, reaches;
- behind any other op all is alive, unless nothing was;
- where cotangents add up, what is alive in one of them is alive.

Whatever a rule makes of a dead element is 0. Of one that is alive, it is kept, NaN too.

A mask is ``True`` (all is alive), ``False`` (nothing), or booleans in the shape of the data.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Any, TypeAlias

import numpy as np

from opgrad.data import is_lazy, is_number, is_traced
from opgrad.diagnostics import has_nan
from opgrad.errors import NotDifferentiable
from opgrad.forward import run_rule
from opgrad.node import Node, raw
from opgrad.operation import Op

Alive: TypeAlias = Any
"""``True``, ``False``, or booleans in the shape of the data."""


def of_seed(seed: Any) -> Alive:
    """The mask that a pass starts with. Where the seed is 0, nothing is asked for.

    A seed that was itself recorded is a number like all others.
    """
    return True if isinstance(seed, Node) else settled(np.not_equal(seed, 0))


def either(a: Alive, b: Alive) -> Alive:
    """What is alive in one of them."""
    if a is True or b is True:
        return True
    if a is False or b is False:
        return b if a is False else a
    return settled(np.logical_or(a, b))


def settled(mask: Any) -> Alive:
    """``True`` or ``False`` where that says the same; it is not known of what is yet to come."""
    if is_traced(mask) or is_lazy(mask):
        return mask
    if not np.any(mask):  # asked first: of no elements none is alive, as a traced mask says, too
        return False
    return True if np.all(mask) else mask


def cut(x: Any, alive: Alive) -> Any:
    """The same with 0 for what is dead."""
    if alive is True or x is None:
        return x
    data = raw(x)
    if alive is not False:
        return np.where(alive, x, 0)
    if is_number(data):
        return 0.0
    return np.zeros_like(data) if data.shape else data.dtype.type(0)


def may_have_nan(x: Any) -> bool:
    """Whether it has a NaN, as far as that is known now."""
    data = raw(x)
    return is_traced(data) or has_nan(data, if_lazy=True)


def shrunk(alive: Alive, shape: tuple[int, ...]) -> Alive:
    """The mask of an input of that shape, which was broadcast to the mask's."""
    if alive is True or alive is False or np.shape(alive) == shape:
        return alive
    lead = np.ndim(alive) - len(shape)
    stretched = [lead + i for i, n in enumerate(shape) if n == 1 and alive.shape[lead + i] != 1]
    total = np.any(alive, axis=(*range(lead), *stretched), keepdims=True)
    return settled(np.reshape(total, shape))


class Masks:
    """The masks of a backward pass: found when they are asked for, which is seldom.

    Args:
        order: the nodes that the pass visits, newest first.
        needed: those that take part in it.
        root: the mask of the first of them.
        ends: nodes that the pass does not lead on from, whose masks are asked for all the same.
    """

    def __init__(
        self,
        order: Sequence[Node],
        needed: Container[Node],
        root: Alive,
        *,
        ends: Container[Node] = (),
    ) -> None:
        self._order = order
        self._needed = needed
        self._ends = ends
        self._visited = 0
        self._found: dict[int, Alive] = {order[0].number: root} if order else {}
        self._told: dict[tuple[int, int], Alive] = {}

    def tell(self, node: Node, position: int, mask: Alive) -> None:
        """What the pass knows of a node's input at a position, and no rule on ones would say."""
        self._told[node.number, position] = mask

    def of(self, node: Node) -> Alive:
        """The mask of a node's cotangent, once the pass has come to it."""
        while self._visited < len(self._order):
            newer = self._order[self._visited]
            if newer.number <= node.number:
                break
            self._visit(newer)
            self._visited += 1
        return self._found.get(node.number, False)

    def _visit(self, node: Node) -> None:
        alive = self._found.get(node.number)
        if alive is None or node.op is None:
            return
        inputs = node.inputs
        masks = {i: self._told.pop((node.number, i), None) for i in range(len(inputs))}
        unknown = [i for i, x in enumerate(inputs) if masks[i] is None and self._leads_on(x)]
        masks |= zip(unknown, behind(node, unknown, alive), strict=True)
        for i, x in enumerate(inputs):
            if x in self._needed:
                mask = shrunk(True if masks[i] is None else masks[i], np.shape(x.data))
                self._found[x.number] = either(self._found.get(x.number, False), mask)

    def _leads_on(self, node: Node) -> bool:
        """Whether the pass goes on from there; else nobody asks for the mask."""
        return node in self._ends or any(x in self._needed for x in node.inputs)


def behind(node: Node, positions: Sequence[int], alive: Alive) -> list[Alive]:
    """The masks of a node's inputs at these positions, given that of its output.

    Of an elementwise op they are in the output's shape, as cotangents are before they are summed.
    """
    op = node.op
    assert op is not None
    if alive is False:
        return [False] * len(positions)
    if not op.selects and (op.elementwise or not op.linear or alive is True):
        return [alive if op.elementwise else True] * len(positions)
    if not op.selects and is_lazy(node.data):
        return [True] * len(positions)  # what follows would compute it
    data = [parent.data for parent in node.inputs]
    primals = [ones(x) for x in data] if op.linear else data
    args = (tracer(op, node.data, alive), node.data, *primals)
    try:
        if op.joint_rule is not None:
            joint = run_rule(op, op.joint_rule, args, node.params)
            return [reached(joint[i]) for i in positions]
        return [reached(run_rule(op, op.rules[i], args, node.params)) for i in positions]
    except NotDifferentiable:  # at ones, which may be no point to differentiate at
        return [True] * len(positions)


def reached(ct: Any) -> Alive:
    """The mask of what a rule reached."""
    if isinstance(ct, tuple):
        [ct] = ct
    if isinstance(ct, Node):
        ct = ct.data
    return True if ct is None else settled(np.not_equal(ct, 0))


def tracer(op: Op, data: Any, alive: Alive) -> Any:
    """What an op's rule is given to see what it reaches: ones where all is alive, else zeros.

    Of a linear op, which may take differences, they are numbers of which no two are equal.

    Args:
        op: the op.
        data: what the tracer has the form of, the op's output, or going forward one of its inputs.
        alive: the mask of that.
    """
    made = ones(data)
    if op.linear and isinstance(made, np.ndarray):
        steps = np.arange(made.size) * 0.6180339887498949 % 1  # the golden ratio: spread evenly
        made = (1 + steps.reshape(made.shape)).astype(made.dtype)
    return made if alive is True else np.where(alive, made, 0)


def ones(data: Any) -> Any:
    """Ones in the form of the data, which may have been let go; they take no memory."""
    if is_number(data):
        return 1.0
    if is_lazy(data):
        return np.ones_like(data)
    dtype = data.dtype if data.dtype.kind in "fc" else np.dtype(np.float64)
    return np.broadcast_to(dtype.type(1), data.shape) if data.shape else dtype.type(1)
