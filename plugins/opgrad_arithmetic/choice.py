"""Choosing in forwards and rules, for Python numbers without NumPy, which rounds large integers."""

from __future__ import annotations

import numpy as np

from opgrad import Raw


def zero_where(flat: Raw, g: Raw) -> Raw:
    """0 where ``flat`` holds, else ``g``. Not a product: inf * 0 would be NaN."""
    if isinstance(flat, int) and isinstance(g, int | float):
        return type(g)(0) if flat else g
    return np.where(flat, 0, g)


def ordered(out: Raw) -> Raw:
    """The result as it is, if it is real.

    Raises:
        TypeError: it is complex. NumPy compares real parts first, which has no derivative.
    """
    if np.iscomplexobj(out):
        raise TypeError("complex numbers have no order: this op takes real ones")
    return out
