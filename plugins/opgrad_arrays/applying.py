"""A function of the user's, applied to parts of an array."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

import opgrad as og
from opgrad import Raw
from opgrad_arrays.rules import Functions, as_array, in_dtype, plain


def _piecewise(x: Raw, condlist: Any, funclist: Any, *args: Any, **kw: Any) -> Raw:
    """np.piecewise: each function is given the elements for which its condition holds."""
    given = plain(condlist)
    if np.ndim(x) == 0:  # as an array, which conditions can choose of
        conditions: Any = [np.reshape(c, 1) for c in ([given] if np.ndim(given) == 0 else given)]
        return np.reshape(_piecewise(np.ravel(x), conditions, funclist, *args, **kw), ())
    if np.ndim(given) == np.ndim(x):
        given = [given]
    conditions = [np.asarray(c, bool) for c in given]
    if len(funclist) == len(conditions) + 1:
        conditions.append(~np.logical_or.reduce(conditions))
    if len(funclist) != len(conditions):
        raise ValueError(
            f"np.piecewise takes as many functions as conditions, or one more; "
            f"given {len(funclist)} and {len(conditions)}"
        )
    y = np.zeros(np.shape(x), np.result_type(x))
    for condition, f in zip(conditions, funclist, strict=True):
        part = f(x[condition], *args, **kw) if callable(f) else f
        is_plain = not isinstance(part, og.Node)
        y = og.at(y, condition).set(
            np.asarray(part, y.dtype) if is_plain else in_dtype(part, y.dtype)
        )
    return y


def _apply_along_axis(
    func1d: Callable[..., Any], axis: int, arr: Raw, *args: Any, **kwargs: Any
) -> Raw:
    """np.apply_along_axis: one call for each row, whose results are stacked."""
    axis = normalize_axis_index(axis, np.ndim(arr))
    rows = np.moveaxis(arr, axis, -1)
    lead = np.shape(rows)[:-1]
    if 0 in lead:
        raise ValueError("np.apply_along_axis takes an array with at least one row")
    results = [as_array(func1d(rows[i], *args, **kwargs)) for i in np.ndindex(*lead)]
    each = np.shape(results[0])
    stacked = np.reshape(np.stack(results), (*lead, *each))
    return np.moveaxis(stacked, tuple(range(len(lead), np.ndim(stacked))), _places(axis, len(each)))


def _places(axis: int, count: int) -> tuple[int, ...]:
    return tuple(range(axis, axis + count))


def _apply_over_axes(func: Callable[..., Any], a: Raw, axes: Any) -> Raw:
    """np.apply_over_axes: over one axis after the other, which are kept."""
    for axis in np.ravel(axes).tolist():
        result = func(a, axis)
        a = result if np.ndim(result) == np.ndim(a) else np.expand_dims(result, axis)
    return a


FUNCTIONS: Functions = {
    np.piecewise: _piecewise,
    np.apply_along_axis: _apply_along_axis,
    np.apply_over_axes: _apply_over_axes,
}
