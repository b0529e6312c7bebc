"""Methods of ufuncs beside ``reduce`` of sums and the like: all pairs, and running extremes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import opgrad as og
from opgrad import Raw
from opgrad_arrays.rules import Functions, as_array, refuse

_OF_PAIRS: list[np.ufunc] = [
    *(np.add, np.subtract, np.multiply, np.divide, np.power),
    *(np.maximum, np.minimum, np.hypot, np.arctan2, np.logaddexp),
    *(np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal),
]


def _outer(ufunc: np.ufunc) -> Callable[..., Raw]:
    """A ufunc of each element of one array and each of the other."""

    def outer(A: Raw, B: Raw) -> Raw:
        a, b = as_array(A), as_array(B)
        if np.ndim(b) == 0:
            return ufunc(a, b)
        return ufunc(np.reshape(a, np.shape(a) + (1,) * np.ndim(b)), b)

    return outer


def _running(ufunc: np.ufunc) -> Callable[..., Raw]:
    """The running maximum or minimum. At a tie each has the gradient of the last one so far."""

    def accumulate(array: Raw, axis: int = 0, dtype: None = None, out: None = None) -> Raw:
        refuse("ufunc.accumulate", dtype=dtype)
        x: Any = og.stop_gradient(array)
        numbers = np.arange(x.shape[axis]).reshape(
            [-1 if i == axis % x.ndim else 1 for i in range(x.ndim)]
        )
        is_chosen = (x == ufunc.accumulate(x, axis)) | (x != x)
        places = np.maximum.accumulate(np.where(is_chosen, numbers, 0), axis)
        return np.take_along_axis(array, places, axis)

    return accumulate


FUNCTIONS: Functions = {
    **{ufunc.outer: _outer(ufunc) for ufunc in _OF_PAIRS},
    np.maximum.accumulate: _running(np.maximum),
    np.minimum.accumulate: _running(np.minimum),
}
