"""Interpolation: what SciPy gives, and its derivatives by x and by the values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from opgrad_interp import spline, spline_transpose
from scipy.interpolate import make_interp_spline

import opgrad as og

Floats = NDArray[np.float64]

KNOTS = np.array([0.0, 0.7, 1.1, 2.0, 3.2, 3.9, 5.0])
VALUES = np.sin(2 * KNOTS)
PLACES = np.array([[-0.3, 0.0, 0.4], [2.0, 4.4, 5.5]])
SETTINGS: list[dict[str, int]] = [
    *({"degree": degree} for degree in (1, 2, 3, 5)),
    *(
        {"degree": degree, "derivative": derivative}
        for degree in (1, 3)
        for derivative in (1, 2, 4)
    ),
]


@pytest.mark.parametrize("params", SETTINGS)
def test_spline_is_scipys(params: dict[str, int]) -> None:
    """Inside the knots, on one, at both ends, and beyond."""
    curve = make_interp_spline(KNOTS, VALUES, k=params["degree"])
    expected = curve(PLACES, nu=params.get("derivative", 0))
    np.testing.assert_allclose(spline(PLACES, KNOTS, VALUES, **params).data, expected, atol=1e-10)


@pytest.mark.parametrize("params", SETTINGS)
@pytest.mark.parametrize("tail", [(), (2,), (2, 3)])
def test_the_two_ops_are_each_others_transpose(
    params: dict[str, int], tail: tuple[int, ...]
) -> None:
    """⟨w, spline(values)⟩ = ⟨spline_transpose(w), values⟩, also for points of a curve."""
    rng = np.random.default_rng(3)
    weights, values = rng.normal(size=PLACES.shape + tail), rng.normal(size=KNOTS.shape + tail)
    there = np.sum(weights * spline.forward(PLACES, KNOTS, values, **params))
    back = np.sum(values * spline_transpose.forward(weights, PLACES, KNOTS, **params))
    assert there == pytest.approx(back, rel=1e-9, abs=1e-9)


def test_slope_is_the_derivative_of_the_spline() -> None:
    """By x, element by element."""
    slope = og.elementwise_grad(lambda x: spline(x, KNOTS, VALUES))(PLACES)
    np.testing.assert_allclose(slope, spline.forward(PLACES, KNOTS, VALUES, derivative=1))


def test_gradient_by_x_of_a_curve_sums_over_its_coordinates() -> None:
    """A point of a curve in the plane has one x and two coordinates."""
    curve = np.stack([VALUES, VALUES**2], axis=1)
    both = og.grad(lambda x: np.sum(spline(x, KNOTS, curve)))(0.4)
    each = [og.grad(lambda x, c=c: spline(x, KNOTS, c))(0.4) for c in curve.T]
    assert both == pytest.approx(sum(each))


def test_values_can_be_fitted_to_data() -> None:
    """One Newton step: the gradient by the values, and its own derivative, are exact."""
    x = np.linspace(0, 5, 50)
    target = spline.forward(x, KNOTS, np.cos(KNOTS))

    def misfit(values: Floats) -> Any:
        return np.sum((spline(x, KNOTS, values) - target) ** 2)

    step = np.linalg.solve(og.hessian(misfit)(VALUES), og.grad(misfit)(VALUES))
    np.testing.assert_allclose(VALUES - step, np.cos(KNOTS), atol=1e-10)


def test_derivatives_by_x_and_values_commute() -> None:
    """The mixed second derivative, taken in both orders."""

    def mixed(first: int, second: int) -> Any:
        inner = og.grad(lambda x, v: spline(x, KNOTS, v) ** 2, argnums=first)
        return og.jacobian(lambda x, v: inner(x, v), argnums=second)(0.4, VALUES)

    np.testing.assert_allclose(mixed(0, 1), mixed(1, 0), rtol=1e-12)


def test_knots_have_no_derivative() -> None:
    """And the error says what has."""
    with pytest.raises(og.NotDifferentiable, match="knots of a spline are fixed; move x"):
        og.grad(lambda knots: spline(0.4, knots, VALUES))(KNOTS)


@pytest.mark.parametrize("by", [0, 2])
def test_precision_is_kept(by: int) -> None:
    """float32 in, float32 out, also back."""
    inputs = [np.float32(0.4), KNOTS.astype(np.float32), VALUES.astype(np.float32)]
    assert spline(*inputs).data.dtype == np.float32
    assert og.grad(lambda *args: spline(*args), argnums=by)(*inputs).dtype == np.float32


def test_nan_stays_where_it_is() -> None:
    """At a place that is NaN, so are value and slope; at the others they are not."""
    x = np.array([0.4, np.nan])
    assert np.isnan(spline(x, KNOTS, VALUES).data).tolist() == [False, True]
    slope = og.elementwise_grad(lambda x: spline(x, KNOTS, VALUES))(x)
    assert np.isnan(slope).tolist() == [False, True]


def test_the_gradient_by_values_at_nan_is_nan() -> None:
    """It is unknown which values count."""
    assert np.isnan(og.grad(lambda v: spline(np.nan, KNOTS, v))(VALUES)).all()


def test_no_places_give_no_numbers_and_no_gradient() -> None:
    """An empty x: an empty result, zeros for the values."""
    empty = np.zeros((0, 2))
    assert spline(empty, KNOTS, VALUES).data.shape == (0, 2)
    gradient = og.grad(lambda v: np.sum(spline(empty, KNOTS, v)))(VALUES)
    np.testing.assert_array_equal(gradient, np.zeros_like(VALUES))


@pytest.mark.parametrize(
    ("knots", "values", "message"),
    [
        (KNOTS[::-1], VALUES, "knots must increase"),
        (KNOTS[:3], VALUES[:3], "degree 3 goes through 4 points or more"),
        (KNOTS, VALUES[:-1], r"knots of shape \(7,\), 6 values"),
    ],
)
def test_what_no_spline_goes_through_is_refused(
    knots: Floats, values: Floats, message: str
) -> None:
    """With a message that says what is wrong with it."""
    with pytest.raises(ValueError, match=message):
        spline(0.4, knots, values)


@pytest.mark.parametrize("params", [{"degree": 0}, {"derivative": -1}])
def test_params_out_of_range_are_refused(params: dict[str, int]) -> None:
    """There is no spline of degree 0 here, and antiderivatives are not offered."""
    with pytest.raises(ValueError, match="degree is at least 1, derivative at least 0"):
        spline(0.4, KNOTS, VALUES, **params)


def test_complex_places_are_refused() -> None:
    """Knots are on a line."""
    with pytest.raises(TypeError, match="real numbers"):
        spline(0.4j, KNOTS, VALUES)


def test_compiled_is_eager() -> None:
    """A program calls SciPy back, and compiles the rest."""

    def misfit(values: Floats) -> Any:
        return np.sum((np.exp(spline(PLACES, KNOTS, values)) - 1) ** 2)

    eager = og.grad(misfit)(VALUES)
    np.testing.assert_allclose(og.compile(og.grad(misfit))(VALUES), eager, rtol=1e-14)
