"""The power operator."""

from __future__ import annotations

import math

import numpy as np

import opgrad as og
from opgrad import Raw

_NUMBERS = frozenset({int, float})


@og.op(
    elementwise=True,
    implements=np.power,
    samples=[
        (1.5, -2.0),
        (2, 3),
        (2.5, 0.5),
        (np.array([1.0, 2.0, 0.5]), 3.0),
        (np.array([1.0, 2.0, 0.5]), np.array([[0.3, 1.7, -0.9], [2.2, -1.1, 1.4]])),
        (np.array([[1.2], [0.6]]), np.array([0.4, 2.1, -1.3])),
        (np.array([1.5, 0.5], np.float32), np.array([[2.5], [0.5]], np.float32)),
    ],
)
def pow(x: Raw, y: Raw) -> Raw:
    """x ** y. Derivatives: y * x**(y - 1) and x**y * log(x).

    A negative x to a fractional y is NaN, as in NumPy, and no complex number as in Python.

    At x = 0: the derivative by x is 0 for y = 0, 1 for y = 1, 0 for y > 1, and inf for 0 < y < 1.
    The derivative by y is 0 there for y >= 0, also at y = 0, where 0**y jumps from 1 to 0; it is
    NaN for y < 0, where 0**y jumps from inf. For x < 0 it is NaN: next to y, x**y is not defined.
    At infinity a derivative is NaN where the formula says inf * 0.
    """
    out = x**y
    if out.__class__ is complex and complex not in (x.__class__, y.__class__):
        return math.nan
    return out


@pow.vjp_wrt(0)
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> Raw:
    if _are_numbers(x, y):
        return g * (y * _power(x, (y - 1) * (y != 0 or x != 0)))
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        return g * (y * np.power(x, _one_less(y, x)))


@pow.vjp_wrt(1)
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> Raw:
    with np.errstate(invalid="ignore"):
        return g * (out * np.log(1.0 * x + (x == 0)))  # the log of 1, not of 0


def _one_less(y: Raw, x: Raw) -> Raw:
    """y - 1, but 0 where x and y are: there x**y is flat, and the formula would say 0 * inf."""
    less, is_steep = y - 1.0, y != 0  # 1.0: integers would overflow
    if isinstance(is_steep, bool | np.bool_ | np.ndarray) and np.all(is_steep):
        return less
    return less * (is_steep + (y == 0) * (x != 0))  # no `|`, which Python's numbers lack


def _are_numbers(x: Raw, y: Raw) -> bool:
    return x.__class__ in _NUMBERS and y.__class__ in _NUMBERS


def _power(x: float, y: float) -> Raw:
    """x ** y, where a pole or an overflow is inf, without an error or a warning."""
    try:
        return pow.forward(x, y)
    except (ZeroDivisionError, OverflowError):
        with np.errstate(divide="ignore", over="ignore"):
            return np.power(float(x), float(y))  # NumPy has an inf of the right sign
