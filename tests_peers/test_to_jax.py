"""Each built-in op, taken to JAX: JAX's own check of its derivatives, in both modes, compiled."""

from __future__ import annotations

from typing import Any

import jax
import numpy as np
from jax.test_util import check_grads

import opgrad as og
from opgrad.define import OpN
from tests.every_op.points import arbitrary, each_op, points
from tests_peers.crossing_points import DIFFERENTIABLE, NAMES, OPAQUE, crossed
from tests_peers.jax_functions import ELEMENTWISE

assert ELEMENTWISE  # importing it has JAX compute in double precision


@each_op(DIFFERENTIABLE)
def test_derivatives(op: OpN) -> None:
    """Tangents and cotangents of first and second order are those by differences."""
    is_opaque = NAMES[op] in OPAQUE
    for point in points(op):
        check_grads(
            crossed(point, og.to_jax),
            point.primals,
            order=1 if is_opaque else 2,
            modes=["rev"] if is_opaque else ["fwd", "rev"],
            rtol=1e-3,
            atol=1e-3,
        )


@each_op()
def test_value(op: OpN) -> None:
    """It is what OpGrad computes, but for how BLAS rounds."""
    for point in points(op):
        expected = og.stop_gradient(crossed(point, lambda f: f)(*point.primals))
        out = crossed(point, og.to_jax)(*point.primals)
        np.testing.assert_allclose(out, expected, rtol=1e-13, atol=1e-15)


@each_op(DIFFERENTIABLE)
def test_compiled(op: OpN) -> None:
    """Traced, by shapes alone, value and cotangents are what they are otherwise."""
    point = next(points(op))
    f = crossed(point, og.to_jax)
    ct = arbitrary(f(*point.primals), seed=10)

    def value_and_vjp(*primals: Any) -> Any:
        out, pull = jax.vjp(f, *primals)
        return out, pull(ct)

    for traced, expected in zip(
        jax.tree.leaves(jax.jit(value_and_vjp)(*point.primals)),
        jax.tree.leaves(value_and_vjp(*point.primals)),
        strict=True,
    ):
        np.testing.assert_allclose(traced, expected, rtol=1e-12, atol=1e-14)
