"""Residuals: the data that rules will read on the way back. What no rule reads, may go.

A node keeps its data for whoever looks at it. While :func:`opgrad.grad` runs a function, nobody can
look at most of its nodes: they are known to the node that they are an input of, and to no one else.
Of these, large arrays are let go when the next op has been computed, if neither the rules of the op
that made them read their output, nor those of the op that took them that input. The others go when
the backward pass has been through their node, if it is the last one.
"""

from __future__ import annotations

import dis
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from functools import cache
from inspect import CO_VARARGS, CO_VARKEYWORDS
from types import FunctionType
from typing import Any, NoReturn

import numpy as np
from attrs import frozen
from numpy.lib.mixins import NDArrayOperatorsMixin

from opgrad.node import Node, set_data
from opgrad.operation import Op, Rule

LARGE = 1 << 18
"""In bytes: smaller arrays are not worth the time to look after them."""


class Recording:
    """What is recorded for one backward pass, and nothing else.

    Args:
        start: its nodes are numbered from here on; older ones are somebody else's.

    Attributes:
        has_large: whether there are large arrays in it.
    """

    __slots__ = ("_start", "has_large")

    def __init__(self, start: int) -> None:
        self._start = start
        self.has_large = False

    def release_before(self, data: Any, inputs: tuple[Node, ...]) -> None:
        """Let go of what the ops that made ``inputs`` took, where nothing will read it again.

        For large arrays only: in ``inputs``, or ``data``, what has been made of them.
        """
        if _is_large(data):
            self.has_large = True
        elif not any(_is_large(node.data) for node in inputs):
            return
        for node in inputs:
            if node.op is None:
                continue
            # Not by .inputs: its tuple would be one more that knows them.
            x, y = _is_free(node.op, 0), _is_free(node.op, 1)
            if node.x is not None and x and sys.getrefcount(node.x) == _BY_SLOT:
                self._release(node.x)
            if node.y is not None and y and sys.getrefcount(node.y) == _BY_SLOT:
                self._release(node.y)

    def _release(self, node: Node) -> None:
        data = node.data
        if (
            node.number >= self._start
            and _is_large(data)
            and node.op is not None
            and not reads(node.op).out
        ):
            set_data(node, Released(data.shape, data.dtype))


def _is_large(data: Any) -> bool:
    return type(data) is np.ndarray and data.nbytes >= LARGE


only_residuals: ContextVar[Recording | None] = ContextVar("only_residuals", default=None)
"""What is recorded now, if it is for one backward pass, and nothing else."""

_LOOKS_AROUND = frozenset({"locals", "vars", "eval", "exec", "dir"})


@frozen(eq=False)
class Released(NDArrayOperatorsMixin):
    """Stands in a node for an array that was let go: its shape and dtype, but no numbers."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    def __array__(self, dtype: object = None, copy: object = None) -> NoReturn:
        """Numbers that are no longer there are never made up."""
        raise RuntimeError(
            f"an array of shape {self.shape} was let go because no rule names it, or because grad "
            f"had been through it, but it is read. A function that is differentiated keeps what it "
            f"holds itself: give it a name there. og.vjp keeps everything."
        )

    def __array_ufunc__(self, *args: object, **kwargs: object) -> NoReturn:
        """As :meth:`__array__`."""
        self.__array__()


class _Slot:
    __slots__ = ("x",)


def _references_by_slot() -> int:
    """What ``getrefcount`` says of an object that a slot knows, and no one else."""
    slot: Any = _Slot()
    slot.x = object()
    return sys.getrefcount(slot.x)


_BY_SLOT = _references_by_slot()


class Leaving:
    """What the last pass over a graph leaves behind: nothing, as far as nobody else knows it.

    Args:
        order: the nodes that it visits, newest first, of which its caller has a dict besides.
    """

    def __init__(self, order: Sequence[Node]) -> None:
        self._root = order[0].number
        self._counts: Counter[Node] = Counter(dict.fromkeys(order, 0))  # uses as an input
        for node in order:
            self._counts.update(node.inputs)
        self._kept: set[int] = set()  # numbers of nodes that others may find
        self._selecting = set(_selecting(order))

    def let_go(self, node: Node) -> None:
        """Let go of the data of a node that nobody will read any more; it is in a variable, too.

        Where somebody else knows the node, it is kept, and all that it was made of; of the root,
        which whoever began the pass knows, it alone.
        """
        if node.number in self._selecting:
            return
        if node.number in self._kept or not self._is_unknown(node):
            if node.number != self._root:
                self._kept.update([node.number, *[x.number for x in node.inputs]])
            return
        data = node.data
        if node.op is not None and _is_large(data):
            set_data(node, Released(data.shape, data.dtype))

    def _is_unknown(self, node: Node) -> bool:
        return is_quiet() and _references(node) == self._counts[node] + _by_pass()


def _selecting(order: Sequence[Node]) -> Iterator[int]:
    """The numbers of nodes whose data say what ops select, which may be asked to the very end."""
    for node in order:
        op = node.op
        if op is not None and op.selects and not op.linear:
            for position, x in enumerate(node.inputs):
                if op.arity is None or position in reads(op).inputs:
                    yield x.number
            if reads(op).out:
                yield node.number


def is_quiet() -> bool:
    """Whether no debugger or tracer is on, which may know what others do not."""
    return sys.gettrace() is None and sys.getprofile() is None


def _references(node: object) -> int:
    return sys.getrefcount(node)


@cache
def _by_pass() -> int:
    """What ``_references`` says, asked as a pass asks of its node, less the node's uses."""
    order = [object()]
    places, counts = dict.fromkeys(order), dict.fromkeys(order)

    def let_go(node: object) -> int:
        return is_unknown(node)

    def is_unknown(node: object) -> int:
        return _references(node)

    for node in order:
        found = let_go(node)
    return found if places and counts else 0


def _is_free(op: Op, position: int) -> bool:
    return position not in reads(op).inputs


@frozen(eq=False)
class Reads:
    """What an op's rules read of a node: the positions of inputs, and whether its output."""

    inputs: frozenset[int]
    out: bool


@cache
def reads(op: Op) -> Reads:
    """What an op's rules read: a parameter that a rule's code names, counts as read.

    Where that cannot be told (a rule is no plain function, or looks at its own variables), all
    does; and all inputs, where a rule takes any number of them.
    """
    rules = op.rules if op.joint_rule is None else (op.joint_rule,)
    named = [_named(rule) for rule in rules]
    all_inputs = frozenset(range(2 if op.arity is None else op.arity))
    if not op.complete or None in named:
        return Reads(all_inputs, out=True)
    positions = frozenset().union(*(found for found in named if found is not None))
    inputs = frozenset(i - 2 for i in positions if i >= 2)
    return Reads(all_inputs if any(map(_takes_any, rules)) else inputs, out=1 in positions)


def _takes_any(rule: Rule) -> bool:
    return bool(rule.__code__.co_flags & (CO_VARARGS | CO_VARKEYWORDS))


def _named(rule: Rule) -> frozenset[int] | None:
    """The positions of a function's parameters that its code names; ``None``: it cannot be told."""
    if not isinstance(rule, FunctionType):
        return None
    code = rule.__code__
    if code.co_argcount < 2 or _LOOKS_AROUND & set(code.co_names):
        return None
    names: set[object] = set(code.co_cellvars)
    for step in dis.get_instructions(code):
        names.update(step.argval if isinstance(step.argval, tuple) else (step.argval,))
    parameters = code.co_varnames[: code.co_argcount]
    return frozenset(i for i, name in enumerate(parameters) if name in names)
