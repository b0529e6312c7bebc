"""What tests of bridges enumerate: each op at its samples, taken to another framework."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from opgrad.define import OpN
from tests.every_op.points import OPS, Point, points
from tests_peers.gauges import GAUGES

NAMES = {op: name for name, op in OPS.items()}
"""Qualified, by op."""

DISCRETE = {
    f"arithmetic.{name}": "its results are booleans, which have no derivative"
    for name in ("equal", "not_equal", "less", "less_equal", "greater", "greater_equal")
}
OPAQUE = {
    name: "its rules call foreign code, so it has no second derivative"
    for name, op in OPS.items()
    if op.opaque
}
"""The ops that are left out of checks, and why."""

DIFFERENTIABLE = [op for name, op in OPS.items() if name not in DISCRETE]


def crossed(point: Point, to: Callable[..., Any]) -> Callable[..., Any]:
    """The op, taken over, as a function of the inputs that vary; of factors what is determined."""
    gauge = GAUGES.get(NAMES[point.op])
    params = {} if gauge else point.params

    def gauged(*inputs: Any) -> Any:
        assert gauge is not None
        return gauge(np, point.op(*inputs, **point.params), *point.inputs)

    over = to(gauged if gauge else point.op)

    def varying(*primals: Any) -> Any:
        inputs = list(point.inputs)
        for i, x in zip(point.positions, primals, strict=True):
            inputs[i] = x
        return over(*inputs, **params)

    return varying


def full(op: OpN) -> Iterator[Point]:
    """The points at which there is something to differ: no array is without elements."""
    return (point for point in points(op) if all(np.size(x) for x in point.primals))
