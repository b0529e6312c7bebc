"""Derivatives of the forward along a line: by differences, and by a complex step.

Central differences have an error of h² and a rounding error of eps/h. The step begins at the cube
root of eps, times the scale of the number that is moved; where that does not settle it, a ladder of
steps is tried, each extrapolated (Richardson): the one with the smallest estimated error counts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from attrs import frozen

Line: TypeAlias = Callable[[float], float]
"""A real function of one real number; 0 is where the derivative is wanted."""

EPS = float(np.finfo(np.float64).eps)
STEP = EPS ** (1 / 3)
LADDER = (1e4, 1e3, 1e2, 10.0, 1.0, 0.1, 1e-2, 1e-3, 1e-4, 1e-5)


@frozen
class Slope:
    """A derivative, and how far off it may be."""

    value: float
    error: float


def central(line: Line, step: float) -> float:
    """The difference quotient over both sides."""
    return (line(step) - line(-step)) / (2 * step)


def best_slope(line: Line, scale: float, size: float, eps: float = EPS) -> Slope:
    """The derivative by the step that suits it best.

    Args:
        line: the function.
        scale: of the number that is moved.
        size: of the terms that the function adds up, for its rounding error.
        eps: the precision that the function is computed with.
    """
    found = Slope(0.0, np.inf)
    for rung in LADDER:
        step = eps ** (1 / 3) * scale * rung
        wide, narrow = central(line, step), central(line, step / 2)
        value = (4 * narrow - wide) / 3
        error = abs(value - narrow) + 4 * eps * size / step
        if error < found.error:  # false for NaN
            found = Slope(value, error)
    return found


def is_kink(line: Line, scale: float, size: float) -> bool:
    """Whether the slopes to the left and to the right differ, however short the step."""
    here, gaps = line(0.0), []
    for step in (1e-4 * scale, 1e-6 * scale):
        right, left = (line(step) - here) / step, (here - line(-step)) / step
        gaps.append(abs(right - left))
    noise = 8 * EPS * size / (1e-6 * scale)
    return bool(gaps[1] > 0.5 * gaps[0] and gaps[1] > 1e-4 * (abs(right) + abs(left)) + noise)


def one_sided(line: Line, scale: float) -> tuple[float, float]:
    """The slopes to the left and to the right, the smaller one first."""
    here, step = line(0.0), 1e-6 * scale
    low, high = sorted(((line(step) - here) / step, (here - line(-step)) / step))
    return low, high


def complex_slope(line: Callable[[complex], Any], scale: float) -> float | None:
    """Im f(ih)/h, exact to rounding if f is analytic; ``None`` if it takes no complex numbers."""
    step = 1e-30 * scale
    try:
        out = line(complex(0.0, step))
    except Exception:  # it takes no complex numbers: any exception may say so
        return None
    if not np.iscomplexobj(out):
        return None
    return float(np.imag(out)) / step
