"""Choosing in rules, for Python numbers without NumPy, which refuses large integers."""

from __future__ import annotations

import numpy as np

from opgrad import Raw

_REAL = frozenset({bool, int, float})
"""Python's own real numbers: NumPy's float64, a float to ``isinstance``, is none of them."""


def choose(condition: Raw, x: Raw, y: Raw) -> Raw:
    """``x`` where the condition holds, else ``y``."""
    numbers = type(x) in _REAL and type(y) in _REAL
    if numbers and type(condition) in (bool, int):
        return x if condition else y
    return np.where(condition, x, y)
