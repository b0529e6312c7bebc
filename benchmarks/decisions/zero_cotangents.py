"""Decision 9: what it costs to look for NaN in a backward pass, and to track what is alive."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np

import opgrad as og
from opgrad.alive import Masks
from opgrad.schedule import SEQUENTIAL, plan
from opgrad.steps import step_by_step

SIZES = (1_000, 1_000_000)


def ten_tanh(size: int, *, selects: bool) -> dict[str, Callable[[], float]]:
    """Seconds of the backward pass through ten tanh and their sum, by what is done.

    Args:
        size: how many elements.
        selects: take a maximum before each tanh.
    """
    x = og.Value(np.linspace(-2.0, 2.0, size))
    y: Any = x
    for _ in range(10):
        y = np.tanh(np.maximum(y, -0.5) if selects else y)
    total = np.sum(y)
    loops = max(1, 100_000 // size)

    def nothing() -> None:
        SEQUENTIAL.run(total, np.float64(1.0), frozenset([x]))

    def results() -> None:
        og.backward(total, wrt=[x])

    def all_tracked() -> None:
        order, cotangents = plan(total, frozenset([x]))
        cotangents[total] = np.float64(1.0)
        masks = Masks(order, cotangents, True)
        step_by_step(order, cotangents, frozenset([x]), masks=masks)

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
        "tracked from the start": timed(all_tracked),
    }
