"""Forms of what puts arrays together, repeats them, or moves their parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from opgrad.compiler.forms.record import NO_VALUE, Form, record
from opgrad.compiler.primitives import SCATTER
from opgrad.data import is_traced

SCATTERED = "fiu"
"""The kinds of dtypes that can be scattered: added to zeros without another result."""


def _concatenate(arrays: Any, axis: int | None = 0, out: Any = None, **options: Any) -> Any:
    """One scatter."""
    arrays = _arrays(arrays)
    if arrays is None or options or not all(x.shape for x in arrays):
        return NotImplemented
    if axis is None:
        arrays, axis = [np.ravel(x) for x in arrays], 0
    dtype = np.result_type(*[x.dtype for x in arrays])
    ndim = len(arrays[0].shape)
    if not _is_axis(axis, ndim) or not any(map(is_traced, arrays)):
        return NotImplemented  # NumPy itself says what is wrong
    lead = range(ndim)[axis]
    shapes = {(*x.shape[:lead], *x.shape[lead + 1 :]) for x in arrays}
    if dtype.kind not in SCATTERED or len(shapes) > 1 or any(x.ndim != ndim for x in arrays):
        return NotImplemented
    indices, start = [], 0
    for x in arrays:
        stop = start + x.shape[lead]
        indices.append((*[slice(None)] * lead, slice(start, stop)))
        start = stop
    shape = (*arrays[0].shape[:lead], start, *arrays[0].shape[lead + 1 :])
    return record(SCATTER, *arrays, shape=shape, dtype=dtype, indices=tuple(indices))


def _stack(arrays: Any, axis: int = 0, out: Any = None, **options: Any) -> Any:
    """One scatter; of numbers, too."""
    arrays = tuple(arrays)
    if options:
        return NotImplemented
    if any(np.shape(x) for x in arrays):
        each = _arrays(arrays)
        if each is None or len({x.shape for x in each}) > 1:
            return NotImplemented
        return np.concatenate([np.expand_dims(x, axis) for x in each], axis)
    dtype = np.result_type(*[x.dtype if hasattr(x, "dtype") else np.asarray(x) for x in arrays])
    if dtype.kind != "f" or axis not in (0, -1):
        return NotImplemented
    indices = tuple(range(len(arrays)))
    return record(SCATTER, *arrays, shape=(len(arrays),), dtype=dtype, indices=indices)


def _is_axis(axis: Any, ndim: int) -> bool:
    return isinstance(axis, int | np.integer) and axis in range(-ndim, ndim)


def _arrays(arrays: Any) -> list[Any] | None:
    """The arrays of a sequence, if all are arrays."""
    if not isinstance(arrays, tuple | list):
        return None
    return list(arrays) if arrays and all(hasattr(x, "shape") for x in arrays) else None


def _joined(least: int, axis: int) -> Form:
    """Of ``np.vstack`` and the like: an axis of arrays that have at least so many."""

    def form(tup: Any, **options: Any) -> Any:
        arrays = _arrays(tup)
        if arrays is None or options:
            return NotImplemented
        if any(len(x.shape) < least and is_traced(x) and x.is_number for x in arrays):
            return NotImplemented
        each = [_at_least(x, least) for x in arrays]
        return np.concatenate(each, 0 if each[0].ndim == 1 else axis)

    return form


def _at_least(x: Any, ndim: int) -> Any:
    given = len(x.shape)
    if given >= ndim:
        return x
    before = int(given < 2) if ndim == 3 else ndim - given
    return np.reshape(x, (1,) * before + x.shape + (1,) * (ndim - given - before))


def _column_stack(tup: Any) -> Any:
    arrays = _arrays(tup)
    if arrays is None:
        return NotImplemented
    return np.concatenate([np.reshape(x, (-1, 1)) if x.ndim < 2 else x for x in arrays], 1)


def _append(arr: Any, values: Any, axis: int | None = None) -> Any:
    if axis is None:  # a number is an array then, and takes part in the dtype
        return np.concatenate([np.ravel(arr), np.ravel(values)])
    return np.concatenate([arr, values], axis)


def _pad(array: Any, pad_width: Any, mode: str = "constant", **options: Any) -> Any:
    """A scatter, where zeros are added."""
    zeros = set(options) <= {"constant_values"} and _is_zero(options.get("constant_values", 0))
    if mode != "constant" or not zeros or not is_traced(array) or isinstance(pad_width, dict):
        return NotImplemented
    if array.dtype.kind not in SCATTERED or not array.shape:
        return NotImplemented
    widths = np.asarray(pad_width)
    if widths.dtype.kind not in "iu" or (widths < 0).any():
        return NotImplemented
    pairs = np.broadcast_to(widths, (array.ndim, 2)).tolist()
    shape = tuple(n + a + b for n, (a, b) in zip(array.shape, pairs, strict=True))
    index = tuple(slice(a, a + n) for n, (a, _) in zip(array.shape, pairs, strict=True))
    return record(SCATTER, array, shape=shape, dtype=array.dtype, indices=(index,))


def _is_zero(fill: Any) -> bool:
    return isinstance(fill, int | float) and str(fill) in ("0", "0.0")


def _roll(a: Any, shift: Any, axis: Any = None) -> Any:
    """The parts of each axis in the other order, joined."""
    if axis is None:
        return np.reshape(np.roll(np.ravel(a), shift, 0), a.shape)
    shifts = shift if isinstance(shift, tuple | list) else (shift,)
    axes = axis if isinstance(axis, tuple | list) else (axis,)
    if len(shifts) == 1:
        shifts = [*shifts] * len(axes)
    plain = all(isinstance(n, int | np.integer) for n in shifts)
    plain = plain and all(_is_axis(n, a.ndim) for n in axes)
    if not plain or len(shifts) != len(axes) or a.dtype.kind not in SCATTERED:
        return NotImplemented
    for by, along in zip(shifts, axes, strict=True):
        n = a.shape[along]
        cut = -int(by) % n if n else 0
        if cut:
            lead = (slice(None),) * range(a.ndim)[along]
            parts = [a[(*lead, slice(cut, None))], a[(*lead, slice(0, cut))]]
            a = np.concatenate(parts, along)
    return a


def _diff(
    a: Any, n: int = 1, axis: int = -1, prepend: Any = NO_VALUE, append: Any = NO_VALUE
) -> Any:
    """Differences of slices."""
    plain = prepend is NO_VALUE and append is NO_VALUE and isinstance(n, int)
    if not plain or n < 0 or not _is_axis(axis, a.ndim) or a.dtype.kind not in SCATTERED:
        return NotImplemented
    lead = (slice(None),) * range(a.ndim)[axis]
    for _ in range(n):
        a = a[(*lead, slice(1, None))] - a[(*lead, slice(None, -1))]
    return a


def _repeat(a: Any, repeats: Any, axis: int | None = None) -> Any:
    """A broadcast, reshaped, where all elements are repeated equally often."""
    if not isinstance(repeats, int | np.integer) or repeats < 0:
        return NotImplemented
    if axis is None:
        a, axis = np.ravel(a), 0
    if not _is_axis(axis, a.ndim):
        return NotImplemented
    at, shape, n = range(a.ndim)[axis] + 1, a.shape, int(repeats)
    apart = np.reshape(a, (*shape[:at], 1, *shape[at:]))
    spread = np.broadcast_to(apart, (*shape[:at], n, *shape[at:]))
    return np.reshape(spread, (*shape[: at - 1], shape[at - 1] * n, *shape[at:]))


def _tile(A: Any, reps: Any) -> Any:
    """A broadcast, reshaped."""
    counts = list(reps) if isinstance(reps, tuple | list) else [reps]
    if not all(isinstance(n, int | np.integer) and n >= 0 for n in counts):
        return NotImplemented
    ndim = max(len(counts), A.ndim)
    shape = (1,) * (ndim - A.ndim) + A.shape
    counts = [1] * (ndim - len(counts)) + [int(n) for n in counts]
    apart = np.reshape(A, tuple(m for n in shape for m in (1, n)))
    pairs = list(zip(counts, shape, strict=True))
    spread = np.broadcast_to(apart, tuple(m for pair in pairs for m in pair))
    return np.reshape(spread, tuple(count * n for count, n in pairs))


FORMS: Mapping[Any, Form] = {
    np.concatenate: _concatenate,
    np.stack: _stack,
    np.hstack: _joined(1, 1),
    np.vstack: _joined(2, 0),
    np.dstack: _joined(3, 2),
    np.column_stack: _column_stack,
    np.append: _append,
    np.pad: _pad,
    np.roll: _roll,
    np.diff: _diff,
    np.repeat: _repeat,
    np.tile: _tile,
}
