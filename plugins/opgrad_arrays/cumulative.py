"""Running sums and products, and differences along an axis.

A running product is a linear recurrence, and so are its derivatives, of any order: none divides, so
all are right where elements are zero.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

import opgrad as og
from opgrad import Raw
from opgrad_arrays.axes import along
from opgrad_arrays.indexing import scatter
from opgrad_arrays.rules import Functions, refuse, run
from opgrad_arrays.shaping import MATRIX

_ABSENT = object()
_SAMPLES = [
    og.Sample(MATRIX),
    og.Sample(MATRIX, axis=0),
    og.Sample(MATRIX, axis=-1),
    og.Sample(np.ones((2, 0)), axis=1),
    og.Sample(np.ones((2, 0)), axis=0),
    og.Sample(MATRIX.astype(np.float32), axis=1),
    og.Sample(np.array(1.5), axis=0),  # NumPy takes it for an array of one
]


@og.op(linear=True, implements=np.cumsum, samples=_SAMPLES)
def cumsum(x: Raw, *, axis: int | None = None) -> Raw:
    """The running sum along an axis, or of all elements. Derivative: 1 up to each place."""
    return np.cumsum(x, axis=axis)


@cumsum.vjp
def _(g: Raw, out: Raw, x: Raw, *, axis: int | None = None) -> Raw:
    if axis is None or not np.ndim(x):  # NumPy takes a number for an array of one
        return np.reshape(np.flip(np.cumsum(np.flip(g, 0), axis=0), 0), np.shape(x))
    return np.flip(np.cumsum(np.flip(g, axis), axis=axis), axis)


@og.op(
    implements=np.cumprod,
    samples=[*_SAMPLES, og.Sample(np.array([[1.5, 0.0, 2.0, 0.0, 3.0]]), axis=1)],
)
def cumprod(x: Raw, *, axis: int | None = None) -> Raw:
    """The running product along an axis, or of all elements.

    Derivative: the product of all other elements up to each place; right at zeros, too.
    """
    return np.cumprod(x, axis=axis)


@cumprod.vjp
def _(g: Raw, out: Raw, x: Raw, *, axis: int | None = None) -> Raw:
    if axis is None or not np.ndim(x):
        return np.reshape(_pull_cumprod(g, out, np.reshape(x, -1)), np.shape(x))
    g, out, x = (np.swapaxes(each, axis, -1) for each in (g, out, x))
    return np.swapaxes(_pull_cumprod(g, out, x), axis, -1)


def _pull_cumprod(g: Raw, out: Raw, x: Raw) -> Raw:
    """Along the last axis: what is below each element, times all that comes of it above."""
    above = run(recurrence, np.flip(run(shift, x, by=-1), -1), np.flip(g, -1))
    return (run(shift, out, by=1) + _first(np.shape(x))) * np.flip(above, -1)


def exclusive_products(x: Raw) -> Raw:
    """For each element along the last axis, the product of all others."""
    first = _first(np.shape(x))
    below = run(shift, np.cumprod(x, axis=-1), by=1) + first
    above = run(shift, np.cumprod(np.flip(x, -1), axis=-1), by=1) + first
    return below * np.flip(above, -1)


@og.op(
    samples=[
        (MATRIX, MATRIX[::-1]),
        (np.array([0.0, 2.0, 0.0]), np.array([1.0, -1.0, 0.5])),
        (np.ones((2, 0)), np.ones((2, 0))),
        (MATRIX.astype(np.float32), MATRIX.astype(np.float32)),
    ]
)
def recurrence(x: Raw, y: Raw) -> Raw:
    """out[k] = x[k] out[k-1] + y[k] along the last axis, from 0, for arrays of one shape.

    Derivative: the recurrence with x in the other direction.
    """
    is_short = not og.is_traced(y) or np.shape(y)[-1] <= 8  # else one step of a program
    if not isinstance(y, np.ndarray) and is_short:  # such as Dask's, which would be computed
        steps = [y[..., 0]] if np.shape(y)[-1] else []
        for k in range(1, np.shape(y)[-1]):
            steps.append(x[..., k] * steps[-1] + y[..., k])
        return np.stack(steps, -1) if steps else y
    out = np.array(y, np.result_type(x, y))
    for k in range(1, out.shape[-1]):
        out[..., k] += x[..., k] * out[..., k - 1]
    return out


@recurrence.vjp
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> tuple[Raw, Raw]:
    above = run(recurrence, np.flip(run(shift, x, by=-1), -1), np.flip(g, -1))
    ct = np.flip(above, -1)
    return ct * run(shift, out, by=1), ct


@og.op(
    selects=True,
    linear=True,
    samples=[
        og.Sample(MATRIX, by=1),
        og.Sample(MATRIX, by=-2),
        og.Sample(MATRIX, by=4),
        og.Sample(np.ones((2, 0)), by=1),
        og.Sample(MATRIX.astype(np.float32), by=1),
    ],
)
def shift(x: Raw, *, by: int) -> Raw:
    """The elements moved along the last axis, with zeros where none came from.

    Derivative: the shift the other way.
    """
    out = np.zeros_like(x)
    n = out.shape[-1]
    if by >= 0:
        out[..., by:] = x[..., : max(n - by, 0)]
    else:
        out[..., : max(n + by, 0)] = x[..., -by:]
    return out


def _trace_shift(x: Any, *, by: int) -> Any:
    n = x.shape[-1]
    by = max(-n, min(n, by))
    given, place = slice(max(0, -by), n - max(0, by)), slice(max(0, by), n - max(0, -by))
    return run(scatter, x[..., given], index=(..., place), shape=x.shape)


@shift.vjp
def _(g: Raw, out: Raw, x: Raw, *, by: int) -> Raw:
    return run(shift, g, by=-by)


def _first(shape: tuple[int, ...]) -> Raw:
    """1 at the first place of the last axis, else 0; as small integers, which keep float32."""
    return (np.arange(shape[-1]) == 0).astype(np.int8)


def _diff(a: Raw, n: int = 1, axis: int = -1, prepend: Raw = _ABSENT, append: Raw = _ABSENT) -> Raw:
    """np.diff: each element less the one before it, n times over; of truths, if they differ."""
    if n == 0:
        return a
    if n < 0:
        raise ValueError(f"order must be non-negative but got {n!r}")
    if np.ndim(a) == 0:
        raise ValueError("diff requires input that is at least one dimensional")
    axis = normalize_axis_index(axis, np.ndim(a))
    ends = [x if x is _ABSENT or np.ndim(x) else _slice(x, a, axis) for x in (prepend, append)]
    parts = [x for x in (ends[0], a, ends[1]) if x is not _ABSENT]
    a = np.concatenate(parts, axis) if len(parts) > 1 else a
    less = np.not_equal if np.result_type(a).kind == "b" else np.subtract
    for _ in range(n):
        a = less(along(a, axis, slice(1, None)), along(a, axis, slice(None, -1)))
    return a


def _slice(x: Raw, like: Raw, axis: int) -> Raw:
    """A number, repeated for one place along the axis of an array."""
    shape = list(np.shape(like))
    shape[axis] = 1
    return np.broadcast_to(x, tuple(shape))


def _accumulate(function: Callable[..., Any]) -> Callable[..., Raw]:
    def accumulate(array: Raw, axis: int = 0, dtype: None = None, out: None = None) -> Raw:
        refuse("ufunc.accumulate", dtype=dtype)
        if np.ndim(array) == 0:
            raise TypeError("cannot accumulate on a scalar")
        return function(array, axis=axis)

    return accumulate


def _cumulative(function: Callable[..., Any], first: int) -> Callable[..., Raw]:
    """np.cumulative_sum and np.cumulative_prod, of what has one axis or names one."""

    def cumulative(
        x: Raw,
        /,
        *,
        axis: int | None = None,
        dtype: Any = None,
        out: None = None,
        include_initial: bool = False,
    ) -> Raw:
        if axis is None and np.ndim(x) > 1:
            raise ValueError("for an array of several axes, say axis=")
        axis = 0 if axis is None else axis
        x = x if dtype is None else np.astype(x, dtype)
        found = function(np.atleast_1d(x), axis=axis)
        if not include_initial:
            return found
        shape = list(np.shape(found))
        shape[axis] = 1
        return np.concatenate([np.full_like(found, first, shape=tuple(shape)), found], axis)

    return cumulative


LOWERINGS: dict[og.Op, Callable[..., Any]] = {shift: _trace_shift}
OPS = (cumsum, cumprod, recurrence, shift)
FUNCTIONS: Functions = {
    np.diff: _diff,
    np.add.accumulate: _accumulate(np.cumsum),
    np.multiply.accumulate: _accumulate(np.cumprod),
}
if hasattr(np, "cumulative_sum"):  # NumPy 2.1's
    FUNCTIONS[np.cumulative_sum] = _cumulative(np.cumsum, 0)
    FUNCTIONS[np.cumulative_prod] = _cumulative(np.cumprod, 1)
