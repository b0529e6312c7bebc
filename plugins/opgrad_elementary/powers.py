"""Roots, squares and reciprocals."""

from __future__ import annotations

import numpy as np

import opgrad as og
from opgrad import Raw
from opgrad_elementary.loops import is_number
from opgrad_elementary.quotient import direction, quotient
from opgrad_elementary.samples import ANYWHERE, OFF_THE_GRID, PAIRS, POSITIVE


@og.op(elementwise=True, implements=np.sqrt, samples=POSITIVE)
def sqrt(x: Raw) -> Raw:
    """The square root of x.

    Derivative: 1 / (2 * sqrt(x)); inf at x = 0.
    """
    return np.sqrt(x)


@sqrt.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return quotient(0.5 * g, out)


@og.op(elementwise=True, implements=np.cbrt, samples=ANYWHERE)
def cbrt(x: Raw) -> Raw:
    """The real cube root of x, also of a negative one.

    Derivative: 1 / (3 * cbrt(x)**2); inf at x = 0.
    """
    return np.cbrt(x)


@cbrt.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return quotient(g, 3 * out * out)


@og.op(elementwise=True, implements=np.square, samples=ANYWHERE)
def square(x: Raw) -> Raw:
    """x * x, exact on Python's integers. Derivative: 2 * x."""
    return x * x if isinstance(x, int) else np.square(x)


@square.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return 2 * g * x


@og.op(elementwise=True, implements=np.reciprocal, samples=OFF_THE_GRID)
def reciprocal(x: Raw) -> Raw:
    """1 / x; of integers a whole number, as in NumPy: 0 unless x is -1 or 1.

    Derivative: -1 / x**2. At x = 0 what division is without OpGrad: an error for Python numbers,
    inf and a warning for arrays.
    """
    is_pythons = x.__class__ is float or x.__class__ is complex
    if is_pythons or (og.is_traced(x) and is_number(x) and np.result_type(x).kind in "fc"):
        return 1 / x
    return np.reciprocal(x)


@reciprocal.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return -g * out * out


@og.op(elementwise=True, implements=np.hypot, samples=PAIRS)
def hypot(x: Raw, y: Raw) -> Raw:
    """sqrt(x**2 + y**2), without overflow on the way.

    Derivatives: x / hypot(x, y) and y / hypot(x, y). At the kink, the origin: 0 and 0. By an
    infinite one: its sign.
    """
    return np.hypot(x, y)


@hypot.vjp_wrt(0)
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> Raw:
    return g * _along(x, out)


@hypot.vjp_wrt(1)
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> Raw:
    return g * _along(y, out)


def _along(x: Raw, norm: Raw) -> Raw:
    """x / norm; 0 at the origin, and of infinite slope there, as sqrt is at 0."""
    if isinstance(norm, float) and norm:
        return direction(x, norm)  # as below, faster
    at_origin = np.equal(norm, 0)
    away = direction(x, np.where(at_origin, 1.0, norm))
    return np.where(at_origin, np.sqrt(np.where(at_origin, abs(x), 1.0)), away)
