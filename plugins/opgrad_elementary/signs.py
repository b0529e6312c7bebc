"""Functions of signs, of powers of two, and of what may be NaN: made of ops."""

from __future__ import annotations

from typing import Any

import numpy as np

import opgrad as og
from opgrad import Raw

_LARGEST = 12
"""Of powers of two: no overflow in half precision."""


def copysign(x: Raw, y: Raw, /) -> Raw:
    """The size of x, the sign of y, to which no gradient flows."""
    is_plain = not isinstance(x, og.Node)
    if is_plain:
        return np.copysign(x, og.stop_gradient(y))
    size = np.absolute(x)
    return np.where(np.signbit(y), -size, size)


def heaviside(x: Raw, h: Raw, /) -> Raw:
    """A step, flat on both sides; a gradient flows to h where x is 0."""
    return np.where(np.equal(x, 0), h, np.heaviside(og.stop_gradient(x), 0))


def ldexp(x: Raw, n: Any, /) -> Raw:
    """x times two to the n, an integer, to which no gradient flows."""
    n = og.stop_gradient(n)
    for _ in range(2):  # the power alone may overflow where the product does not
        part = np.clip(n, -_LARGEST, _LARGEST)
        if not np.any(part != n):
            break
        x, n = x * np.ldexp(np.result_type(x).type(1), part), n - part
    return x * np.ldexp(np.result_type(x).type(1), n)


def float_power(x: Raw, y: Raw, /) -> Raw:
    """A power in double precision at least."""
    return np.power(x, y)


def fabs(x: Raw, /) -> Raw:
    """The absolute value, a floating-point number."""
    return np.absolute(x)


def positive(x: Raw, /) -> Raw:
    """The same."""
    return og.ops["arithmetic.identity"](x)


def fmax(x: Raw, y: Raw, /) -> Raw:
    """The larger of two, of which one may be NaN."""
    return np.maximum(np.where(np.isnan(x), y, x), np.where(np.isnan(y), x, y))


def fmin(x: Raw, y: Raw, /) -> Raw:
    """The smaller of two, of which one may be NaN."""
    return np.minimum(np.where(np.isnan(x), y, x), np.where(np.isnan(y), x, y))
