"""What forms are made with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from opgrad.data import is_traced
from opgrad.operation import Op

Form = Callable[..., Any]
"""Takes its NumPy function's arguments; ``NotImplemented``: the function is called back."""

NO_VALUE = getattr(np, "_NoValue", None)
"""What NumPy has for an argument that is not given."""


def record(op: Op, *inputs: Any, **params: Any) -> Any:
    """Run a primitive on traced inputs, and others, and note it down."""
    trace = next(x.trace for x in inputs if is_traced(x))
    return trace.record(op, inputs, params)


def axes_of(axis: Any, ndim: int) -> tuple[int, ...]:
    """The axes that NumPy's ``axis=`` means, in order and from 0 on."""
    if axis is None:
        return tuple(range(ndim))
    chosen = axis if isinstance(axis, tuple) else (axis,)
    return tuple(sorted(range(ndim)[a] for a in chosen)) if ndim else ()
