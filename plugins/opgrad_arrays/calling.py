"""What rules, and functions made of ops, ask about what they are given."""

from __future__ import annotations

from typing import Any

import numpy as np

import opgrad as og
from opgrad import Raw


def call(op: og.Op, *inputs: Raw, **params: Any) -> Raw:
    """An op that no NumPy function becomes: recorded on Values, plain on raw data."""
    recorded = any(isinstance(x, og.Value) for x in inputs)
    function: Any = op if recorded else op.forward
    return function(*inputs, **params)


def is_complex(x: Raw) -> bool:
    """Whether the dtype, or the Python number, is a complex one."""
    return bool(x.dtype.kind == "c") if hasattr(x, "dtype") else isinstance(x, complex)


def along(x: Raw, axis: int, index: Any) -> Raw:
    """x[..., index, ...], with the index at that axis."""
    return x[(slice(None),) * (axis % np.ndim(x)) + (index,)]
