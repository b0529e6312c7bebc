"""Products of an input and something that vanishes far out: 0 at infinity, not inf * 0."""

from __future__ import annotations

import numpy as np

from opgrad import Raw

FAR = 20_000.0
"""Here exp(-x) is 0 in every precision; and it is a number in every precision."""


def above(x: Raw) -> Raw:
    """x, but no less than -FAR."""
    return np.maximum(x, -FAR)


def within(x: Raw) -> Raw:
    """x, but no less than -FAR and no more than FAR."""
    return np.minimum(np.maximum(x, -FAR), FAR)
