"""Second derivatives of every op, by both modes over both, against differences of the first ones.

A first derivative is reduced to one number, by cotangents and tangents that are arbitrary: so the
second has one number for each direction, and one direction is enough to find a wrong rule.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import opgrad as og
from opgrad.define import OpN
from tests.every_op.points import EACH_TRANSPARENT_OP, Point, along, arbitrary, points


def _directions(point: Point, seed: int) -> tuple[Any, ...]:
    return tuple(arbitrary(x, seed + i) for i, x in enumerate(point.primals))


def _pulled(point: Point, *primals: Any) -> Any:
    """A weighted sum of the gradients: what reverse mode gives, as one real number."""
    out, pull = og.vjp(point.f, *primals)
    weights = _directions(point, seed=20)
    cts = pull(arbitrary(out, seed=10))
    return sum(np.sum(np.real(w * ct)) for w, ct in zip(weights, cts, strict=True))


def _pushed(point: Point, *primals: Any) -> Any:
    """A weighted sum of the tangents of the result: what forward mode gives, as one number."""
    out, tangent = og.jvp(point.f, primals, _directions(point, seed=20))
    return np.sum(np.real(arbitrary(out, seed=10) * tangent))


def _agree(actual: Any, expected: Any, point: Point) -> None:
    np.testing.assert_allclose(actual, expected, rtol=1e-5, atol=1e-6, err_msg=str(point))


@EACH_TRANSPARENT_OP
def test_forward_and_reverse_mode_agree(op: OpN) -> None:
    """The cotangent of the result times its tangent is those of the inputs times theirs."""
    for point in points(op):
        pulled, pushed = _pulled(point, *point.primals), _pushed(point, *point.primals)
        np.testing.assert_allclose(pulled, pushed, point.rtol, 1e-11, err_msg=str(point))


FIRST = pytest.mark.parametrize("first", [_pulled, _pushed], ids=["reverse", "forward"])
"""The mode of the first derivative."""


@FIRST
@EACH_TRANSPARENT_OP
def test_reverse_over(op: OpN, first: Callable[..., Any]) -> None:
    """The gradient of a first derivative is that of differences."""
    for point in points(op):
        direction = _directions(point, seed=30)
        _, pull = og.vjp(lambda *xs, p=point: first(p, *xs), *point.primals)
        pairs = zip(direction, pull(1.0), strict=True)
        actual = sum(np.sum(np.real(t * ct)) for t, ct in pairs)
        expected = along(lambda *xs, p=point: first(p, *xs), point.primals, direction)
        _agree(actual, expected, point)


@FIRST
@EACH_TRANSPARENT_OP
def test_forward_over(op: OpN, first: Callable[..., Any]) -> None:
    """The tangent of a first derivative is that of differences."""
    for point in points(op):
        direction = _directions(point, seed=30)
        _, actual = og.jvp(lambda *xs, p=point: first(p, *xs), point.primals, direction)
        expected = along(lambda *xs, p=point: first(p, *xs), point.primals, direction)
        _agree(actual, expected, point)
