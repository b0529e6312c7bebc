"""The larger, the smaller, and the chosen of two values.

The cotangent passes to an input unless a comparison says that another one is the result. With NaN
no comparison holds: it passes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import opgrad as og
from opgrad import Raw
from opgrad_arithmetic.samples import PAIRS

_NUMBERS: frozenset[Any] = frozenset({bool, int, float})
"""Python's own numbers: chosen between without NumPy, which would round or refuse large ones."""


def _widened(chosen: Any, x: Any, y: Any) -> Any:
    """The chosen one of two numbers, in the wider type of the two, as NumPy has it."""
    if x.__class__ is y.__class__:
        return chosen
    return float(chosen) if float in (x.__class__, y.__class__) else int(chosen)


@og.op(selects=True, elementwise=True, implements=np.maximum, samples=PAIRS)
def maximum(x: Raw, y: Raw) -> Raw:
    """The larger of x and y; NaN where either is NaN.

    Derivatives: 1 for the larger, 0 for the smaller. At a tie: 1/2 each. Where either is NaN: 1
    each.
    """
    if _NUMBERS.issuperset((x.__class__, y.__class__)):
        return _widened(y if y > x or y != y else x, x, y)
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
    if _NUMBERS.issuperset((x.__class__, y.__class__)):
        return _widened(y if y < x or y != y else x, x, y)
    return og.ordered(np.minimum(x, y))


@minimum.vjp_wrt(0)
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> Raw:
    return _share(g, y, x)


@minimum.vjp_wrt(1)
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> Raw:
    return _share(g, x, y)


def _share(g: Raw, high: Raw, low: Raw) -> Raw:
    """All of ``g`` where ``high`` is above ``low``, half of it at a tie, else nothing."""
    if type(high) in _NUMBERS and type(low) in _NUMBERS:
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
    if _NUMBERS.issuperset((condition.__class__, x.__class__, y.__class__)):
        return _widened(x if condition else y, x, y)
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
    if x is None or y is None:
        raise ValueError("either both or neither of x and y should be given")
    condition, x, y = (np.array(v) if isinstance(v, list | tuple) else v for v in (condition, x, y))
    if isinstance(condition, np.bool_):  # of numbers: they stay numbers
        condition = bool(condition)
    return where(condition, x, y)
