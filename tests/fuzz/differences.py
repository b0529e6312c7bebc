"""Derivatives by differences, with an estimate of their error, and kinks told apart.

A derivative is given where differences at four steps agree: where they do not, there is a kink, a
jump, or too much rounding, and nothing can be said.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

STEPS = [2.0**-k for k in (6, 8, 10, 12)]
ROUNDING = 2.0**-48


def derivative(f: Callable[[float], Any]) -> tuple[Any, Any]:
    """That of a function of a number at 0, which gives a vector; and its error.

    The error is infinite for elements of the vector that have a kink there.
    """
    here = f(0.0)
    size = np.abs(here)
    table: list[list[Any]] = []
    bends = []
    for h in STEPS:
        up, down = f(h), f(-h)
        size = np.maximum(size, np.maximum(np.abs(up), np.abs(down)))
        bends.append(np.abs(up - 2 * here + down))
        row = [(up - down) / (2 * h)]
        for k, before in enumerate(table[-1] if table else []):
            row.append(row[k] + (row[k] - before) / (16.0 ** (k + 1) - 1))
        table.append(row)
    best = table[-1][2]
    error = np.abs(best - table[-2][2]) + np.abs(best - table[-1][1]) * 0.01
    error = error + size * ROUNDING / STEPS[-1]
    noise = size * ROUNDING * 4
    is_straight = (bends[-1] <= 0.13 * bends[-2] + noise) & (bends[-2] <= 0.13 * bends[-3] + noise)
    with np.errstate(invalid="ignore"):
        known = is_straight & np.isfinite(best) & np.isfinite(error)
    return np.where(known, best, 0.0), np.where(known, error, np.inf)
