"""Values and derivatives at kinks, ties, poles and infinity, which no warning or error spoils."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import opgrad as og
from tests.ops.edges import EACH_EDGE, Edge
from tests.ops.every_op import OPS

NAN_IS_AN_ANSWER = {
    "arithmetic.less",
    "arithmetic.less_equal",
    "arithmetic.greater",
    "arithmetic.greater_equal",
    "arithmetic.equal",
    "arrays.imag",
    "arithmetic.not_equal",
    "arithmetic.where",
}
"""The ops that need not give NaN for NaN: comparisons, and the choice, whose condition is one."""


def _at(edge: Edge, inputs: list[og.Value[Any]]) -> og.Value[Any]:
    with np.errstate(all="ignore"):  # that log(0) is a pole, NumPy may well say; gradients may not
        return OPS[edge.op](*inputs)


@EACH_EDGE
def test_numbers(edge: Edge) -> None:
    """Python numbers: the value and the derivatives are those of the table."""
    inputs = [og.Value(x) for x in edge.inputs]
    out = _at(edge, inputs)
    gradients = og.backward(out, 1.0)
    np.testing.assert_allclose(out.data, edge.value, rtol=1e-13)
    for x, slope in zip(inputs, edge.slopes, strict=True):
        assert (x in gradients) == (slope is not None)
        np.testing.assert_allclose(gradients.get(x, 0.0), slope or 0.0, rtol=1e-13)


@EACH_EDGE
def test_arrays(edge: Edge) -> None:
    """Arrays: the value and the derivatives are those of the table, without a warning."""
    inputs = [og.Value(np.array([x, x])) for x in edge.inputs]
    out = _at(edge, inputs)
    gradients = og.backward(out, np.ones(2))
    np.testing.assert_allclose(out.data, edge.value, rtol=1e-13)
    for x, slope in zip(inputs, edge.slopes, strict=True):
        assert (x in gradients) == (slope is not None)
        np.testing.assert_allclose(gradients.get(x, 0.0), slope or 0.0, rtol=1e-13)


@pytest.mark.parametrize("name", sorted(set(OPS) - NAN_IS_AN_ANSWER))
def test_nan_passes_through(name: str) -> None:
    """NaN in, NaN out, for a number and an array."""
    op = OPS[name]
    others = op.samples[0].inputs[1:]
    with np.errstate(invalid="ignore"):  # numpy.logaddexp warns of NaN
        assert math.isnan(op(math.nan, *others).data)
        assert np.isnan(op(np.array([math.nan]), *others).data).all()


@pytest.mark.parametrize("name", ["arithmetic.maximum", "arithmetic.minimum"])
@pytest.mark.parametrize("position", [0, 1])
def test_extrema_pass_nan_through_from_either_side(name: str, position: int) -> None:
    """NaN is the maximum and minimum with anything, and the gradient goes to both sides."""
    inputs = [og.Value(1.0), og.Value(1.0)]
    inputs[position] = og.Value(math.nan)
    out = OPS[name](*inputs)
    gradients = og.backward(out)
    assert math.isnan(out.data)
    assert [gradients[x] for x in inputs] == [1.0, 1.0]


def test_power_needs_no_logarithm_of_a_negative_base() -> None:
    """With a constant exponent, the derivative by the exponent is not computed."""
    x = og.Value(-2.0)
    (x**3).backward()
    assert x.grad == 12.0


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "hard_tanh", "hard_sigmoid", "hard_swish"])
def test_a_flat_side_stops_an_infinite_cotangent(name: str) -> None:
    """Nothing flows through the flat side, not even inf * 0 = NaN."""
    x = og.Value(np.array([-5.0]))
    gradients = og.backward(og.ops[name](x), np.array([math.inf]))
    assert gradients[x] == (math.inf if name == "leaky_relu" else 0.0)
