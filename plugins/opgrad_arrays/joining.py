"""Arrays put together, taken apart, and repeated."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

import opgrad as og
from opgrad import Raw
from opgrad_arrays.dtypes import in_dtype_of
from opgrad_arrays.rules import Functions, in_dtype, plain, run
from opgrad_arrays.shaping import CUBE, EMPTY, MATRIX, SINGLE


@og.op(
    selects=True,
    samples=[
        og.Sample(MATRIX, MATRIX[:1] * 0.7, axis=0),
        og.Sample(MATRIX, MATRIX[:, :1], MATRIX[:, 1:] - 0.2, axis=-1),
        og.Sample(MATRIX, CUBE, axis=None),
        og.Sample(CUBE, axis=1),
        og.Sample(EMPTY, MATRIX),
        og.Sample(SINGLE, SINGLE[:1]),
        og.Sample(SINGLE, SINGLE.astype(np.float64)),
    ],
)
def concatenate(*inputs: Raw, axis: int | None = 0) -> Raw:
    """The arrays one after the other along an axis; all elements along one axis, if it is None.

    Derivative: its VJP gives each input its part of the cotangent.
    """
    return np.concatenate(inputs, axis)


@concatenate.vjp
def _(g: Raw, out: Raw, *inputs: Raw, axis: int | None = 0) -> tuple[Raw, ...]:
    lead = (slice(None),) * (0 if axis is None else axis % np.ndim(out))
    cts, start = [], 0
    for x in inputs:
        stop = start + (math.prod(np.shape(x)) if axis is None else np.shape(x)[len(lead)])
        part = in_dtype_of(x, g[(*lead, slice(start, stop))])
        cts.append(np.reshape(part, np.shape(x)) if axis is None else part)
        start = stop
    return tuple(cts)


@concatenate.jvp
def _(tangents: tuple[Raw, ...], out: Raw, *inputs: Raw, axis: int | None = 0) -> Raw:
    return run(concatenate, *tangents, axis=axis)


def _concatenate(
    arrays: Any, axis: int | None = 0, *, out: None = None, dtype: Any = None, casting: Any = None
) -> Any:
    joined = concatenate(*_each(arrays), axis=axis)
    if dtype is None:
        return joined
    if not np.can_cast(joined.dtype, dtype, casting=casting or "same_kind"):
        raise TypeError(
            f"cannot cast from {joined.dtype} to {np.dtype(dtype)} by casting={casting!r}"
        )
    return in_dtype(joined, dtype)


def _each(arrays: Any) -> list[Any]:
    """The arrays of a sequence; of an array, those along its first axis."""
    return [a if hasattr(a, "shape") else np.asarray(a) for a in arrays]


def _stack(
    arrays: Any, axis: int = 0, *, out: None = None, dtype: Any = None, casting: Any = None
) -> Any:
    each = _each(arrays)
    if len(shapes := {np.shape(a) for a in each}) > 1:
        raise ValueError(f"stack takes arrays of one shape; given {sorted(shapes)}")
    expanded = [np.expand_dims(a, axis) for a in each]
    return _concatenate(expanded, axis, dtype=dtype, casting=casting)


def _hstack(tup: Any, *, dtype: Any = None, casting: Any = None) -> Any:
    each = [np.atleast_1d(a) for a in _each(tup)]
    axis = 0 if np.ndim(each[0]) == 1 else 1
    return _concatenate(each, axis, dtype=dtype, casting=casting)


def _vstack(tup: Any, *, dtype: Any = None, casting: Any = None) -> Any:
    return _concatenate([np.atleast_2d(a) for a in _each(tup)], dtype=dtype, casting=casting)


def _dstack(tup: Any) -> Any:
    return _concatenate([np.atleast_3d(a) for a in _each(tup)], axis=2)


def _column_stack(tup: Any) -> Any:
    return _concatenate(
        [np.reshape(a, (-1, 1)) if np.ndim(a) < 2 else a for a in _each(tup)], axis=1
    )


def _append(arr: Any, values: Any, axis: int | None = None) -> Any:
    if axis is None:
        arr, values, axis = np.ravel(arr), np.ravel(values), 0
    return _concatenate([arr, values], axis)


def _array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    # NumPy cuts the indices, so that they can be no others than its own.
    numbers = np.arange(np.shape(ary)[axis])
    lead = (slice(None),) * (axis % np.ndim(ary))
    cuts = np.array_split(numbers, plain(indices_or_sections))
    return [ary[(*lead, slice(cut[0], cut[-1] + 1) if cut.size else slice(0, 0))] for cut in cuts]


def _split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    np.split(np.empty(np.shape(ary)[axis]), plain(indices_or_sections))  # refuses uneven parts
    return _array_split(ary, indices_or_sections, axis)


def _split_along(axis: int, least: int) -> Any:
    """np.hsplit and the like: along one axis, of an array of so many axes at least."""

    def split(ary: Any, indices_or_sections: Any) -> list[Any]:
        if np.ndim(ary) < least:
            raise ValueError(f"it only works on arrays of {least} or more dimensions")
        return _split(ary, indices_or_sections, min(axis, np.ndim(ary) - 1))

    return split


def _unstack(x: Any, /, *, axis: int = 0) -> tuple[Any, ...]:
    return tuple(np.moveaxis(x, axis, 0))


def _repeat(a: Any, repeats: Any, axis: int | None = None) -> Any:
    if axis is None:
        a, axis = np.ravel(a), 0
    elif np.ndim(a) == 0:
        a = np.ravel(a)
    axis = normalize_axis_index(axis, np.ndim(a))
    shape, counts = np.shape(a), np.asarray(plain(repeats))
    if counts.size != 1 or counts.dtype.kind not in "biu" or counts.item() < 0:
        return np.take(a, np.repeat(np.arange(shape[axis]), plain(repeats)), axis)
    n = int(counts.item())
    spread = np.broadcast_to(
        np.expand_dims(a, axis + 1), (*shape[: axis + 1], n, *shape[axis + 1 :])
    )
    return np.reshape(spread, (*shape[:axis], shape[axis] * n, *shape[axis + 1 :]))


def _tile(A: Any, reps: Any) -> Any:
    counts = np.atleast_1d(plain(reps)).tolist()
    ndim = max(len(counts), np.ndim(A))
    shape = (1,) * (ndim - np.ndim(A)) + np.shape(A)
    counts = [1] * (ndim - len(counts)) + counts
    pairs = [(count, n) for count, n in zip(counts, shape, strict=True)]
    apart = np.reshape(A, tuple(m for n in shape for m in (1, n)))
    spread = np.broadcast_to(apart, tuple(m for pair in pairs for m in pair))
    return np.reshape(spread, tuple(count * n for count, n in pairs))


FUNCTIONS: Functions = {
    np.concatenate: _concatenate,
    np.stack: _stack,
    np.hstack: _hstack,
    np.vstack: _vstack,
    np.dstack: _dstack,
    np.column_stack: _column_stack,
    np.append: _append,
    np.array_split: _array_split,
    np.split: _split,
    np.hsplit: _split_along(1, 1),
    np.vsplit: _split_along(0, 2),
    np.dsplit: _split_along(2, 3),
    np.repeat: _repeat,
    np.tile: _tile,
}
if hasattr(np, "unstack"):  # NumPy 2.1's
    FUNCTIONS[np.unstack] = _unstack
