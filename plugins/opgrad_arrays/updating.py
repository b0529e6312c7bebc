"""Copies of arrays with some elements changed: what ``og.at`` makes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import opgrad as og
from opgrad import Raw
from opgrad_arrays.dtypes import in_dtype_of
from opgrad_arrays.indexing import MASK, Index, is_basic, never_repeats, refuse_repeats, scatter
from opgrad_arrays.rules import run, unbroadcast
from opgrad_arrays.shaping import EMPTY, MATRIX, SINGLE

SAMPLES = [
    og.Sample(MATRIX, MATRIX[0] * 0.3, index=1),
    og.Sample(MATRIX, np.array([[0.7], [-0.1]]), index=(slice(None), slice(0, 2))),
    og.Sample(MATRIX, np.array([0.7, -0.1, 1.1]), index=([0, 0, 1], [1, 1, 2])),
    og.Sample(MATRIX, 2.5, index=MASK),
    og.Sample(EMPTY, EMPTY, index=slice(0, 0)),
    og.Sample(SINGLE, MATRIX[0, :2], index=0),
    og.Sample(SINGLE, SINGLE[0], index=1),
]


@og.op(selects=True, samples=SAMPLES)
def index_set(x: Raw, y: Raw, *, index: Index) -> Raw:
    """x with y in the place of x[index]; in the dtype of x. At a repeated index the last y stays.

    Derivatives: the cotangent outside of the index to x, that at the index to y.
    """
    out = _copy_for(x, y)
    out[index] = y
    return out


@index_set.jvp
def _(tangents: tuple[Raw, Raw], out: Raw, x: Raw, y: Raw, *, index: Index) -> Raw:
    return run(index_set, *tangents, index=index)


@index_set.vjp_wrt(0)
def _(g: Raw, out: Raw, x: Raw, y: Raw, *, index: Index) -> Raw:
    return run(index_set, g, 0, index=index)


@index_set.vjp_wrt(1)
def _(g: Raw, out: Raw, x: Raw, y: Raw, *, index: Index) -> Raw:
    ct = g[index]
    if not never_repeats(index):
        number = np.arange(np.size(ct)).reshape(np.shape(ct))
        last = np.zeros(np.shape(x), np.intp)
        last[index] = number
        ct = np.where(last[index] == number, ct, 0)
    return _pulled_to(y, ct)


@og.op(selects=True, samples=SAMPLES)
def index_add(x: Raw, y: Raw, *, index: Index) -> Raw:
    """x with y added to x[index]; in the dtype of x. At a repeated index all are added.

    Derivatives: the cotangent to x, that at the index to y.
    """
    out = _copy_for(x, y)
    if isinstance(out, np.ndarray) or og.is_traced(out):
        y = np.asarray(y, out.dtype)
        while y.ndim and y.shape[0] == 1:  # NumPy drops ones in front where it assigns
            y = y[0]
        np.add.at(out, index, y)
    else:
        refuse_repeats(out, index)
        out[index] = out[index] + y
    return out


@index_add.jvp
def _(tangents: tuple[Raw, Raw], out: Raw, x: Raw, y: Raw, *, index: Index) -> Raw:
    return run(index_add, *tangents, index=index)


@index_add.vjp_wrt(0)
def _(g: Raw, out: Raw, x: Raw, y: Raw, *, index: Index) -> Raw:
    return g


@index_add.vjp_wrt(1)
def _(g: Raw, out: Raw, x: Raw, y: Raw, *, index: Index) -> Raw:
    return _pulled_to(y, g[index])


def _pulled_to(y: Raw, ct: Raw) -> Raw:
    """The cotangent of what was put in a place, of that of the place."""
    shape = np.shape(y)
    leading = max(0, len(shape) - np.ndim(ct))  # ones, which NumPy drops
    return np.reshape(in_dtype_of(y, unbroadcast(ct, np.shape(ct), shape[leading:])), shape)


def _trace_index_set(x: Any, y: Any, *, index: Index) -> Any:
    if not og.is_traced(x) or not is_basic(index):
        return NotImplemented
    return np.where(_is_at(index, x), _spread(x, y, index), x)


def _trace_index_add(x: Any, y: Any, *, index: Index) -> Any:
    if not og.is_traced(x) or not is_basic(index):
        return NotImplemented
    return np.where(_is_at(index, x), x + _spread(x, y, index), x)


def _is_at(index: Index, x: Any) -> Any:
    mask = np.zeros(x.shape, bool)
    mask[index] = True
    return mask


def _spread(x: Any, y: Any, index: Index) -> Any:
    """Zeros, with y in the dtype of x at the index."""
    y = y.astype(x.dtype) if og.is_traced(y) else np.asarray(y, x.dtype)
    place = np.broadcast_to(0, x.shape)[index].shape
    y = np.reshape(y, y.shape[max(0, y.ndim - len(place)) :])  # NumPy drops ones in front
    return run(scatter, np.broadcast_to(y, place), index=index, shape=x.shape)


LOWERINGS: dict[og.Op, Callable[..., Any]] = {
    index_set: _trace_index_set,
    index_add: _trace_index_add,
}
"""Of basic indices; others are called back."""


def _copy_for(x: Raw, y: Raw) -> Any:
    """A copy of x to write y into; refused where that would lose more than digits of y."""
    out = x.copy() if hasattr(x, "dtype") else np.array(x)
    if not np.can_cast(np.result_type(y, out.dtype), out.dtype, "same_kind"):
        raise TypeError(
            f"an array of dtype {out.dtype} cannot hold elements of {np.result_type(y)}; "
            f"convert one of them with astype"
        )
    return out
