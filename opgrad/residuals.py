"""Residuals: the data that rules will read on the way back. What no rule reads, may go.

A node keeps its data for whoever looks at it. While :func:`opgrad.grad` runs a function, nobody can
look at most of its nodes: they are known to the node that they are an input of, and to no one else.
Of these, large arrays are let go when the next op has been computed, if neither the rules of the op
that made them read their output, nor those of the op that took them that input. The others go when
the backward pass has been through their node, if it is the last one.
"""

from __future__ import annotations

import dis
from collections import Counter
from collections.abc import Sequence
from contextvars import ContextVar
from functools import cache
from inspect import CO_VARARGS, CO_VARKEYWORDS
from sys import getrefcount
from types import FunctionType
from typing import Any, NoReturn

import numpy as np
from attrs import frozen
from numpy.lib.mixins import NDArrayOperatorsMixin

from opgrad.node import Constant, Node, set_data
from opgrad.operation import Op, Rule

LARGE = 1 << 18
"""In bytes: smaller arrays are not worth the time to look after them."""


class Recording:
    """What is recorded for one backward pass, and nothing else.

    Attributes:
        has_large: whether there are large arrays in it.
    """

    __slots__ = ("has_large",)

    def __init__(self) -> None:
        self.has_large = False


only_residuals: ContextVar[Recording | None] = ContextVar("only_residuals", default=None)
"""What is recorded now, if it is for one backward pass, and nothing else."""

last_pass: ContextVar[bool] = ContextVar("last_pass", default=False)
"""Whether nothing will read what the backward pass has been through."""

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
            f"an array of shape {self.shape} was let go because no rule names it, but it is read. "
            f"A function that is differentiated keeps what it holds itself: give it a name there."
        )

    def __array_ufunc__(self, *args: object, **kwargs: object) -> NoReturn:
        """As :meth:`__array__`."""
        self.__array__()


def release_before(inputs: tuple[Node, ...]) -> None:
    """Let go of what the ops that made ``inputs`` took, where nothing will read it again."""
    for node in inputs:
        if node.op is None:
            continue
        # Not by .inputs: its tuple would be one more that knows them.
        if node.x is not None and _is_free(node.op, 0) and getrefcount(node.x) == _BY_SLOT:
            _release(node.x)
        if node.y is not None and _is_free(node.op, 1) and getrefcount(node.y) == _BY_SLOT:
            _release(node.y)


class _Slot:
    __slots__ = ("x",)


def _references_by_slot() -> int:
    """What ``getrefcount`` says of an object that a slot knows, and no one else."""
    slot: Any = _Slot()
    slot.x = object()
    return getrefcount(slot.x)


_BY_SLOT = _references_by_slot()


def _release(node: Node) -> None:
    data = node.data
    if data.__class__ is not np.ndarray or data.nbytes < LARGE or node.__class__ is Constant:
        return
    if node.op is not None and not reads(node.op).out:
        set_data(node, Released(data.shape, data.dtype))


def uses(order: Sequence[Node]) -> Counter[Node]:
    """How often each node is an input of these."""
    counts: Counter[Node] = Counter(dict.fromkeys(order, 0))
    for node in order:
        counts.update(node.inputs)
    return counts


def let_go(node: Node, counts: Counter[Node], *, before: bool = False) -> None:
    """Let go of the output of a node that a last pass has come to, if nobody else knows the node.

    Its caller holds the node in a list, a dict and a variable, and so do ``counts``. ``before`` its
    rules have run: only if they do not read it.
    """
    data = node.data
    if node.op is None or data.__class__ is not np.ndarray or data.nbytes < LARGE:
        return
    if before and reads(node.op).out:
        return
    if _references(node) == counts[node] + _BY_PASS:
        set_data(node, Released(data.shape, data.dtype))


def _references(node: object) -> int:
    return getrefcount(node)


def _references_by_pass() -> int:
    """What ``_references`` says, called by a function that a pass has called on its node."""
    order = [object()]
    places, counts = dict.fromkeys(order), dict.fromkeys(order)

    def called(node: object) -> int:
        return _references(node)

    for node in order:
        found = called(node)
    return found if places and counts else 0


_BY_PASS = _references_by_pass()


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
