"""Division in derivatives: a slope is infinite where it is, and that is no error."""

from __future__ import annotations

import numpy as np

from opgrad import Raw


def quotient(x: Raw, y: Raw) -> Raw:
    """x / y, with inf or NaN at y = 0 for Python numbers too, and without a warning."""
    if isinstance(x, float) and isinstance(y, float) and y:
        return x / y  # as below, six times faster
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.divide(x, y)
