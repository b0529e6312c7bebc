"""What a contestant brings to a case: a call to time, and how to read its result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from attrs import frozen

Step = Callable[[], Any]
Parts = list[Any]


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
