"""Each built-in op, its VJP and its JVP against JAX, on each of its samples, in double precision.

Cotangents and tangents are random, complex where the result or the input is.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from attrs import frozen

import opgrad as og
from tests.every_op.points import ALL, OPS, Point, arbitrary, points
from tests_peers.gauges import GAUGES
from tests_peers.jax_array_functions import ARRAYS, MATRICES
from tests_peers.jax_functions import ELEMENTWISE
from tests_peers.torch_functions import TORCH

JAX = {**ELEMENTWISE, **ARRAYS, **MATRICES}
NAMES = {op: name for name, op in OPS.items()}
NEITHER = {
    "linalg.eigenvectors": "they have no derivative here; tests/linalg has the values",
    "scipy.y0": "JAX has no such function, and torch's bessel_y0 no derivative",
    "scipy.y1": "JAX has no such function, and torch's bessel_y1 no derivative",
}
"""The ops that cannot be compared, and why."""

WITHOUT_JVP = {
    "arrays.logsumexp-4": "of no elements JAX's is NaN, ours 0, as tests/every_op finds it",
    "arrays.norm-4": "of no elements JAX's is NaN, ours 0, as tests/every_op finds it",
}
"""The samples at which JAX's tangent is another one, and why."""

POINTS = [
    pytest.param(point, id=f"{name}-{i}")
    for name, op in OPS.items()
    if name in JAX
    for i, point in enumerate(points(op))
]
EACH_POINT = pytest.mark.parametrize("point", POINTS)
EACH_POINT_WITH_JVP = pytest.mark.parametrize(
    "point",
    [
        pytest.param(point, id=f"{name}-{i}")
        for name, op in OPS.items()
        if name in JAX and not op.opaque
        for i, point in enumerate(points(op))
        if f"{name}-{i}" not in WITHOUT_JVP
    ],
)


@frozen(eq=False)
class Pair:
    """The op, and JAX's function, of the inputs that vary; of factors what is determined."""

    ours: Callable[..., Any]
    theirs: Callable[..., Any]


def _pair(point: Point) -> Pair:
    name = NAMES[point.op]
    gauge = GAUGES.get(name, lambda xp, out, *inputs: out)

    def ours(*primals: Any) -> Any:
        return gauge(np, point.f(*primals), *point.inputs)

    def theirs(*primals: Any) -> Any:
        inputs = [jnp.asarray(x) for x in point.inputs]
        for i, x in zip(point.positions, primals, strict=True):
            inputs[i] = x
        return gauge(jnp, JAX[name](*inputs, **point.params), *point.inputs)

    return Pair(ours, theirs)


def _cotangent(point: Point) -> Any:
    return arbitrary(point.f(*point.primals).data, seed=10)


def _tangents(point: Point) -> tuple[Any, ...]:
    return tuple(arbitrary(x, seed=20 + i) for i, x in enumerate(point.primals))


@cache
def _jax(point: Point) -> tuple[Any, tuple[Any, ...], Any]:
    """JAX's value, cotangents and tangent; compiled together, which is what takes long."""
    theirs = _pair(point).theirs

    def derivatives(primals: Any, cotangent: Any, tangents: Any) -> Any:
        out, pull = jax.vjp(theirs, *primals)
        if out.dtype.kind not in "fc":  # for JAX there is nothing to differentiate
            return out, tuple(map(jnp.zeros_like, primals)), jnp.zeros(out.shape)
        return out, pull(cotangent), jax.jvp(theirs, primals, tangents)[1]

    inputs = (point.primals, _cotangent(point), _tangents(point))
    return jax.jit(derivatives)(*jax.tree.map(jnp.asarray, inputs))  # type: ignore[no-any-return]  # of JAX


def _agree(actual: Any, expected: Any, point: Point) -> None:
    assert np.shape(actual) == expected.shape
    expected = np.asarray(expected)
    rtol = 10 * point.rtol
    np.testing.assert_allclose(actual, expected, rtol=rtol, atol=rtol / 100, err_msg=str(point))


def test_every_op_is_compared_or_says_why_not() -> None:
    """No op is forgotten, and no entry is of an op that is gone."""
    assert set(JAX) | set(TORCH) | set(NEITHER) == set(ALL)
    assert not (set(JAX) | set(TORCH)) & set(NEITHER)


def test_samples_left_out_are_there() -> None:
    """Each names a sample, so that none stays when its sample goes."""
    assert set(WITHOUT_JVP) <= {str(param.id) for param in POINTS}


@EACH_POINT
def test_value(point: Point) -> None:
    """The op computes what JAX's function computes."""
    _agree(og.vjp(_pair(point).ours, *point.primals)[0], _jax(point)[0], point)


@EACH_POINT
def test_vjp(point: Point) -> None:
    """Each input's cotangent is JAX's; complex ones, too, in the same convention."""
    _, pull = og.vjp(_pair(point).ours, *point.primals)
    for ct, expected in zip(pull(_cotangent(point)), _jax(point)[1], strict=True):
        _agree(ct, expected, point)


@EACH_POINT_WITH_JVP
def test_jvp(point: Point) -> None:
    """The result's tangent is JAX's."""
    _, tangent = og.jvp(_pair(point).ours, point.primals, _tangents(point))
    _agree(tangent, _jax(point)[2], point)
