"""Functions made of ops in the place of ufuncs: NumPy's dtypes, and what it has no loop for."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

import opgrad as og
from opgrad import Raw


def like(ufunc: np.ufunc, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function on inputs in the dtypes of the loop that the ufunc would run.

    Raises:
        TypeError: NumPy's, where it has no such loop.
    """

    @wraps(function)
    def converted(*inputs: Raw) -> Any:
        inputs = tuple(np.asarray(x) if isinstance(x, list | tuple) else x for x in inputs)
        kinds = [_kind(x) for x in inputs]
        loop: Any = ufunc.resolve_dtypes((*kinds, *(None,) * ufunc.nout))
        if all(map(is_number, inputs)):
            pairs = zip(inputs, loop, strict=False)  # the loop has outputs, too
            return function(*(x * 1.0 if dtype.kind == "f" else x for x, dtype in pairs))
        return function(*map(_converted, inputs, loop))

    converted.__doc__ = f"np.{ufunc.__name__}: {function.__doc__}"
    return converted


def is_number(x: Any) -> bool:
    """Whether it is one of Python's own numbers, or a Value of one; or nothing."""
    data = x.data if isinstance(x, og.Node) else x
    return data is None or data.__class__ in _PYTHONS or getattr(data, "is_number", False) is True


_PYTHONS = frozenset({bool, int, float, complex})
_TYPES = {"i": int, "f": float, "c": complex}


def _kind(x: Raw) -> Any:
    """The dtype; of a Python number its type, whose precision is that of its neighbours."""
    dtype = np.result_type(x)
    return _TYPES.get(dtype.kind, dtype) if is_number(x) else dtype


def _converted(x: Raw, dtype: np.dtype[Any]) -> Raw:
    given = np.result_type(x)
    if dtype.kind in "iu" and is_number(x):
        dtype.type(og.stop_gradient(x))  # raises, if it does not fit
    if (given == dtype and not is_number(x)) or dtype.kind not in "fc":
        return x
    if given.kind in "fc" and not is_number(x):
        return np.astype(x, dtype)
    return x * dtype.type(
        1
    )  # unlike astype, it takes Python's numbers, and differentiates integers
