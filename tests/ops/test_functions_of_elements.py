"""NumPy's functions of single elements that are made of ops, and Python's remainders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import opgrad as og
from tests.arrays.derivatives import assert_derivatives_are_right

pytestmark = pytest.mark.filterwarnings("ignore:numpy.fix is deprecated")  # by NumPy 2.5

X = np.array([[0.3, -1.2, 2.05], [1.7, 0.4, -0.6]])
Y = np.array([0.75, -0.8, 1.1])

Function = Callable[..., Any]

OF_ONE: list[Function] = [
    np.radians,
    np.deg2rad,
    np.degrees,
    np.rad2deg,
    np.angle,
    lambda x: np.angle(x + 0.5j, deg=True),
    lambda x: np.trunc(x) * x,
    lambda x: np.fix(x) * x,
    lambda x: np.modf(x)[0] * np.modf(x)[1],
    lambda x: np.clip(x, None, 0.5),
    lambda x: np.clip(x, 0.1, None),
    lambda x: np.clip(x, min=-1.0, max=1.0),
    lambda x: np.clip(x, None, None),
    lambda x: x.clip(max=0.5),
    lambda x: np.ldexp(x, 3),
    lambda x: np.ldexp(x, [1, -2, 0]),
    lambda x: np.float_power(x**2, 1.3),
    lambda x: np.heaviside(x, 0.5) * x,
    np.sinc,
    lambda x: np.sinc(x - 0.3),
]
OF_TWO: list[Function] = [
    np.fmax,
    np.fmin,
    np.copysign,
    np.remainder,
    np.fmod,
    lambda x, y: np.divmod(x, y)[1] * np.divmod(x, y)[0],
    lambda x, y: divmod(x, y)[1],
    lambda x, y: x % y,
    lambda x, y: x // y * x,
    lambda x, y: np.float_power(x**2, y),
    lambda x, y: np.where(x > 0.35, x * y, y),
]


@pytest.mark.parametrize("function", OF_ONE)
def test_functions_of_one(function: Function) -> None:
    """NumPy's result, and right first and second derivatives."""
    assert_derivatives_are_right(function, X)


@pytest.mark.parametrize("function", OF_TWO)
def test_functions_of_two(function: Function) -> None:
    """NumPy's result, and right first and second derivatives, by both."""
    assert_derivatives_are_right(function, X, Y)


@pytest.mark.parametrize("function", OF_ONE)
def test_single_precision_is_kept(function: Function) -> None:
    """The result has NumPy's dtype, the gradient that of its argument."""
    x = X.astype(np.float32)
    out, pull = og.vjp(function, x)
    assert out.dtype == function(x).dtype
    assert pull(np.ones_like(out))[0].dtype == np.float32


@pytest.mark.parametrize(
    ("function", "args"),
    [
        *[(function, (0.7,)) for function in (np.radians, np.angle, np.trunc, np.sinc)],
        *[(function, (0.7, 0.4)) for function in (np.float_power, np.copysign, np.fmax, np.fmod)],
        (np.clip, (0.7, 0.1, 0.9)),
    ],
)
def test_numbers_stay_numbers(function: Function, args: tuple[float, ...]) -> None:
    """Of Python numbers, the result and the gradients are Python numbers."""
    out, pull = og.vjp(function, *args)
    assert {type(x) for x in (out, *pull(1.0))} == {float}
    np.testing.assert_allclose(out, function(*args), rtol=1e-15)


def test_reflected_operators() -> None:
    """Plain numbers and arrays on the left."""
    assert og.grad(lambda y: 7.5 % y)(2.0) == -3.0
    assert og.grad(lambda y: divmod(7.5, y)[1])(2.0) == -3.0
    np.testing.assert_array_equal((X // og.Value(Y)).data, X // Y)


def test_modf_of_infinity() -> None:
    """Nothing is behind its point."""
    behind, before = np.modf(og.Value(np.array([np.inf, -2.5])))
    np.testing.assert_array_equal(behind.data, [0.0, -0.5])
    np.testing.assert_array_equal(before.data, [np.inf, -2.0])


def test_extremes_that_ignore_nan() -> None:
    """np.fmax and np.fmin give all of the cotangent to the one that is no NaN."""
    x, y = np.array([np.nan, 1.0, np.nan]), np.array([2.0, np.nan, np.nan])
    for extreme in (np.fmax, np.fmin):
        out, pull = og.vjp(extreme, x, y)
        np.testing.assert_array_equal(out, extreme(x, y))
        by_x, by_y = pull(np.ones(3))
        np.testing.assert_array_equal(by_x[:2], [0.0, 1.0])
        np.testing.assert_array_equal(by_y[:2], [1.0, 0.0])


def test_heaviside_passes_to_its_middle() -> None:
    """At 0 it is its second argument."""
    assert og.grad(lambda h: np.sum(np.heaviside(np.array([0.0, 1.0, -1.0]), h)))(0.3) == 1.0


def test_sinc_has_all_derivatives_at_zero() -> None:
    """The second one is -pi**2 / 3, the fourth pi**4 / 5."""
    second: Any = og.grad(og.grad(np.sinc))
    fourth: Any = og.grad(og.grad(second))
    np.testing.assert_allclose(second(0.0), -(np.pi**2) / 3, rtol=1e-12)
    np.testing.assert_allclose(fourth(0.0), np.pi**4 / 5, rtol=1e-12)


def test_sinc_has_the_same_slope_on_both_sides_of_its_seam() -> None:
    """The series and the formula agree where one takes over from the other."""
    slope: Any = og.grad(np.sinc)
    np.testing.assert_allclose(slope(np.nextafter(0.1, 0)), slope(0.1), rtol=1e-12)


def test_clip_with_one_bound_of_integers() -> None:
    """Integers stay integers."""
    assert np.clip(og.Value(np.array([1, 5])), None, 3).dtype == np.int64
    assert np.clip(og.Value(np.array([1, 5])), 3, None).data.tolist() == [3, 5]


def test_where_of_a_condition_alone() -> None:
    """The places where it holds, as plain integers."""
    np.testing.assert_array_equal(np.where(og.Value(X) > 0), np.where(X > 0))
