"""Elements put in between, taken out, or repeated; arrays put together from blocks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from opgrad import Raw
from opgrad_arrays.dtypes import astype
from opgrad_arrays.rules import Functions, as_array, plain, run


def _insert(arr: Raw, obj: Any, values: Any, axis: int | None = None) -> Raw:
    """np.insert, in the dtype of the array; by what is inserted, too."""
    arr, values = as_array(arr), as_array(values)
    if axis is None:
        arr, axis = np.ravel(arr), 0
    ndim, axis = np.ndim(arr), normalize_axis_index(axis, np.ndim(arr))
    n, places = np.shape(arr)[axis], plain(obj)
    if isinstance(places, slice):
        places = np.arange(*places.indices(n))
    places = np.asarray(places)
    places = np.flatnonzero(places) if places.dtype == bool else places.astype(int)
    values = np.reshape(values, (1,) * (ndim - np.ndim(values)) + np.shape(values))
    if places.ndim == 0:
        values = np.moveaxis(values, 0, axis)
    count = np.shape(values)[axis] if places.size == 1 else places.size
    shape = (*np.shape(arr)[:axis], count, *np.shape(arr)[axis + 1 :])
    values = np.broadcast_to(values, shape)
    if np.result_type(values) != np.result_type(arr):
        values = run(astype, values, dtype=np.result_type(arr))
    # NumPy inserts the numbers of the elements, so that they can go nowhere else than its own.
    where = places.item() if places.size == 1 else places
    order = np.insert(np.arange(n), where, np.arange(n, n + count))
    return np.take(np.concatenate([arr, values], axis), order, axis)


def _delete(arr: Raw, obj: Any, axis: int | None = None) -> Raw:
    """np.delete: the others are taken."""
    if axis is None:
        arr, axis = np.ravel(arr), 0
    return np.take(arr, np.delete(np.arange(np.shape(arr)[axis]), plain(obj)), axis)


def _resize(a: Raw, new_shape: Any) -> Raw:
    """np.resize: all elements, repeated to fill the shape."""
    flat = np.ravel(a)
    if not np.shape(flat)[0]:
        return np.zeros(new_shape, np.result_type(a))
    return np.take(flat, np.resize(np.arange(np.shape(flat)[0]), new_shape))


def _block(arrays: Any) -> Raw:
    """np.block: the innermost lists along the last axis, those around them along the one before."""
    depths = set(_depths(arrays))
    if len(depths) > 1:
        raise ValueError("the lists of np.block must be nested equally deep")
    depth = depths.pop()
    ndim = max(depth, *(np.ndim(x) for x in _leaves(arrays)))

    def joined(part: Any, level: int) -> Raw:
        if isinstance(part, list):
            return np.concatenate([joined(inner, level - 1) for inner in part], -level)
        part = as_array(part)
        return np.reshape(part, (1,) * (ndim - np.ndim(part)) + np.shape(part))

    return joined(arrays, depth)


def _depths(part: Any, depth: int = 0) -> Iterator[int]:
    if isinstance(part, list):
        if not part:
            raise ValueError("the lists of np.block cannot be empty")
        for inner in part:
            yield from _depths(inner, depth + 1)
    else:
        yield depth


def _leaves(part: Any) -> Iterator[Any]:
    if isinstance(part, list):
        for inner in part:
            yield from _leaves(inner)
    else:
        yield part


FUNCTIONS: Functions = {
    np.insert: _insert,
    np.delete: _delete,
    np.resize: _resize,
    np.block: _block,
}
