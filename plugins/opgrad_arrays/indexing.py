"""Choosing elements, and putting them back."""

from __future__ import annotations

from collections.abc import Callable
from types import EllipsisType
from typing import Any, TypeAlias

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

import opgrad as og
from opgrad import Raw
from opgrad_arrays.rules import Functions, as_array, in_dtype, plain, run
from opgrad_arrays.shaping import CUBE, EMPTY, MATRIX, SINGLE

MASK = np.array([[True, False, True], [False, False, True]])
REPEATED = (slice(None), [0, 0, 2])
Index: TypeAlias = Any
"""What NumPy takes between brackets."""

BASIC = (int, np.integer, slice, EllipsisType, type(None))


@og.op(
    selects=True,
    linear=True,
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
    ],
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
    selects=True,
    linear=True,
    samples=[
        og.Sample(MATRIX[0], index=0, shape=(2, 3)),
        og.Sample(MATRIX, index=REPEATED, shape=(2, 4)),
        og.Sample(MATRIX[0], index=MASK, shape=(2, 3)),
        og.Sample(1.5, index=(1, 2), shape=(2, 3)),
        og.Sample(EMPTY, index=slice(0, 0), shape=(2, 3)),
        og.Sample(SINGLE, index=slice(1, 3), shape=(4, 2)),
    ],
)
def scatter(x: Raw, *, index: Index, shape: tuple[int, ...]) -> Raw:
    """Zeros of a shape, to which x was added at an index.

    Derivative: its VJP is the cotangent at the index.
    """
    if not isinstance(x, np.ndarray | np.generic) and hasattr(x, "dtype") and not og.is_traced(x):
        return _scatter_foreign(x, index, shape)
    out = np.zeros(shape, np.result_type(x))
    if never_repeats(index):
        out[index] = x
    else:
        np.add.at(out, index, x)
    return out


@scatter.vjp
def _(g: Raw, out: Raw, x: Raw, *, index: Index, shape: tuple[int, ...]) -> Raw:
    return g[index]


def _scatter_foreign(x: Raw, index: Index, shape: tuple[int, ...]) -> Raw:
    """The same of an array that is not NumPy's, such as Dask's: by assignment, which it has."""
    refuse_repeats(x, index)
    parts = index if isinstance(index, tuple) else (index,)
    out, kept = np.zeros_like(x, shape=shape), tuple(p for p in parts if p is not None)
    out[kept] = np.reshape(x, np.shape(np.broadcast_to(0, shape)[kept]))  # without new axes
    return out


def refuse_repeats(x: Raw, index: Index) -> None:
    """Refuse to add at integers that are repeated, which arrays that are not NumPy's cannot do.

    Raises:
        NotDifferentiable: they are.
    """
    parts = index if isinstance(index, tuple) else (index,)
    chosen = [np.asarray(p) for p in parts if isinstance(p, np.ndarray | list)]
    if any(p.dtype.kind != "b" and np.unique(p).size < p.size for p in chosen):
        raise og.NotDifferentiable(
            f"repeated integers in an index of {type(x).__module__}.{type(x).__name__}: only "
            f"NumPy's arrays add up what belongs to one place"
        )


def is_basic(index: Index) -> bool:
    """Whether it is made of integers, slices, ``None`` and ``...`` alone."""
    return all(isinstance(p, BASIC) for p in (index if isinstance(index, tuple) else (index,)))


def never_repeats(index: Index) -> bool:
    """Whether no element is chosen twice, as far as the kinds of the indices tell."""
    parts = index if isinstance(index, tuple) else (index,)
    return all(
        isinstance(p, BASIC) or getattr(getattr(p, "dtype", None), "kind", "") == "b" for p in parts
    )


def _take(
    a: Any, indices: Any, axis: int | None = None, out: None = None, mode: Any = "raise"
) -> Any:
    if axis is None or np.ndim(a) == 0:
        a, axis = np.ravel(a), axis or 0
    axis = normalize_axis_index(axis, np.ndim(a))
    n, chosen = np.shape(a)[axis], plain(indices)
    if not og.is_traced(chosen):  # NumPy takes the numbers of the elements: no others than its own
        chosen = np.take(np.arange(n), chosen, mode=mode)
    elif mode == "wrap":
        chosen = chosen % n
    elif mode == "clip":
        chosen = np.clip(chosen, 0, n - 1)
    return a[(*(slice(None),) * axis, chosen)]


def _take_along_axis(arr: Any, indices: Any, axis: int | None = -1) -> Any:
    if axis is None:
        arr, axis = np.ravel(arr), 0
    axis, chosen = normalize_axis_index(axis, np.ndim(arr)), as_index(indices)
    if np.ndim(chosen) != np.ndim(arr):
        raise ValueError("`indices` and `arr` must have the same number of dimensions")
    grid = list(np.ogrid[tuple(slice(n) for n in np.shape(arr))])
    grid[axis] = chosen
    return arr[tuple(grid)]


def _compress(condition: Any, a: Any, axis: int | None = None, out: None = None) -> Any:
    condition = np.asarray(plain(condition))
    if condition.ndim != 1:
        raise ValueError("condition must be a 1-d array")
    return np.take(a, np.flatnonzero(condition), axis)


def _select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    if len(condlist) != len(choicelist) or not len(condlist):
        raise ValueError(
            f"select takes as many conditions as choices; "
            f"given {len(condlist)} and {len(choicelist)}"
        )
    condlist, choicelist = list(map(as_array, condlist)), list(map(as_array, choicelist))
    default = as_array(default)
    if any(np.result_type(condition).kind != "b" for condition in condlist):
        raise TypeError("the conditions of np.select are arrays of booleans")
    kind = np.result_type(*map(plain, choicelist), plain(default))
    choicelist = [_among(x, kind) for x in choicelist]
    chosen = kind.type(default) if isinstance(default, int | float | complex) else default
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        chosen = np.where(condition, choice, chosen)
    return chosen


def _among(x: Any, dtype: Any) -> Any:
    """A plain number in the dtype of what it is chosen among; anything else as it is."""
    if isinstance(x, int | float | complex):
        if not np.can_cast(np.asarray(x), dtype, "same_kind"):
            raise TypeError(f"{x!r} cannot be chosen among elements of dtype {dtype}")
        return dtype.type(x)
    return x


def _choose(a: Any, choices: Any, out: None = None, mode: str = "raise") -> Any:
    """np.choose: element by element, the one of the choices that the integers say."""
    count, which = len(choices), as_index(a)
    if mode == "wrap":
        which = which % count
    elif mode == "clip":
        which = np.clip(which, 0, count - 1)
    elif ((which < 0) | (which >= count)).any():
        raise ValueError(f"np.choose of {count} choices was given others than 0 to {count - 1}")
    chosen = choices[0]
    for k in range(1, count):
        chosen = np.where(which == k, choices[k], chosen)
    return np.broadcast_to(chosen, np.broadcast_shapes(which.shape, np.shape(chosen)))


def _bincount(x: Any, /, weights: Any = None, minlength: int = 0) -> Any:
    """np.bincount: the sum of the weights that belong to each integer."""
    places = np.asarray(plain(x))
    counts = np.bincount(places, minlength=minlength)
    if weights is None or not counts.size:
        return counts
    weights = as_array(weights)
    if np.iscomplexobj(weights):
        raise TypeError("the weights of np.bincount are real numbers")
    if np.shape(weights) != np.shape(places):
        raise ValueError("The weights and list don't have the same length.")
    return run(scatter, in_dtype(weights, np.float64), index=places, shape=counts.shape)


def _trace_scatter(x: Any, *, index: Index, shape: tuple[int, ...]) -> Any:
    return x.scatter(index, shape) if og.is_traced(x) else NotImplemented


def as_index(x: Any) -> Any:
    """Integers or booleans to index with, as an array; one that is traced stays so."""
    x = plain(x)
    return x if og.is_traced(x) else np.asarray(x)


LOWERINGS: dict[og.Op, Callable[..., Any]] = {scatter: _trace_scatter}
"""Writing into zeros cannot be traced."""
FUNCTIONS: Functions = {
    np.choose: _choose,
    np.bincount: _bincount,
    np.take: _take,
    np.take_along_axis: _take_along_axis,
    np.compress: _compress,
    np.extract: lambda condition, arr: _compress(np.ravel(plain(condition)), arr),
    np.select: _select,
}
