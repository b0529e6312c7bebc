"""The larger, the smaller, and the chosen of two values.

The cotangent passes to an input unless a comparison says that another one is the result. With NaN
no comparison holds: it passes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import opgrad as og
from opgrad import Raw
from opgrad_arithmetic.samples import PAIRS

_REAL = frozenset({bool, int, float})
"""Python's own real numbers: NumPy's float64, a float to ``isinstance``, is none of them."""


@og.op(selects=True, elementwise=True, implements=np.maximum, samples=PAIRS)
def maximum(x: Raw, y: Raw) -> Raw:
    """The larger of x and y; NaN where either is NaN.

    Derivatives: 1 for the larger, 0 for the smaller. At a tie: 1/2 each. Where either is NaN: 1
    each.
    """
    if type(x) in _REAL and type(y) in _REAL:
        return y if y > x or y != y else x  # NumPy would round or refuse large integers
    return og.ordered(np.maximum(x, y))


@maximum.vjp_wrt(0)
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> Raw:
    return _share(g, x, y)


@maximum.vjp_wrt(1)
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> Raw:
    return _share(g, y, x)


@og.op(selects=True, elementwise=True, implements=np.minimum, samples=PAIRS)
def minimum(x: Raw, y: Raw) -> Raw:
    """The smaller of x and y; NaN where either is NaN.

    Derivatives: 1 for the smaller, 0 for the larger. At a tie: 1/2 each. Where either is NaN: 1
    each.
    """
    if type(x) in _REAL and type(y) in _REAL:
        return y if y < x or y != y else x  # NumPy would round or refuse large integers
    return og.ordered(np.minimum(x, y))


@minimum.vjp_wrt(0)
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> Raw:
    return _share(g, y, x)


@minimum.vjp_wrt(1)
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> Raw:
    return _share(g, x, y)


def _share(g: Raw, high: Raw, low: Raw) -> Raw:
    """All of ``g`` where ``high`` is above ``low``, half of it at a tie, else nothing."""
    if type(high) in _REAL and type(low) in _REAL:
        share = 0.5 * g if high == low else g  # an integer stays one, however large
    else:
        share = np.where(high == low, 0.5 * g, g)
    return og.zero_where(high < low, share)


@og.op(
    selects=True,
    elementwise=True,
    samples=[
        (True, 1.5, -2.0),
        (False, 3, 2),
        (np.array([True, False, True]), np.array([1.0, -2.0, 0.5]), 3.0),
        (
            np.array([[True], [False]]),
            np.array([1.0, -2.0, 0.5]),
            np.array([[0.3, 1.7, -0.9], [2.2, -1.1, 1.4]]),
        ),
        (
            np.array([True, False]),
            np.array([1.5, -0.5], np.float32),
            np.array([[2.5], [0.5]], np.float32),
        ),
    ],
)
def where(condition: Raw, x: Raw, y: Raw) -> Raw:
    """x where the condition holds, else y.

    Derivatives: 1 for the chosen one, 0 for the other. No gradient to the condition.
    """
    if {type(condition), type(x), type(y)} <= _REAL:
        return x if condition else y  # NumPy would round or refuse large integers
    return np.where(condition, x, y)


@where.vjp_wrt(0)
def _(g: Raw, out: Raw, condition: Raw, x: Raw, y: Raw) -> tuple[None]:
    return (None,)


@where.vjp_wrt(1)
def _(g: Raw, out: Raw, condition: Raw, x: Raw, y: Raw) -> Raw:
    return og.zero_where(condition == 0, g)


@where.vjp_wrt(2)
def _(g: Raw, out: Raw, condition: Raw, x: Raw, y: Raw) -> Raw:
    return og.zero_where(condition != 0, g)


def choose(condition: Any, x: Any = None, y: Any = None, /) -> Any:
    """np.where: the op; of a condition alone, the places where it holds."""
    if x is None and y is None:
        return np.nonzero(condition)
    if isinstance(condition, np.bool_):  # of numbers: they stay numbers
        condition = bool(condition)
    return where(condition, x, y)


def extremes_of_numbers(extreme: Callable[..., Any]) -> Callable[..., Any]:
    """np.fmax and np.fmin: the extreme of two, of which one may be NaN."""
    return lambda x, y: extreme(np.where(np.isnan(x), y, x), np.where(np.isnan(y), x, y))
