"""Functions of signs, and of powers of two: made of ops."""

from __future__ import annotations

from typing import Any

import numpy as np

import opgrad as og
from opgrad import Raw


def copysign(x: Raw, y: Raw, /) -> Raw:
    """np.copysign: the size of x, the sign of y, to which no gradient flows."""
    size = np.absolute(x)
    return np.where(np.signbit(y), -size, size)


def heaviside(x: Raw, h: Raw, /) -> Raw:
    """np.heaviside: a step, flat on both sides; a gradient flows to h where x is 0."""
    return np.where(np.equal(x, 0), h, np.heaviside(og.stop_gradient(x), 0))


def ldexp(x: Raw, n: Any, /) -> Raw:
    """np.ldexp: x times two to the n, an integer."""
    return x * np.ldexp(np.result_type(x, 1.0).type(1), og.stop_gradient(n))


def float_power(x: Raw, y: Raw, /) -> Raw:
    """np.float_power: a power in double precision at least."""
    return np.power(*(_in_double(each) for each in (x, y)))


def _in_double(x: Raw) -> Raw:
    if isinstance(x, int | float | complex):
        return x
    return np.astype(x, np.result_type(x, np.float64))
