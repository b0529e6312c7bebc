"""Values and derivatives at kinks, ties, poles and infinity, which no warning or error spoils."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import opgrad as og
from opgrad.define import OpN
from tests.ops.edges import EACH_EDGE, EDGES, Edge
from tests.ops.every_op import EACH_OP, OPS

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


NOT_DEFINED_AT_INFINITY = {
    f"elementary.{name}" for name in ("sin", "cos", "tan", "sinc", "asin", "acos")
}
NOT_DEFINED_AT_INFINITY |= {"elementary.atanh"}
NOT_DEFINED_AT_INFINITY |= {f"arithmetic.{name}" for name in ("floordiv", "mod", "fmod")}


@pytest.mark.parametrize("name", sorted(set(OPS) - NOT_DEFINED_AT_INFINITY))
def test_every_input_is_tried_at_infinity(name: str) -> None:
    """The table has a row with an infinite number for each input of each op."""
    rows = [edge.inputs for edge in EDGES if edge.op == name]
    for position in range(OPS[name].arity or 0):
        assert any(math.isinf(row[position]) for row in rows)


@pytest.mark.parametrize("name", sorted(set(OPS) - NAN_IS_AN_ANSWER))
def test_nan_passes_through(name: str) -> None:
    """NaN in, from any input, NaN out, for a number and an array."""
    op = OPS[name]
    for position in range(op.arity or 0):
        inputs: list[Any] = [2.0] * (op.arity or 0)
        inputs[position] = math.nan
        with np.errstate(invalid="ignore"):  # numpy.logaddexp warns of NaN
            assert math.isnan(op(*inputs).data)
            assert np.isnan(op(*[np.array([x]) for x in inputs]).data).all()


@EACH_OP
def test_nan_gives_numbers_and_arrays_the_same_gradients(op: OpN) -> None:
    """With NaN in any input, the derivatives for numbers are those for arrays."""
    for position in range(op.arity or 0):
        point: list[Any] = [2.0] * (op.arity or 0)
        point[position] = math.nan
        numbers = [og.Value(x) for x in point]
        arrays = [og.Value(np.array([x])) for x in point]
        with np.errstate(invalid="ignore"):
            of_numbers = og.backward(op(*numbers), 1.0)
            of_arrays = og.backward(op(*arrays), np.ones(1))
        for number, array in zip(numbers, arrays, strict=True):
            assert (number in of_numbers) == (array in of_arrays)
            expected = of_arrays.get(array, np.zeros(1))
            np.testing.assert_array_equal(np.array([of_numbers.get(number, 0.0)]), expected)


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
