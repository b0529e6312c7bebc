"""Quantiles, weighted means, covariances, and functions that leave NaN out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import opgrad as og
from opgrad.errors import InputError
from tests.arrays.derivatives import assert_derivatives_are_right

VECTOR = np.array([0.3, -1.2, 2.1, 0.7])
MATRIX = np.array([[0.3, -1.2, 2.1], [1.7, 0.4, -0.6]])
CUBE = np.linspace(-1.3, 2.1, 24).reshape(2, 3, 4) ** 3
WEIGHTS = np.array([0.2, 1.3, 0.7, 0.4])
HOLES = np.array([[0.3, np.nan, 2.1], [1.7, 0.4, np.nan]])

Function = Callable[..., Any]

OF_ONE: list[tuple[Function, Any]] = [
    (np.median, VECTOR),
    (np.median, VECTOR[:3]),
    (np.median, np.array(1.5)),
    (lambda x: np.median(x, axis=1), MATRIX),
    (lambda x: np.median(x, axis=-1, keepdims=True), CUBE),
    (lambda x: np.median(x, axis=(0, 2)), CUBE),
    (lambda x: np.percentile(x, 30), VECTOR),
    (lambda x: np.percentile(x, [10, 55], axis=1), MATRIX),
    (lambda x: np.quantile(x, 0.3, axis=0, keepdims=True), MATRIX),
    (lambda x: np.quantile(x, [[0.0, 0.3], [0.9, 1.0]], axis=(0, 1), keepdims=True), CUBE),
    *[
        (lambda x, method=method: np.quantile(x, 0.4, method=method), VECTOR)
        for method in ("linear", "lower", "higher", "midpoint", "nearest")
    ],
    (np.average, VECTOR),
    (lambda x: np.average(x, weights=WEIGHTS), VECTOR),
    (lambda x: np.average(x, axis=0, weights=[0.3, 0.7]), MATRIX),
    (lambda x: np.average(x, axis=(2, 0), weights=CUBE[:, 0].T + 9.0), CUBE),
    (lambda x: np.average(x, axis=1, weights=MATRIX + 2.0, returned=True)[1] * x[:, 0], MATRIX),
    (np.ptp, VECTOR),
    (lambda x: np.ptp(x, axis=0, keepdims=True), MATRIX),
    (np.cov, MATRIX),
    (np.cov, VECTOR),
    (lambda x: np.cov(x, rowvar=False, ddof=0), MATRIX),
    (lambda x: np.cov(x, bias=True), MATRIX),
    (lambda x: np.cov(x, x**2), VECTOR),
    (np.corrcoef, np.vstack([VECTOR, WEIGHTS])),
    (lambda x: np.corrcoef(x, WEIGHTS, rowvar=False)[0, 1], VECTOR),
    (lambda x: np.mean(x, where=VECTOR > 0), VECTOR),
    (lambda x: np.mean(x, axis=0, dtype=np.float64, keepdims=True), MATRIX),
    (lambda x: np.var(x, axis=1, correction=1), MATRIX),
]
OF_HOLES: list[Function] = [
    np.nansum,
    lambda x: np.nansum(x, axis=0, keepdims=True),
    np.nanprod,
    np.nanmax,
    lambda x: np.nanmin(x, axis=1),
    np.nanmean,
    lambda x: np.nanmean(x, axis=1, keepdims=True),
    np.nanvar,
    lambda x: np.nanvar(x, axis=1, ddof=1),
    lambda x: np.nanstd(x, axis=1),
    np.nancumsum,
    lambda x: np.nancumprod(x, axis=1),
    np.nan_to_num,
    lambda x: np.nan_to_num(x, nan=5.0),
]


@pytest.mark.parametrize(("function", "x"), OF_ONE)
def test_functions_of_one_array(function: Function, x: Any) -> None:
    """NumPy's result, and right first and second derivatives."""
    assert_derivatives_are_right(function, x)


@pytest.mark.parametrize("function", OF_HOLES)
def test_functions_that_leave_nan_out(function: Function) -> None:
    """NumPy's result, right derivatives by what is no NaN, and none by NaN."""
    holes = np.isnan(HOLES)
    places = np.flatnonzero(~holes)

    def of_the_rest(x: Any) -> Any:
        return function(np.reshape(og.at(HOLES.ravel(), places).set(x), HOLES.shape))

    assert_derivatives_are_right(of_the_rest, HOLES[~holes])
    gradient = og.grad(lambda x: np.sum(function(x)))(HOLES)
    np.testing.assert_array_equal(gradient[holes], 0.0)


def test_of_nothing_but_nan_is_nan() -> None:
    """Where all are NaN, so is the extreme, and no gradient flows."""
    x = np.array([[np.nan, np.nan], [1.0, 2.0]])
    np.testing.assert_array_equal(np.nanmax(og.Value(x), axis=1).data, [np.nan, 2.0])
    gradient = og.grad(lambda x: np.nanmax(x, axis=1)[1])(x)
    np.testing.assert_array_equal(gradient, [[0.0, 0.0], [0.0, 1.0]])


def test_nan_to_num_replaces_infinities() -> None:
    """No gradient flows to what is replaced; one to the replacement."""
    x = np.array([np.inf, -np.inf, np.nan, 1.5])
    np.testing.assert_array_equal(np.nan_to_num(og.Value(x)).data, np.nan_to_num(x))
    np.testing.assert_array_equal(
        np.nan_to_num(og.Value(x), posinf=9.0, neginf=-9.0).data,
        np.nan_to_num(x, posinf=9.0, neginf=-9.0),
    )
    by_x, by_fill = og.grad(lambda x, fill: np.sum(np.nan_to_num(x, nan=fill)), (0, 1))(x, 3.0)
    np.testing.assert_array_equal(by_x, [0.0, 0.0, 0.0, 1.0])
    assert by_fill == 1.0


def test_quantiles_are_differentiated_by_their_place() -> None:
    """Between two elements, by the slope of the line."""
    assert_derivatives_are_right(lambda q: np.quantile(VECTOR, q), 0.4)


def test_weights_are_differentiated() -> None:
    """np.average by its weights."""
    assert_derivatives_are_right(lambda w: np.average(VECTOR, weights=w), WEIGHTS)


@pytest.mark.parametrize(
    ("x", "expected"),
    [([1.0, 2.0, np.inf], 2.0), ([-np.inf, 1.0, 2.0], 1.0), ([1.0, np.nan, 3.0], np.nan)],
)
def test_medians_of_infinities_and_nan(x: list[float], expected: float) -> None:
    """An infinity beside the middle one does not spoil it; NaN does, as in NumPy."""
    np.testing.assert_array_equal(np.median(og.Value(np.array(x))).data, expected)


@pytest.mark.parametrize(
    "function",
    [
        np.median,
        np.nanmean,
        np.nanvar,
        lambda x: np.quantile(x, 0.3),
        lambda x: np.percentile(x, 30),
        np.ptp,
        np.nanmax,
        lambda x: np.mean(x, where=x > 0),
    ],
)
def test_single_precision_is_kept(function: Function) -> None:
    """float32 in, float32 out and back."""
    x = VECTOR.astype(np.float32)
    out, pull = og.vjp(function, x)
    assert out.dtype == function(x).dtype == np.float32
    assert pull(np.ones_like(out)[()])[0].dtype == np.float32


def test_covariances_are_in_double_precision() -> None:
    """As NumPy's; the gradient is in that of the argument."""
    out, pull = og.vjp(np.cov, VECTOR.astype(np.float32))
    assert out.dtype == np.float64
    assert pull(1.0)[0].dtype == np.float32


@pytest.mark.parametrize("q", [-0.1, 1.1])
def test_quantiles_beyond_the_ends_are_refused(q: float) -> None:
    """NumPy's error."""
    with pytest.raises(ValueError, match="between 0 and 1"):
        np.quantile(og.Value(VECTOR), q)


@pytest.mark.parametrize(
    "function",
    [
        lambda v: np.quantile(v, 0.5, method="weibull"),
        lambda v: np.cov(v, fweights=[1, 2, 1, 1]),
    ],
)
def test_what_is_not_there_is_refused(function: Function) -> None:
    """It says so."""
    with pytest.raises(InputError):
        function(og.Value(VECTOR))


def test_weights_of_another_shape_are_refused() -> None:
    """NumPy's error."""
    with pytest.raises(ValueError, match="neither the shape"):
        np.average(og.Value(MATRIX), axis=0, weights=[1.0, 2.0, 3.0])


@given(st.data())
@settings(max_examples=40)
def test_quantiles_of_any_shape_over_any_axes(data: st.DataObject) -> None:
    """NumPy's numbers and shapes."""
    shape = data.draw(hnp.array_shapes(max_dims=3, max_side=3))
    axis = data.draw(hnp.valid_tuple_axes(len(shape), min_size=1))
    keepdims = data.draw(st.booleans())
    q = data.draw(hnp.arrays(float, hnp.array_shapes(max_dims=2), elements=st.floats(0, 1)))
    x = np.random.default_rng(0).normal(size=shape)
    out = np.quantile(og.Value(x), q, axis=axis, keepdims=keepdims)
    expected = np.quantile(x, q, axis=axis, keepdims=keepdims)
    assert out.shape == expected.shape
    np.testing.assert_allclose(out.data, expected, rtol=1e-12, atol=1e-12)


def test_places_of_three_axes_are_refused() -> None:
    """As by NumPy, which takes two at most."""
    for a in (np.array(1.5), VECTOR):
        with pytest.raises(ValueError, match="q must be a scalar or 1d"):
            np.quantile(og.Value(a), np.array([[[0.5]]]))
