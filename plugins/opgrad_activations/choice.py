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
