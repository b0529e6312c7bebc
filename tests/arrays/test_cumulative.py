"""Running sums and products, and differences along an axis."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import opgrad as og
from tests.arrays.derivatives import assert_derivatives_are_right

CUBE = np.sin(np.arange(12.0) ** 2).reshape(2, 3, 2)
EACH_FUNCTION = pytest.mark.parametrize(
    "function", [np.cumsum, np.cumprod], ids=lambda f: f.__name__
)


@EACH_FUNCTION
@pytest.mark.parametrize("axis", [None, 0, 1, -1])
def test_derivatives_along_any_axis(function: Callable[..., Any], axis: int | None) -> None:
    """First and second derivatives are right along each axis, or of all elements."""
    assert_derivatives_are_right(lambda x: function(x, axis=axis), CUBE)


@EACH_FUNCTION
def test_a_number_becomes_an_array(function: Callable[..., Any]) -> None:
    """The running sum of a number has one element."""
    assert_derivatives_are_right(function, 1.5)


@EACH_FUNCTION
@pytest.mark.parametrize("axis", [0, -1])
def test_an_array_without_axes_has_one_element(function: Callable[..., Any], axis: int) -> None:
    """NumPy lets the running sum of an array without axes name one; so does its rule."""
    assert_derivatives_are_right(lambda x: function(x, axis=axis), np.array(1.5))


@pytest.mark.parametrize("point", [[2.0, 0.0, 3.0], [0.0, 0.0, 3.0, 2.0], [0.0, 0.0, 0.0]])
def test_cumprod_is_right_at_zeros(point: list[float]) -> None:
    """The running product has the right derivatives where elements are zero."""
    assert_derivatives_are_right(np.cumprod, np.array(point))


@EACH_FUNCTION
@pytest.mark.parametrize("axis", [0, 1])
def test_zero_size_axes(function: Callable[..., Any], axis: int) -> None:
    """What has no elements has a gradient of its shape."""
    out, pull = og.vjp(lambda x: function(x, axis=axis), np.ones((2, 0)))
    assert pull(out)[0].shape == (2, 0)


@pytest.mark.parametrize("ufunc", [np.add, np.multiply], ids=lambda f: f.__name__)
@pytest.mark.parametrize("params", [{}, {"axis": -1}])
def test_accumulate_of_ufuncs(ufunc: Any, params: dict[str, Any]) -> None:
    """A ufunc's accumulate goes along the first axis, unless told otherwise."""
    assert_derivatives_are_right(lambda x: ufunc.accumulate(x, **params), CUBE)


@pytest.mark.parametrize("axis", [0, 1, -1])
@pytest.mark.parametrize("n", [0, 1, 2])
def test_differences(n: int, axis: int) -> None:
    """np.diff takes how often, and along which axis."""
    assert_derivatives_are_right(lambda x: np.diff(x, n, axis), CUBE)


def test_differences_with_ends() -> None:
    """np.diff takes what comes before, and after: a number, or an array."""
    before = np.array([[[0.3, 0.7]], [[-0.4, 1.2]]])
    assert_derivatives_are_right(
        lambda x, b, a: np.diff(x, axis=1, prepend=b, append=a), CUBE, before, 0.6
    )


@pytest.mark.parametrize("name", ["cumsum", "cumprod"])
def test_of_a_number_along_its_axis(name: str) -> None:
    """NumPy takes a number for an array of one; its derivative, 1, is a number again."""
    x = np.float64(2.5)
    out, pull = og.vjp(lambda x: getattr(x, name)(axis=0), x)
    np.testing.assert_array_equal(out, [2.5])
    [g] = pull(np.array([3.0]))
    assert np.shape(g) == ()
    assert g == 3
