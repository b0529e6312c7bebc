"""Choosing in rules, for Python numbers without NumPy, which refuses large integers."""

from __future__ import annotations

import numpy as np

from opgrad import Raw


def choose(condition: Raw, x: Raw, y: Raw) -> Raw:
    """``x`` where the condition holds, else ``y``."""
    numbers = isinstance(x, int | float) and isinstance(y, int | float)
    if numbers and isinstance(condition, int):
        return x if condition else y
    return np.where(condition, x, y)


def zero_where(flat: Raw, g: Raw) -> Raw:
    """0 where ``flat`` holds, else ``g``. Not a product: inf * 0 would be NaN."""
    return choose(flat, type(g)(0) if isinstance(g, int | float) else 0, g)


def ordered(x: Raw) -> Raw:
    """The input as it is, if it is real.

    Raises:
        TypeError: it is complex. NumPy compares real parts first, which has no derivative.
    """
    if x.__class__ is not float and np.iscomplexobj(x):
        raise TypeError("complex numbers have no order: this op takes real ones")
    return x
