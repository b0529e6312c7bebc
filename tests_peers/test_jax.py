"""Each built-in op, its VJP and its JVP against JAX, on each of its samples, in double precision.

Cotangents and tangents are random, complex where the result or the input is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import opgrad as og
from tests.every_op.points import OPS, Point, arbitrary, each_op, points
from tests_peers.gauges import GAUGES
from tests_peers.jax_array_functions import ARRAYS, MATRICES
from tests_peers.jax_functions import ELEMENTWISE
from tests_peers.torch_functions import TORCH

JAX = {**ELEMENTWISE, **ARRAYS, **MATRICES}
NAMES = {op: name for name, op in OPS.items()}
NEITHER = {
    "scipy.y0": "JAX has no such function, and torch's bessel_y0 no derivative",
    "scipy.y1": "JAX has no such function, and torch's bessel_y1 no derivative",
}
"""The ops that cannot be compared, and why."""

EACH_POINT = pytest.mark.parametrize(
    "point",
    [
        pytest.param(point, id=f"{name}-{i}")
        for name, op in OPS.items()
        if name in JAX
        for i, point in enumerate(points(op))
    ],
)


def _both(point: Point) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """The op and JAX's function, of the inputs that vary; of factors what is determined."""
    name = NAMES[point.op]
    gauge = GAUGES.get(name, lambda xp, out, *inputs: out)

    def ours(*primals: Any) -> Any:
        return gauge(np, point.f(*primals), *point.inputs)

    def theirs(*primals: Any) -> Any:
        inputs = [jnp.asarray(x) for x in point.inputs]
        for i, x in zip(point.positions, primals, strict=True):
            inputs[i] = x
        return gauge(jnp, JAX[name](*inputs, **point.params), *point.inputs)

    return ours, theirs


def _agree(actual: Any, expected: Any, point: Point) -> None:
    expected = np.asarray(expected)
    assert np.shape(actual) == expected.shape
    np.testing.assert_allclose(actual, expected, rtol=1e-10, atol=1e-12, err_msg=str(point))


def test_every_op_is_compared_or_says_why_not() -> None:
    """No op is forgotten, and no entry is of an op that is gone."""
    assert set(JAX) | set(TORCH) | set(NEITHER) == set(OPS)
    assert not (set(JAX) | set(TORCH)) & set(NEITHER)


@EACH_POINT
def test_value(point: Point) -> None:
    """The op computes what JAX's function computes."""
    ours, theirs = _both(point)
    _agree(og.vjp(ours, *point.primals)[0], theirs(*map(jnp.asarray, point.primals)), point)


@EACH_POINT
def test_vjp(point: Point) -> None:
    """Each input's cotangent is JAX's; complex ones, too, in the same convention."""
    ours, theirs = _both(point)
    out, pull = og.vjp(ours, *point.primals)
    cotangent = arbitrary(out, seed=10)
    expected_out, expected_pull = jax.vjp(theirs, *map(jnp.asarray, point.primals))
    if expected_out.dtype.kind not in "fc":
        cotangent = np.zeros(expected_out.shape, jax.dtypes.float0)
    for ct, expected in zip(
        pull(arbitrary(out, seed=10)), expected_pull(cotangent), strict=True
    ):
        _agree(ct, expected, point)


@EACH_POINT
def test_jvp(point: Point) -> None:
    """The result's tangent is JAX's."""
    if point.op.opaque:
        return
    ours, theirs = _both(point)
    tangents = tuple(arbitrary(x, seed=20 + i) for i, x in enumerate(point.primals))
    actual = og.jvp(ours, point.primals, tangents)[1]
    primals = tuple(map(jnp.asarray, point.primals))
    expected = jax.jvp(theirs, primals, tuple(map(jnp.asarray, tangents)))[1]
    if expected.dtype == jax.dtypes.float0:
        expected = np.zeros(expected.shape)
    _agree(actual, expected, point)
