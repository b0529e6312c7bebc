"""Choosing elements, putting them back, and changed copies."""

from __future__ import annotations

from types import EllipsisType
from typing import Any, TypeAlias

import numpy as np

import opgrad as og
from opgrad import Raw
from opgrad_arrays.dtypes import in_dtype_of
from opgrad_arrays.rules import Functions, plain, run, unbroadcast
from opgrad_arrays.shaping import CUBE, EMPTY, MATRIX, SINGLE

MASK = np.array([[True, False, True], [False, False, True]])
REPEATED = (slice(None), [0, 0, 2])
Index: TypeAlias = Any
"""What NumPy takes between brackets."""

SINGLES = (int, np.integer, slice, EllipsisType, type(None))


@og.op(
    samples=[
        og.Sample(MATRIX, index=0),
        og.Sample(CUBE, index=(..., slice(None, None, -2), None)),
        og.Sample(MATRIX, index=REPEATED),
        og.Sample(CUBE, index=(np.array([[0, 1], [1, 1]]), slice(1, None), 2)),
        og.Sample(CUBE, index=([0, 1], slice(None), [3, 3])),
        og.Sample(MATRIX, index=MASK),
        og.Sample(MATRIX, index=(1, -1)),
        og.Sample(EMPTY, index=(slice(None), 1)),
        og.Sample(SINGLE, index=([0, 0], [1, 1])),
    ]
)
def getitem(x: Raw, *, index: Index) -> Raw:
    """x[index], for basic, advanced and boolean indices.

    Derivative: its VJP adds the cotangent to zeros at the index, so a repeated index adds up.
    """
    return x[index]


@getitem.vjp
def _(g: Raw, out: Raw, x: Raw, *, index: Index) -> Raw:
    return run(scatter, g, index=index, shape=np.shape(x))


@og.op(
    samples=[
        og.Sample(MATRIX[0], index=0, shape=(2, 3)),
        og.Sample(MATRIX, index=REPEATED, shape=(2, 4)),
        og.Sample(MATRIX[0], index=MASK, shape=(2, 3)),
        og.Sample(1.5, index=(1, 2), shape=(2, 3)),
        og.Sample(EMPTY, index=slice(0, 0), shape=(2, 3)),
        og.Sample(SINGLE, index=slice(1, 3), shape=(4, 2)),
    ]
)
def scatter(x: Raw, *, index: Index, shape: tuple[int, ...]) -> Raw:
    """Zeros of a shape, to which x was added at an index.

    Derivative: its VJP is the cotangent at the index.
    """
    out = np.zeros(shape, np.result_type(x))
    if _never_repeats(index):
        out[index] = x
    else:
        np.add.at(out, index, x)
    return out


@scatter.vjp
def _(g: Raw, out: Raw, x: Raw, *, index: Index, shape: tuple[int, ...]) -> Raw:
    return g[index]


@og.op(
    samples=[
        og.Sample(MATRIX, MATRIX[0] * 0.3, index=1),
        og.Sample(MATRIX, np.array([[0.7], [-0.1]]), index=(slice(None), slice(0, 2))),
        og.Sample(MATRIX, np.array([0.7, -0.1, 1.1]), index=([0, 0, 1], [1, 1, 2])),
        og.Sample(MATRIX, 2.5, index=MASK),
        og.Sample(EMPTY, EMPTY, index=slice(0, 0)),
        og.Sample(SINGLE, MATRIX[0, :2], index=0),
    ]
)
def index_set(x: Raw, y: Raw, *, index: Index) -> Raw:
    """x with y in the place of x[index]; in the dtype of x. At a repeated index the last y stays.

    Derivatives: the cotangent outside of the index to x, that at the index to y.
    """
    out = _copy_for(x, y)
    out[index] = y
    return out


@index_set.vjp_wrt(0)
def _(g: Raw, out: Raw, x: Raw, y: Raw, *, index: Index) -> Raw:
    keep = np.ones(np.shape(x), bool)
    keep[index] = False
    return np.where(keep, g, 0)


@index_set.vjp_wrt(1)
def _(g: Raw, out: Raw, x: Raw, y: Raw, *, index: Index) -> Raw:
    ct = g[index]
    if not _never_repeats(index):
        number = np.arange(np.size(ct)).reshape(np.shape(ct))
        last = np.zeros(np.shape(x), np.intp)
        last[index] = number
        ct = np.where(last[index] == number, ct, 0)
    return in_dtype_of(y, unbroadcast(ct, np.shape(ct), np.shape(y)))


@og.op(
    samples=[
        og.Sample(MATRIX, MATRIX[0] * 0.3, index=1),
        og.Sample(MATRIX, np.array([[0.7], [-0.1]]), index=(slice(None), slice(0, 2))),
        og.Sample(MATRIX, np.array([0.7, -0.1, 1.1]), index=([0, 0, 1], [1, 1, 2])),
        og.Sample(MATRIX, 2.5, index=MASK),
        og.Sample(EMPTY, EMPTY, index=slice(0, 0)),
        og.Sample(SINGLE, MATRIX[0, :2], index=0),
    ]
)
def index_add(x: Raw, y: Raw, *, index: Index) -> Raw:
    """x with y added to x[index]; in the dtype of x. At a repeated index all are added.

    Derivatives: the cotangent to x, that at the index to y.
    """
    out = _copy_for(x, y)
    np.add.at(out, index, np.asarray(y, out.dtype))
    return out


@index_add.vjp_wrt(0)
def _(g: Raw, out: Raw, x: Raw, y: Raw, *, index: Index) -> Raw:
    return g


@index_add.vjp_wrt(1)
def _(g: Raw, out: Raw, x: Raw, y: Raw, *, index: Index) -> Raw:
    ct = g[index]
    return in_dtype_of(y, unbroadcast(ct, np.shape(ct), np.shape(y)))


def _never_repeats(index: Index) -> bool:
    """Whether no element is chosen twice, as far as the kinds of the indices tell."""
    parts = index if isinstance(index, tuple) else (index,)
    return all(
        isinstance(p, SINGLES) or getattr(getattr(p, "dtype", None), "kind", "") == "b"
        for p in parts
    )


def _copy_for(x: Raw, y: Raw) -> Any:
    """A copy of x to write y into; refused where that would lose more than digits of y."""
    out = np.array(x)
    if not np.can_cast(np.result_type(y, out.dtype), out.dtype, "same_kind"):
        raise TypeError(
            f"an array of dtype {out.dtype} cannot hold elements of {np.result_type(y)}; "
            f"convert one of them with astype"
        )
    return out


def _take(
    a: Any, indices: Any, axis: int | None = None, out: None = None, mode: Any = "raise"
) -> Any:
    if axis is None:
        a, axis = np.ravel(a), 0
    axis = range(np.ndim(a))[axis]
    n, chosen = np.shape(a)[axis], np.asarray(plain(indices))
    if chosen.dtype.kind not in "iu" and not chosen.size:
        chosen = chosen.astype(np.intp)
    if mode == "wrap":
        chosen = chosen % n
    elif mode == "clip":
        chosen = np.clip(chosen, 0, n - 1)
    return a[(*(slice(None),) * axis, chosen)]


def _take_along_axis(arr: Any, indices: Any, axis: int | None = -1) -> Any:
    if axis is None:
        arr, axis = np.ravel(arr), 0
    axis, chosen = range(np.ndim(arr))[axis], np.asarray(plain(indices))
    grid = list(np.ogrid[tuple(slice(n) for n in np.shape(arr))])
    grid[axis] = chosen
    return arr[tuple(grid)]


def _compress(condition: Any, a: Any, axis: int | None = None, out: None = None) -> Any:
    return np.take(a, np.flatnonzero(np.asarray(plain(condition))), axis)


def _select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    if len(condlist) != len(choicelist) or not len(condlist):
        raise ValueError(
            f"select takes as many conditions as choices; "
            f"given {len(condlist)} and {len(choicelist)}"
        )
    chosen = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        chosen = np.where(condition, choice, chosen)
    return chosen


def _diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    last = np.moveaxis(a, (axis1, axis2), (-2, -1))
    rows, columns = _diagonal_of(np.shape(last)[-2:], offset)
    return last[..., rows, columns]


def _diag(v: Any, k: int = 0) -> Any:
    if np.ndim(v) != 1:
        return np.diagonal(v, k)
    n = np.shape(v)[0] + abs(k)
    return run(scatter, v, index=_diagonal_of((n, n), k), shape=(n, n))


def _diagonal_of(shape: tuple[int, ...], offset: int) -> tuple[Any, Any]:
    rows, columns = shape
    start, length = max(-offset, 0), min(rows + min(offset, 0), columns - max(offset, 0))
    steps = np.arange(max(length, 0))
    return steps + start, steps + max(offset, 0)


FUNCTIONS: Functions = {
    np.take: _take,
    np.take_along_axis: _take_along_axis,
    np.compress: _compress,
    np.extract: lambda condition, arr: _compress(np.ravel(plain(condition)), arr),
    np.select: _select,
    np.diagonal: _diagonal,
    np.diag: _diag,
    np.diagflat: lambda v, k=0: _diag(np.ravel(v), k),
}
