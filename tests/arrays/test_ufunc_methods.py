"""The methods of ufuncs: reduce, accumulate, outer, at, reduceat."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import opgrad as og
from opgrad.errors import CutGradientError, UnknownOpError
from tests.arrays.derivatives import assert_derivatives_are_right

VECTOR = np.array([0.3, -1.2, 2.1, 0.7])
MATRIX = np.array([[0.35, -1.1, 2.3], [1.7, 0.4, -0.6]])

OF_ONE: list[Callable[..., Any]] = [
    np.add.reduce,
    lambda x: np.multiply.reduce(x, axis=1),
    lambda x: np.maximum.reduce(x, axis=None),
    lambda x: np.minimum.reduce(x, axis=(0, 1), keepdims=True),
    lambda x: np.logaddexp.reduce(x, axis=1),
    np.add.accumulate,
    lambda x: np.multiply.accumulate(x, axis=1),
    np.maximum.accumulate,
    lambda x: np.minimum.accumulate(x, axis=-1),
    lambda x: np.add.outer(x, x),
]
OF_TWO: list[Callable[..., Any]] = [
    np.subtract.outer,
    np.multiply.outer,
    lambda x, y: np.divide.outer(x, y + 3.0),
    lambda x, y: np.power.outer(x**2 + 0.5, y),
    np.maximum.outer,
    np.minimum.outer,
    np.hypot.outer,
    np.arctan2.outer,
    np.logaddexp.outer,
]


@pytest.mark.parametrize("method", OF_ONE)
def test_of_one_array(method: Callable[..., Any]) -> None:
    """NumPy's result, and right first and second derivatives."""
    assert_derivatives_are_right(method, MATRIX)


@pytest.mark.parametrize("method", OF_TWO)
def test_outer(method: Callable[..., Any]) -> None:
    """Of all pairs: NumPy's result, and right derivatives by both."""
    assert_derivatives_are_right(method, VECTOR, MATRIX)


@pytest.mark.parametrize("ufunc", [np.less, np.less_equal, np.greater, np.equal, np.not_equal])
def test_outer_comparisons(ufunc: np.ufunc) -> None:
    """Of Values and lists."""
    found = ufunc.outer(og.Value(VECTOR), [0.3, 1.0])
    np.testing.assert_array_equal(found.data, ufunc.outer(VECTOR, [0.3, 1.0]))


def test_running_extremes_with_nan_and_ties() -> None:
    """NaN stays from where it is; at a tie the last one gets the cotangent."""
    x = np.array([1.0, 2.0, 2.0, np.nan, 3.0])
    out, pull = og.vjp(np.maximum.accumulate, x)
    np.testing.assert_array_equal(out, [1.0, 2.0, 2.0, np.nan, np.nan])
    np.testing.assert_array_equal(og.vjp(np.maximum.accumulate, x[:3])[1](np.ones(3))[0], 1.0)
    np.testing.assert_array_equal(pull(np.ones(5))[0][:3], 1.0)


@given(hnp.arrays(float, hnp.array_shapes(max_dims=3), elements=st.integers(-2, 2)), st.data())
@settings(max_examples=40)
def test_running_extremes_of_anything(x: Any, data: st.DataObject) -> None:
    """NumPy's, along any axis; each place's cotangent goes to one element that it equals."""
    axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
    for ufunc in (np.maximum, np.minimum):
        out, pull = og.vjp(lambda x, ufunc=ufunc: ufunc.accumulate(x, axis), x)
        np.testing.assert_array_equal(out, ufunc.accumulate(x, axis))
        assert np.sum(pull(np.ones(x.shape))[0] * x) == np.sum(out)


@pytest.mark.parametrize("ufunc", [np.add, np.multiply])
def test_at_is_refused_with_the_functional_way(ufunc: np.ufunc) -> None:
    """It writes in place."""
    with pytest.raises(CutGradientError, match=r"og\.at"):
        ufunc.at(np.zeros(4), [0], og.Value(VECTOR[:1]))


@pytest.mark.parametrize(
    "call",
    [
        lambda v: np.add.reduceat(v, [0, 2]),
        lambda v: np.arctan2.accumulate(v),
        lambda v: np.frompyfunc(lambda x: x, 1, 1)(v),
    ],
)
def test_what_is_not_there_is_named(call: Callable[[Any], Any]) -> None:
    """The error names the method."""
    with pytest.raises(UnknownOpError, match=r"reduceat|accumulate|lambda"):
        call(og.Value(VECTOR))
