"""What a contestant brings to a case: a call to time, and how to read and compare its result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from attrs import frozen

Step = Callable[[], Any]
Parts = list[Any]
TOLERANCE = 1e-9


def parts(result: Any) -> Parts:
    """The result's arrays and numbers, containers taken apart, each as a flat array."""
    if isinstance(result, (tuple, list)):
        return [part for item in result for part in parts(item)]
    return [np.ravel(np.asarray(result))]


def value_and_vector(result: Any) -> Parts:
    """A value, and all its gradients in one vector: where contestants split them differently."""
    value, grads = result
    return [*parts(value), np.concatenate(parts(grads))]


@frozen
class Entry:
    """One contestant's call.

    Args:
        step: what is timed. What is needed once (compilation, conversion) is behind it.
        read: from what ``step`` returns to flat arrays, the same of all contestants; None where
            there is nothing to compare.
        function: the same without derivatives, where the two are compared.
    """

    step: Step
    read: Callable[[Any], Parts] | None = parts
    function: Step | None = None


Entries = Mapping[str, Entry]
"""By the name that tables show."""


def compare(entries: Entries) -> float:
    """The largest difference of values or derivatives, relative to the largest element beside it.

    Raises:
        SystemExit: it is too large for all to have done the same work.
    """
    found = {name: entry.read(entry.step()) for name, entry in entries.items() if entry.read}
    right = next(iter(found.values()))
    difference = 0.0
    for name, result in found.items():
        for part, expected in zip(result, right, strict=True):
            off = float(np.max(np.abs(part - expected)) / np.max(np.abs(expected)))
            if not off <= TOLERANCE:
                raise SystemExit(f"{name} differs from {next(iter(found))} by {off:.1e}")
            difference = max(difference, off)
    return difference
