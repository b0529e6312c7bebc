"""Convolution and interpolation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import opgrad as og
from opgrad.errors import InputError
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


def test_period_is_refused() -> None:
    """np.interp of a Value says that it has no period."""
    with pytest.raises(InputError, match="no 'period'"):
        np.interp(og.Value(0.5), KNOTS, KNOTS, period=1.0)
