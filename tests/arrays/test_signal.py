"""Convolution and interpolation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import opgrad as og
from tests.arrays.derivatives import assert_derivatives_are_right


def _array(n: int, seed: int) -> Any:
    return np.random.default_rng(seed).normal(size=n)


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize(("n", "m"), [(5, 3), (3, 5), (4, 4), (5, 2), (1, 3)])
def test_convolution(mode: Any, n: int, m: int) -> None:
    """np.convolve in each mode, for vectors of even and odd lengths, either the longer one."""
    assert_derivatives_are_right(lambda x, y: np.convolve(x, y, mode), _array(n, 0), _array(m, 1))


KNOTS = np.array([-1.0, 0.5, 1.0, 3.0])


@pytest.mark.parametrize("params", [{}, {"left": -2.0}, {"left": 0.5, "right": 7.0}])
def test_interpolation(params: dict[str, float]) -> None:
    """np.interp by x, by the knots, and by the heights there; inside, and outside."""
    x, heights = np.array([[-0.3, 0.7, 2.2], [-1.7, 3.4, 0.9]]), np.array([1.0, -0.5, 2.0, 0.3])
    assert_derivatives_are_right(
        lambda x, xp, fp: np.interp(x, xp, fp, **params), x, KNOTS, heights
    )


def test_interpolation_of_a_number() -> None:
    """np.interp takes a number."""
    assert_derivatives_are_right(lambda x: np.interp(x, KNOTS, KNOTS**2), 0.7)


def test_interpolation_at_a_knot_has_the_slope_on_its_right() -> None:
    """At a kink the derivative is that of the right piece."""
    g = og.grad(lambda x: np.interp(x, np.array([0.0, 1.0, 2.0]), np.array([0.0, 1.0, 4.0])))(1.0)
    assert g == 3.0


def test_interpolation_with_one_knot_is_constant() -> None:
    """One knot has no slope."""
    assert_derivatives_are_right(
        lambda x, fp: np.interp(x, np.array([0.5]), fp), np.array([0.2, 0.9]), np.array([2.0])
    )


@pytest.mark.parametrize("period", [2.0, -2.5])
def test_interpolation_of_what_is_periodic(period: float) -> None:
    """np.interp with a period: x and the knots anywhere, in any order."""
    x, knots = np.array([-0.3, 0.65, 2.15, -1.7]), np.array([1.3, -0.2, 4.1])
    heights = np.array([1.0, -0.5, 2.0])
    assert_derivatives_are_right(
        lambda x, xp, fp: np.interp(x, xp, fp, period=period), x, knots, heights
    )


def test_lists_are_taken() -> None:
    """What is raw may be a list, as in NumPy."""
    x = np.array([0.3, 2.2])
    assert_derivatives_are_right(lambda x: np.interp(x, [0.0, 1.0, 3.0], [1.0, 2.0, 5.0]), x)
    assert_derivatives_are_right(lambda x: np.convolve(x, [1.0, 2.0]), x)
    assert_derivatives_are_right(lambda x: np.correlate([1.0, 2.0, 3.0], x), x)


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize(("n", "m"), [(5, 3), (3, 5), (4, 4), (5, 2), (2, 5), (1, 3)])
def test_correlation(mode: Any, n: int, m: int) -> None:
    """np.correlate in each mode, for vectors of even and odd lengths, either the longer one."""
    assert_derivatives_are_right(lambda x, y: np.correlate(x, y, mode), _array(n, 0), _array(m, 1))


def test_correlation_conjugates_the_second() -> None:
    """Of complex vectors, NumPy's result."""
    x, y = _array(4, 0) + 1j * _array(4, 1), _array(3, 2) - 1j * _array(3, 3)
    out, _ = og.vjp(lambda x: np.correlate(x, y, "full"), x)
    np.testing.assert_allclose(out, np.correlate(x, y, "full"), rtol=1e-12)
