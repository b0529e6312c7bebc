"""Smoothing: its limits, and its derivatives through the equation that defines it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from opgrad_interp import smooth

import opgrad as og

Floats = NDArray[np.float64]

KNOTS = np.linspace(0, 3, 12) ** 1.2
NOISY = np.sin(2 * KNOTS) + 0.3 * np.cos(40 * KNOTS)


def test_a_small_penalty_leaves_the_values() -> None:
    """They are interpolated."""
    np.testing.assert_allclose(smooth(NOISY, KNOTS, 1e-9).data, NOISY, atol=1e-6)


def test_a_large_penalty_makes_a_line() -> None:
    """That of least squares, which has no bends."""
    line = np.polynomial.Polynomial.fit(KNOTS, NOISY, 1)(KNOTS)
    np.testing.assert_allclose(smooth(NOISY, KNOTS, 1e7).data, line, atol=1e-5)


def test_smoothing_is_symmetric() -> None:
    """Which is why it is its own rule: ⟨v, S w⟩ = ⟨S v, w⟩."""
    v, w = np.random.default_rng(5).normal(size=(2, 12))
    there = v @ smooth.forward(w, KNOTS, 0.1)
    assert there == pytest.approx(smooth.forward(v, KNOTS, 0.1) @ w, rel=1e-10)


@pytest.mark.parametrize("penalty", [0.01, 1.0, 50.0])
def test_derivative_by_the_penalty_agrees_with_differences(penalty: float) -> None:
    """First and second, at weak and strong smoothing."""

    def f(p: Any) -> Any:
        return np.sum(smooth(NOISY, KNOTS, p) ** 3)

    h = 1e-4 * penalty
    slope = (f(penalty + h).data - f(penalty - h).data) / (2 * h)
    assert og.grad(f)(penalty) == pytest.approx(slope, rel=1e-6)
    bend = (og.grad(f)(penalty + h) - og.grad(f)(penalty - h)) / (2 * h)
    assert og.grad(og.grad(f))(penalty) == pytest.approx(bend, rel=1e-6)


def test_the_penalty_can_be_chosen_by_gradient() -> None:
    """Every second value is held out; descent finds a penalty that predicts those better."""
    seen = slice(None, None, 2)
    x = np.linspace(0, 3, 41)
    rng = np.random.default_rng(0)
    y = np.sin(2 * x) + 0.4 * rng.normal(size=41)

    def held_out(log_penalty: float) -> Any:
        at_seen = smooth(y[seen], x[seen], np.exp(log_penalty))
        between = og.ops.spline(x[1::2], x[seen], at_seen)
        return np.mean((between - y[1::2]) ** 2)

    log_penalty = -1.0
    for _ in range(60):
        log_penalty -= 30 * og.grad(held_out)(log_penalty)
    before, after = (og.value_and_grad(held_out)(p) for p in (-1.0, log_penalty))
    assert after[0] < 0.7 * before[0]
    assert abs(after[1]) < 1e-3


def test_knots_have_no_derivative() -> None:
    """And the error says what has."""
    with pytest.raises(og.NotDifferentiable, match="fixed; move the values"):
        og.grad(lambda knots: np.sum(smooth(NOISY, knots, 0.1)))(KNOTS)


def test_a_nan_spreads_to_all() -> None:
    """Every smoothed value hangs on every value."""
    assert np.isnan(smooth(np.where(KNOTS == 0, np.nan, NOISY), KNOTS, 0.1).data).all()


@pytest.mark.parametrize("penalty", [0.0, -1.0, np.nan, np.ones(2)])
def test_a_penalty_that_is_none_is_refused(penalty: Any) -> None:
    """It is one positive number."""
    with pytest.raises(ValueError, match="penalty is one number above 0"):
        smooth(NOISY, KNOTS, penalty)


def test_compiled_is_eager() -> None:
    """By the values and by the penalty."""
    gradient = og.grad(lambda v, p: np.sum(smooth(v, KNOTS, p) ** 2), argnums=(0, 1))
    for compiled, eager in zip(og.compile(gradient)(NOISY, 0.1), gradient(NOISY, 0.1), strict=True):
        np.testing.assert_allclose(compiled, eager, rtol=1e-14)
