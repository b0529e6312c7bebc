"""Reductions over axes: value, first and second derivatives, and what happens at ties and zeros."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import opgrad as og
from tests.arrays.derivatives import assert_derivatives_are_right

MATRIX = np.array([[0.3, -1.2, 2.1], [1.7, 0.4, -0.6]])
CUBE = np.sin(np.arange(24.0) ** 2).reshape(2, 3, 4)

EACH_FUNCTION = pytest.mark.parametrize(
    "function",
    [np.sum, np.mean, np.prod, np.max, np.min, np.amax, np.amin, np.var, np.std],
    ids=lambda f: f.__name__,
)


@EACH_FUNCTION
@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axis", [None, 0, -1, (0,), (0, -1), (-1, 1), (0, 1, 2)])
def test_derivatives_over_any_axes(function: Callable[..., Any], axis: Any, keepdims: bool) -> None:
    """First and second derivatives are right over all, one, or several axes, kept or not."""
    assert_derivatives_are_right(lambda x: function(x, axis=axis, keepdims=keepdims), CUBE)


@pytest.mark.parametrize("function", [np.sum, np.prod, np.mean], ids=lambda f: f.__name__)
def test_derivatives_over_no_axes(function: Callable[..., Any]) -> None:
    """An empty tuple of axes reduces nothing."""
    assert_derivatives_are_right(lambda x: function(x, axis=()), MATRIX)


@EACH_FUNCTION
def test_a_number_reduces_to_itself(function: Callable[..., Any]) -> None:
    """Reductions take numbers, too."""
    out, [g] = _value_and_vjp(function, 1.5)
    spread = function in (np.var, np.std)
    assert (out, g) == ((0.0, 0.0) if spread else (1.5, 1.0))


@pytest.mark.parametrize("function", [np.sum, np.prod, np.max], ids=lambda f: f.__name__)
def test_zero_size_axes(function: Callable[..., Any]) -> None:
    """What has no elements has a gradient of its shape."""
    _, [g] = _value_and_vjp(lambda x: function(x, axis=1), np.ones((0, 3)))
    assert g.shape == (0, 3)


@pytest.mark.parametrize("ddof", [0, 1, 0.5])
@pytest.mark.parametrize("function", [np.var, np.std], ids=lambda f: f.__name__)
def test_degrees_of_freedom(function: Callable[..., Any], ddof: float) -> None:
    """Variance and deviation take ddof."""
    assert_derivatives_are_right(lambda x: function(x, axis=1, ddof=ddof), MATRIX)


def test_std_of_equal_elements_has_gradient_zero() -> None:
    """Where the deviation has a kink, its gradient is 0, not NaN."""
    np.testing.assert_array_equal(og.grad(lambda x: np.std(x))(np.ones(3)), np.zeros(3))


@pytest.mark.parametrize(
    "point",
    [[2.0, 0.0, 3.0], [0.0, 0.0, 3.0], [0.0, 0.0, 0.0], [0.0, 2.0, 3.0, 1.5], [2.0]],
)
def test_prod_is_right_at_zeros(point: list[float]) -> None:
    """The product has the right first and second derivatives where elements are zero."""
    assert_derivatives_are_right(lambda x: np.prod(x), np.array(point))


def test_prod_is_right_at_zeros_in_the_third_derivative() -> None:
    """d3(xyz)/dx dy dz is 1, also at zero."""
    first = og.grad(lambda x: np.prod(x))
    second = og.grad(lambda x: first(x)[0])
    third = og.grad(lambda x: second(x)[1])
    np.testing.assert_array_equal(third(np.zeros(3)), [0.0, 0.0, 1.0])


@pytest.mark.parametrize("function", [np.max, np.min], ids=lambda f: f.__name__)
def test_ties_share_equally(function: Callable[..., Any]) -> None:
    """Several extreme elements have the same share of the gradient."""
    x = np.array([[1.0, 1.0, 1.0], [2.0, 2.0, 2.0]])
    g = og.grad(lambda x: np.sum(function(x, axis=1)))(x)
    np.testing.assert_allclose(g, np.full((2, 3), 1 / 3))


def test_max_of_nan_gives_it_the_gradient() -> None:
    """A NaN is the largest, and the smallest, without a warning."""
    g = og.grad(lambda x: np.max(x))(np.array([1.0, np.nan]))
    np.testing.assert_array_equal(g, [0.0, 1.0])


@pytest.mark.parametrize(
    "ufunc", [np.add, np.multiply, np.maximum, np.minimum], ids=lambda f: f.__name__
)
@pytest.mark.parametrize("params", [{}, {"axis": None}, {"axis": 1, "keepdims": True}])
def test_reduce_of_ufuncs(ufunc: Any, params: dict[str, Any]) -> None:
    """A ufunc's reduce goes over the first axis, or those that it is told."""
    assert_derivatives_are_right(lambda x: ufunc.reduce(x, **params), MATRIX)


def test_reduce_takes_its_axis_by_position() -> None:
    """np.add.reduce(x, 1) is the sum over axis 1."""
    assert_derivatives_are_right(lambda x: np.add.reduce(x, 1), MATRIX)


@pytest.mark.parametrize("name", ["sum", "mean", "prod", "max", "min", "var", "std"])
def test_methods(name: str) -> None:
    """A Value has the reductions as methods, as arrays do."""
    assert_derivatives_are_right(lambda x: getattr(x, name)(axis=0, keepdims=True), MATRIX)


@EACH_FUNCTION
def test_float32_stays_float32(function: Callable[..., Any]) -> None:
    """Single precision in, single precision out, and back."""
    out, [g] = _value_and_vjp(lambda x: function(x, axis=0), MATRIX.astype(np.float32))
    assert out.dtype == g.dtype == np.float32


def _value_and_vjp(f: Callable[..., Any], *args: Any) -> Any:
    out, pull = og.vjp(f, *args)
    return out, pull(np.ones_like(out) if np.ndim(out) else 1.0)
