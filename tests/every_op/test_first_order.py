"""First derivatives of every op, by both modes."""

from __future__ import annotations

from typing import Any

import numpy as np

import opgrad as og
from opgrad.define import OpN
from tests.every_op.points import EACH_OP, EACH_TRANSPARENT_OP, Point, along, arbitrary, points


@EACH_OP
def test_reverse_mode(op: OpN) -> None:
    """The cotangents of the inputs, times a direction, are what differences along it give."""
    for point in points(op):
        out, pull = og.vjp(point.f, *point.primals)
        cotangent = arbitrary(out, seed=10)
        direction = tuple(arbitrary(x, seed=20 + i) for i, x in enumerate(point.primals))
        pairs = zip(pull(cotangent), direction, strict=True)
        actual = sum(np.sum(np.real(ct * t)) for ct, t in pairs)
        expected = np.sum(np.real(cotangent * _differences(point, direction)))
        np.testing.assert_allclose(actual, expected, rtol=1e-6, atol=1e-7, err_msg=str(point))


@EACH_TRANSPARENT_OP
def test_forward_mode(op: OpN) -> None:
    """Each element of the result's tangent is what differences along the direction give."""
    for point in points(op):
        direction = tuple(arbitrary(x, seed=20 + i) for i, x in enumerate(point.primals))
        _, actual = og.jvp(point.f, point.primals, direction)
        expected = _differences(point, direction)
        np.testing.assert_allclose(actual, expected, rtol=1e-6, atol=1e-7, err_msg=str(point))


def _differences(point: Point, direction: tuple[Any, ...]) -> Any:
    """0 for what has no floating result, and where that is infinite."""

    def forward(*primals: Any) -> Any:
        out = point.f(*primals).data
        return np.where(np.isfinite(out), out, 0.0) if np.ndim(out) else out * 1.0

    return along(forward, point.primals, direction)
