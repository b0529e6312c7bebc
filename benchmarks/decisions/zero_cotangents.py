"""Decision 9: what it costs to look for NaN in a backward pass, and where."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np

import opgrad as og
from opgrad.diagnostics import has_nan

SIZES = (1_000, 1_000_000)


def ten_tanh(size: int) -> dict[str, Callable[[], float]]:
    """Seconds of the backward pass through ten tanh and their sum, by what is checked."""
    x = og.Value(np.linspace(-2.0, 2.0, size))
    y: Any = x
    for _ in range(10):
        y = np.tanh(y)
    total = np.sum(y)
    loops = max(1, 100_000 // size)

    def nothing() -> None:
        og.backward(total, wrt=[x])

    def results() -> None:
        has_nan(og.backward(total, wrt=[x])[x])

    def every_rule() -> None:
        with og.exact_zeros():
            og.backward(total, wrt=[x])

    def timed(run: Callable[[], None]) -> Callable[[], float]:
        def seconds() -> float:
            start = perf_counter()
            for _ in range(loops):
                run()
            return (perf_counter() - start) / loops

        return seconds

    return {
        "nothing checked": timed(nothing),
        "**only the results checked**": timed(results),
        "every rule checked": timed(every_rule),
    }
