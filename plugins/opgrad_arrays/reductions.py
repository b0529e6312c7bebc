"""Sums and the like over axes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

import opgrad as og
from opgrad import Raw
from opgrad_arrays.axes import Flag, axes_of, checked, kept, spread
from opgrad_arrays.cumulative import exclusive_products
from opgrad_arrays.rules import Functions, in_dtype, plain, refuse, run
from opgrad_arrays.shaping import MATRIX
from opgrad_arrays.stable import direction

_add_up: Any = np.add.reduce  # whose type stubs want to know keepdims

_CUBE = np.linspace(-2.3, 1.9, 24).reshape(2, 3, 4)
_FLOAT32 = og.Sample(MATRIX.astype(np.float32), axis=-1)
_COMMON = [
    og.Sample(MATRIX),
    og.Sample(MATRIX, axis=0),
    og.Sample(MATRIX, axis=(-1,), keepdims=True),
    og.Sample(_CUBE, axis=(0, -1)),
    og.Sample(np.array(1.5)),
    _FLOAT32,
]
_EMPTY = [og.Sample(np.ones((0, 3)), axis=0), og.Sample(np.ones((2, 0)))]
_ZERO_ROWS = og.Sample(np.ones((0, 3)), axis=1)


@og.op(linear=True, implements=np.sum, samples=[*_COMMON, *_EMPTY])
def sum(x: Raw, *, axis: Any = None, keepdims: Flag = False) -> Raw:
    """The sum over an axis, several, or all. Derivative: 1 for every element."""
    if x.__class__ is np.ndarray:  # what np.sum comes to, in half the time
        return _add_up(x, axis, keepdims=keepdims)
    return np.sum(x, axis=axis, keepdims=keepdims)


@sum.vjp
def _(g: Raw, out: Raw, x: Raw, *, axis: Any = None, keepdims: bool = False) -> Raw:
    return spread(g, np.shape(x), axis, keepdims)


@og.op(
    implements=np.prod,
    samples=[*_COMMON, *_EMPTY, og.Sample(np.array([[0.0, 2.0, 3.0], [0.0, 0.0, 1.5]]), axis=1)],
)
def prod(x: Raw, *, axis: Any = None, keepdims: Flag = False) -> Raw:
    """The product over an axis, several, or all.

    Derivative: the product of all other elements; right where some are zero, too.
    """
    return np.prod(x, axis=axis, keepdims=keepdims)


@prod.vjp
def _(g: Raw, out: Raw, x: Raw, *, axis: Any = None, keepdims: bool = False) -> Raw:
    shape = np.shape(x)
    reduced = axes_of(len(shape), axis)
    order = (*(i for i in range(len(shape)) if i not in reduced), *reduced)
    x_last = np.transpose(x, order) if shape else x
    count = int(np.prod([shape[i] for i in reduced], dtype=int))
    rows = np.reshape(x_last, (*(shape[i] for i in order[: len(shape) - len(reduced)]), count))
    others = np.reshape(exclusive_products(rows), tuple(shape[i] for i in order))
    back = tuple(int(i) for i in np.argsort(np.array(order, int)))
    return spread(g, shape, axis, keepdims) * (np.transpose(others, back) if shape else others)


@og.op(selects=True, implements=(np.max, np.amax), samples=[*_COMMON, _ZERO_ROWS])
def max(x: Raw, *, axis: Any = None, keepdims: Flag = False) -> Raw:
    """The largest element over an axis, several, or all; NaN if there is one.

    Derivative: 1 for the largest, 0 for the others. At a tie: shared equally.
    """
    return np.max(x, axis=axis, keepdims=keepdims)


@max.vjp
def _(g: Raw, out: Raw, x: Raw, *, axis: Any = None, keepdims: bool = False) -> Raw:
    return _to_the_chosen(spread(g, np.shape(x), axis, keepdims), out, x, axis, keepdims)


@og.op(selects=True, implements=(np.min, np.amin), samples=[*_COMMON, _ZERO_ROWS])
def min(x: Raw, *, axis: Any = None, keepdims: Flag = False) -> Raw:
    """The smallest element over an axis, several, or all; NaN if there is one.

    Derivative: 1 for the smallest, 0 for the others. At a tie: shared equally.
    """
    return np.min(x, axis=axis, keepdims=keepdims)


@min.vjp
def _(g: Raw, out: Raw, x: Raw, *, axis: Any = None, keepdims: bool = False) -> Raw:
    return _to_the_chosen(spread(g, np.shape(x), axis, keepdims), out, x, axis, keepdims)


def _to_the_chosen(g: Raw, out: Raw, x: Raw, axis: Any, keepdims: bool) -> Raw:
    """All of it where x is the one that was chosen, 1/n where n of them are, else nothing."""
    x, out = og.stop_gradient(x), og.stop_gradient(out)
    is_chosen = np.equal(x, kept(out, np.shape(x), axis, keepdims)) | np.not_equal(x, x)
    given = np.result_type(x)
    dtype = np.finfo(given).dtype if given.kind in "fc" else np.float64  # real, if x is complex
    count = np.sum(is_chosen, axis=axis, keepdims=True, dtype=dtype)
    return og.zero_where(~is_chosen, g / count)


@og.op(
    implements=np.std,
    samples=[
        *_COMMON[:4],
        og.Sample(MATRIX, axis=1, ddof=1),
        _FLOAT32,
        og.Sample(np.ones((0, 3)), axis=1),
    ],
)
def std(x: Raw, *, axis: Any = None, ddof: float = 0, keepdims: Flag = False) -> Raw:
    """The standard deviation over an axis, several, or all; of n - ddof degrees of freedom.

    Derivative: (x - mean) / ((n - ddof) out). Where all are equal, at a kink: 0.
    """
    return np.std(x, axis=axis, ddof=ddof, keepdims=keepdims)


@std.vjp
def _(
    g: Raw, out: Raw, x: Raw, *, axis: Any = None, ddof: float = 0, keepdims: bool = False
) -> Raw:
    rate = spread(g, np.shape(x), axis, keepdims) / (_count(x, axis) - ddof) ** 0.5
    return rate * run(direction, x - np.mean(x, axis=axis, keepdims=True), axis=axis)


def _count(x: Raw, axis: Any) -> int:
    """How many elements go into one result."""
    shape = np.shape(x)
    return math.prod([shape[a] for a in checked(len(shape), axis)])


def _mean(
    a: Raw,
    axis: Any = None,
    dtype: Any = None,
    out: None = None,
    keepdims: Any = False,
    *,
    where: Any = True,
) -> Raw:
    a = a if dtype is None else in_dtype(a, dtype)
    if where is True:
        return np.sum(a, axis=axis, keepdims=keepdims) / _count(a, axis)
    mask = np.broadcast_to(plain(where), np.shape(a))
    return np.sum(np.where(mask, a, 0), axis=axis, keepdims=keepdims) / np.sum(
        mask, axis=axis, keepdims=keepdims, dtype=np.result_type(a, np.float16)
    )


def _var(
    a: Raw,
    axis: Any = None,
    dtype: Any = None,
    out: None = None,
    ddof: float = 0,
    keepdims: Any = False,
    *,
    correction: float | None = None,
) -> Raw:
    ddof = ddof if correction is None else correction
    deviation = a - np.mean(a, axis=axis, dtype=dtype, keepdims=True)
    if np.iscomplexobj(a):
        square = np.real(deviation * np.conjugate(deviation))
    else:
        square = deviation * deviation
    square = square if dtype is None else in_dtype(square, dtype)
    freedom: Any = _count(a, axis) - ddof
    if freedom <= 0:  # NaN, of Python's numbers too
        freedom = np.result_type(square).type(0)
    return np.sum(square, axis=axis, keepdims=keepdims) / freedom


def _reduce(function: Callable[..., Any]) -> Callable[..., Raw]:
    """A ufunc's ``reduce``, which goes over the first axis unless told otherwise."""

    def reduce(
        array: Raw,
        axis: Any = 0,
        dtype: None = None,
        out: None = None,
        keepdims: bool = False,
        initial: Any = None,
        where: Any = True,
    ) -> Raw:
        refuse("ufunc.reduce", dtype=dtype, initial=initial, where=where)
        return function(array, axis=axis, keepdims=keepdims)

    return reduce


OPS = (sum, prod, max, min, std)
FUNCTIONS: Functions = {
    np.mean: _mean,
    np.var: _var,
    np.add.reduce: _reduce(np.sum),
    np.multiply.reduce: _reduce(np.prod),
    np.maximum.reduce: _reduce(np.max),
    np.minimum.reduce: _reduce(np.min),
}
