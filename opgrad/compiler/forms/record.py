"""What forms are made with."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from opgrad.data import is_traced
from opgrad.operation import Op

Form = Callable[..., Any]
"""Takes its NumPy function's arguments; ``NotImplemented``: the function is called back."""

NO_VALUE = getattr(np, "_NoValue", None)
"""What NumPy has for an argument that is not given."""


def record(op: Op, *inputs: Any, **params: Any) -> Any:
    """Run a primitive on traced inputs, and others, and note it down."""
    tracer = next(x.tracer for x in inputs if is_traced(x))
    return tracer.record(op, inputs, params)


def axes_of(axis: Any, ndim: int) -> tuple[int, ...]:
    """The axes that NumPy's ``axis=`` means, in order and from 0 on.

    Raises:
        AxisError: there is no such axis.
        ValueError: an axis is named twice.
    """
    if axis is None:
        return tuple(range(ndim))
    if not ndim and axis in (0, -1):  # NumPy lets this pass
        return ()
    chosen = axis if isinstance(axis, tuple) else operator.index(axis)
    return tuple(sorted(normalize_axis_tuple(chosen, ndim)))
