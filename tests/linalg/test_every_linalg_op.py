"""What holds for every op of the linalg plugin: enumerated, so that none can be forgotten."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import opgrad as og
from opgrad.define import OpN
from tests.ops.central_differences import (
    arbitrary_cotangent,
    assert_second_derivatives_are_right,
    assert_vjp_is_right,
)
from tests.ops.each import each_op, each_sample, ops_of

OPS = ops_of("linalg")
EACH_OP = each_op(OPS)
EACH_SAMPLE = each_sample(OPS.values())
WITHOUT = {"det_sign", "eigenvectors", "eigh_vectors", "svd_vectors"}
"""Ops that have no gradient, or whose gradient has none: it is constant."""


@EACH_OP
def test_has_samples_in_single_precision(op: OpN) -> None:
    """So that what enumerates samples sees both precisions."""
    dtypes = {x.dtype for sample in op.samples for x in sample.inputs}
    assert dtypes == {np.dtype(np.float32), np.dtype(np.float64)}


@each_sample(op for op in OPS.values() if op.name != "eigenvectors")
def test_gradient_is_that_of_central_differences(op: OpN, sample: og.Sample) -> None:
    """The VJP agrees with differences of the forward, for each input."""
    assert_vjp_is_right(op, sample)


@each_sample(op for op in OPS.values() if not op.opaque and op.name not in WITHOUT)
def test_second_derivatives(op: OpN, sample: og.Sample) -> None:
    """The gradient, recorded and differentiated again, agrees with differences of the gradient."""
    assert_second_derivatives_are_right(op, sample, range(len(sample.inputs)))


@EACH_SAMPLE
def test_keeps_the_dtype(op: OpN, sample: og.Sample) -> None:
    """Single precision stays single precision, forward and back."""
    inputs = [og.Value(x) for x in sample.inputs]
    out = op(*inputs, **sample.params)
    assert out.data.dtype == sample.inputs[0].dtype
    if op.name != "eigenvectors":
        gradients = og.backward(out, np.asarray(arbitrary_cotangent(out.data), out.data.dtype))
        assert all(g.dtype == sample.inputs[0].dtype for g in gradients.values())


@pytest.mark.parametrize(
    ("op", "function"),
    [pytest.param(op, f, id=op.name) for op in OPS.values() for f in op.implements],
)
def test_numpy_function_becomes_the_op(op: OpN, function: Any) -> None:
    """Each NumPy function, called on a Value, gives its own result and is recorded as the op."""
    for sample in op.samples:
        out = function(*map(og.Value, sample.inputs), **sample.params)
        assert out.op is op
        np.testing.assert_array_equal(out.data, function(*sample.inputs, **sample.params))
