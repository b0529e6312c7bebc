"""Decision 1: what it costs a scalar forward pass to hold a node's inputs in a tuple.

An engine that does as little as one can, in two layouts. The garbage collector is on.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from time import perf_counter
from typing import Any

from benchmarks.eager import mlp

next_number = count().__next__


class Slots:
    """Two inputs in two slots, as in OpGrad's nodes."""

    __slots__ = ("data", "grad", "more", "number", "op", "x", "y")

    @classmethod
    def record(cls, op: str, x: Any, y: Any, data: float) -> Any:
        """A node."""
        node: Any = cls.__new__(cls)
        node.op = op
        node.x = x
        node.y = y
        node.more = None
        node.data = data
        node.number = next_number()
        node.grad = 0
        return node


class Tuple:
    """The inputs in a tuple."""

    __slots__ = ("data", "grad", "inputs", "more", "number", "op")

    @classmethod
    def record(cls, op: str, x: Any, y: Any, data: float) -> Any:
        """A node."""
        node: Any = cls.__new__(cls)
        node.op = op
        node.inputs = (x, y)
        node.more = None
        node.data = data
        node.number = next_number()
        node.grad = 0
        return node


def _engine(layout: Any) -> Any:
    """A class of numbers that does what ``benchmarks/eager/mlp.py`` asks of one."""

    class Number(layout):  # type: ignore[misc]  # the layout is the parameter
        __slots__ = ()

        def __add__(self, other: Any) -> Any:
            y = other if other.__class__ is Number else leaf(other)
            return record("add", self, y, self.data + y.data)

        def __mul__(self, other: Any) -> Any:
            y = other if other.__class__ is Number else leaf(other)
            return record("mul", self, y, self.data * y.data)

        def relu(self) -> Any:
            return record("relu", self, None, max(self.data, 0.0))

    record = Number.record

    def leaf(data: float) -> Any:
        return record("leaf", None, None, data)

    return leaf


def _forward(leaf: Any) -> Callable[[], float]:
    values, xs, ys = mlp.problem()

    def seconds_per_op() -> float:
        params = [leaf(value) for value in values]
        start = perf_counter()
        mlp.hinge_loss(params, xs, ys)
        return (perf_counter() - start) / mlp.n_ops()

    return seconds_per_op


FORWARD = {"two slots": _forward(_engine(Slots)), "a tuple": _forward(_engine(Tuple))}
"""Seconds per op of a scalar forward pass, by where the inputs lie."""
