"""What holds for every op of the scipy plugin: enumerated, so that none can be forgotten."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import special

import opgrad as og
from opgrad.define import OpN
from tests.arrays.differences import noise
from tests.ops.central_differences import (
    arbitrary_cotangent,
    assert_second_derivatives_are_right,
    differences,
    gradient,
    in_float64,
)
from tests.ops.each import each_op, each_sample, ops_of

OPS = ops_of("scipy")
EACH_OP = each_op(OPS)
EACH_SAMPLE = each_sample(OPS.values())
NOT_KNOWN = {"gammainc": (0,), "gammaincc": (0,), "betainc": (0, 1), "stdtr": (0,)}
"""The inputs by which there is no derivative."""


def _known(op: OpN) -> list[int]:
    """The positions of the other inputs."""
    return [i for i in range(len(op.samples[0].inputs)) if i not in NOT_KNOWN.get(op.name, ())]


@EACH_OP
def test_has_samples_of_each_kind(op: OpN) -> None:
    """There are arrays of both precisions; numbers too, for elementwise ops."""
    inputs = [x for sample in op.samples for x in sample.inputs]
    dtypes = {x.dtype for x in inputs if isinstance(x, np.ndarray)}
    assert dtypes == {np.dtype(np.float32), np.dtype(np.float64)}
    assert not op.elementwise or any(isinstance(x, float) for x in inputs)


@EACH_SAMPLE
def test_gradient_is_that_of_central_differences(op: OpN, sample: og.Sample) -> None:
    """The VJP agrees with differences of the forward, for each input that has one."""
    raw = [in_float64(x) for x in sample.inputs]
    out = op.forward(*raw, **sample.params)
    cotangent = arbitrary_cotangent(out)

    def loss(*raw: Any) -> float:
        return float(np.sum(cotangent * op.forward(*raw, **sample.params)))

    for position, actual in gradient(op, sample, raw, _known(op)).items():
        expected = differences(loss, raw, position)
        np.testing.assert_allclose(actual, expected, _rtol(op), noise(cotangent * out))


@each_sample(op for op in OPS.values() if not op.opaque)
def test_second_derivatives(op: OpN, sample: og.Sample) -> None:
    """The gradient, recorded and differentiated again, agrees with differences of the gradient."""
    assert_second_derivatives_are_right(op, sample, _known(op), _rtol(op))


@pytest.mark.parametrize("name", NOT_KNOWN)
def test_a_derivative_that_is_not_known_is_an_error(name: str) -> None:
    """Only when it is asked for, and it says by which argument."""
    op = og.ops[f"scipy.{name}"]
    value = og.Value(op.samples[0].inputs[0])
    out = op(value, *op.samples[0].inputs[1:])
    with pytest.raises(og.NotDifferentiable, match=r"by (a|df) is not known"):
        og.backward(out, wrt=[value])


@EACH_SAMPLE
def test_keeps_the_dtype(op: OpN, sample: og.Sample) -> None:
    """Single precision stays single precision, forward and back; numbers stay numbers."""
    inputs = [
        x if i in NOT_KNOWN.get(op.name, ()) else og.Value(x) for i, x in enumerate(sample.inputs)
    ]
    expected = np.result_type(*sample.inputs)
    out = op(*inputs, **sample.params)
    assert np.result_type(out.data) == expected
    assert hasattr(out.data, "dtype") == any(hasattr(x, "dtype") for x in sample.inputs)
    cotangent = arbitrary_cotangent(out.data)
    if hasattr(out.data, "dtype"):
        cotangent = np.asarray(cotangent, expected)
    assert all(np.result_type(g) == expected for g in og.backward(out, cotangent).values())


@pytest.mark.parametrize(
    ("op", "function"),
    [pytest.param(op, f, id=op.name) for op in OPS.values() for f in op.implements],
)
def test_ufunc_becomes_the_op(op: OpN, function: Any) -> None:
    """Each of SciPy's ufuncs, called on a Value, gives its own result and is recorded as the op."""
    for sample in op.samples:
        out = function(*map(og.Value, sample.inputs))
        assert out.op is op
        np.testing.assert_array_equal(out.data, function(*sample.inputs))


@pytest.mark.parametrize("n", [0, 1, 3])
def test_polygamma_is_scipy_s(n: int) -> None:
    """It is no ufunc of SciPy's, so it is compared by itself."""
    x = np.array([0.3, 1.7, 4.0])
    np.testing.assert_allclose(og.ops.polygamma(x, n=n).data, special.polygamma(n, x))


@pytest.mark.parametrize("name", ["j1", "i1", "i0", "j0"])
def test_bessel_functions_have_both_derivatives_at_0(name: str) -> None:
    """Where the formula has 0 / 0, the limit is taken."""
    op = og.ops[f"scipy.{name}"]
    first = {"j1": 0.5, "i1": 0.5, "i0": 0.0, "j0": 0.0}[name]
    second = {"j1": 0.0, "i1": 0.0, "i0": 0.5, "j0": -0.5}[name]
    assert og.grad(op)(0.0) == first
    assert og.grad(og.grad(op))(0.0) == second


def test_xlogy_has_a_gradient_where_both_are_0() -> None:
    """By y, of a function that is 0 for all y: 0."""
    x, y = og.Value(np.array([0.0, 2.0])), og.Value(np.array([0.0, 4.0]))
    gradients = og.backward(np.sum(special.xlogy(x, y)))
    np.testing.assert_array_equal(gradients[y], [0.0, 0.5])


def _rtol(op: OpN) -> float:
    """How closely differences agree; steps in time are chosen anew for each of them."""
    return 1e-5 if op.name == "ode_solution" else 1e-6
