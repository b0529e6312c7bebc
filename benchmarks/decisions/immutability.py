"""Decision 2: what it costs to make a node, by what makes it immutable."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

from attrs import frozen

from opgrad.node import Writable

LOOPS = 20_000


class Immutable:
    """A node's fields, which cannot be assigned."""

    __slots__ = ("data", "grad", "more", "number", "op", "x", "y")

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(name)


class Twin(Writable, Immutable):
    """Of the same slots, which can."""

    __slots__ = ()


@frozen(eq=False)
class Record:
    """The same fields, frozen by attrs."""

    op: Any
    x: Any
    y: Any
    more: Any
    data: Any
    number: int
    grad: Any


_set_data, _set_grad, _set_more, _set_number, _set_op, _set_x, _set_y = (
    Immutable.__dict__[name].__set__ for name in Immutable.__slots__
)


def _by_twin() -> None:
    for number in range(LOOPS):
        node: Any = Twin()
        node.op = "add"
        node.x = None
        node.y = None
        node.more = None
        node.data = 1.0
        node.number = number
        node.grad = 0
        node.__class__ = Immutable


def _by_descriptors() -> None:
    for number in range(LOOPS):
        node = Immutable()
        _set_op(node, "add")
        _set_x(node, None)
        _set_y(node, None)
        _set_more(node, None)
        _set_data(node, 1.0)
        _set_number(node, number)
        _set_grad(node, 0)


def _by_attrs() -> None:
    for number in range(LOOPS):
        Record("add", None, None, None, 1.0, number, 0)


def _per_node(make: Callable[[], None]) -> Callable[[], float]:
    def seconds_per_node() -> float:
        start = perf_counter()
        make()
        return (perf_counter() - start) / LOOPS

    return seconds_per_node


MAKING = {
    "writable twin, class swapped": _per_node(_by_twin),
    "immutable class, slots set through their descriptors": _per_node(_by_descriptors),
    "frozen `attrs` class": _per_node(_by_attrs),
}
"""Seconds to make a node and fill in its seven fields."""
