"""Sums of exponentials, and norms."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

import opgrad as og
from opgrad import Raw
from opgrad_arrays.axes import Flag, kept, spread
from opgrad_arrays.rules import Functions, in_dtype, refuse, run
from opgrad_arrays.shaping import MATRIX

_CUBE = np.linspace(-2.3, 1.9, 12).reshape(2, 3, 2)
_SAMPLES = [
    og.Sample(MATRIX),
    og.Sample(MATRIX, axis=0),
    og.Sample(_CUBE, axis=(0, -1)),
    og.Sample(MATRIX, axis=None),
    og.Sample(np.ones((2, 0)), axis=1),
    og.Sample(MATRIX.astype(np.float32), axis=1),
]
_KEEPING = og.Sample(MATRIX, axis=1, keepdims=True)


@og.op(samples=[*_SAMPLES, _KEEPING])
def logsumexp(x: Raw, *, axis: Any = None, keepdims: bool = False) -> Raw:
    """log(sum(exp(x))) over an axis, several, or all, of real x, without overflow.

    Derivative: the softmax of x. Where all are -inf, and of nothing, it is -inf, and the
    derivative 0.
    """
    exponentials, highest = _exponentials(x, axis)
    with np.errstate(divide="ignore"):
        out = np.log(np.sum(exponentials, axis=axis, keepdims=True)) + highest
    return out if keepdims else np.reshape(out, np.sum(exponentials, axis=axis).shape)


@logsumexp.vjp
def _(g: Raw, out: Raw, x: Raw, *, axis: Any = None, keepdims: bool = False) -> Raw:
    total = kept(np.where(og.stop_gradient(out) == -np.inf, 0, out), np.shape(x), axis, keepdims)
    return spread(g, np.shape(x), axis, keepdims) * np.exp(x - total)


@og.op(samples=_SAMPLES)
def softmax(x: Raw, *, axis: Any = -1) -> Raw:
    """exp(x) / sum(exp(x)) along an axis, several, or all (None), of real x, without overflow.

    Derivative, times a vector v: out (v - sum(out v)).
    """
    x = _as_of_exp(x)
    exponentials = np.exp(x - _highest(x, axis))  # NaN beside inf, as SciPy has it
    return exponentials / np.sum(exponentials, axis=axis, keepdims=True)


@softmax.vjp
def _(g: Raw, out: Raw, x: Raw, *, axis: Any = -1) -> Raw:
    return out * (g - np.sum(g * out, axis=axis, keepdims=True))


@og.op(samples=_SAMPLES)
def log_softmax(x: Raw, *, axis: Any = -1) -> Raw:
    """x - log(sum(exp(x))) along an axis, several, or all (None), of real x, without overflow.

    Derivative, times a vector v: v - softmax(x) sum(v), transposed.
    """
    x = _as_of_exp(x)
    exponentials, highest = _exponentials(x, axis)
    with np.errstate(divide="ignore"):
        return x - highest - np.log(np.sum(exponentials, axis=axis, keepdims=True))


@log_softmax.vjp
def _(g: Raw, out: Raw, x: Raw, *, axis: Any = -1) -> Raw:
    return g - np.exp(out) * np.sum(g, axis=axis, keepdims=True)


def _exponentials(x: Raw, axis: Any) -> tuple[Raw, Raw]:
    """exp(x - highest), none above 1, and the highest."""
    x = _real(x)
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    highest = _highest(x, axis)
    highest = np.where(np.isfinite(highest), highest, x.dtype.type(0))
    return np.exp(x - highest), highest


def _as_of_exp(x: Raw) -> Raw:
    """Real numbers in the dtype that NumPy's exp gives of them: of small integers, a narrow one."""
    x = _real(x)
    return x if x.dtype.kind == "f" else x.astype(np.exp.resolve_dtypes((x.dtype, None))[1])


def _real(x: Raw) -> Raw:
    if np.iscomplexobj(x):
        raise TypeError("sums of exponentials are stable for real numbers only; given complex ones")
    return x if hasattr(x, "dtype") else np.asarray(x, np.float64)


def _highest(x: Raw, axis: Any) -> Raw:
    of_nothing: Any = {"initial": -np.inf} if 0 in np.shape(x) else {}  # Dask's has no initial
    return np.max(x, axis=axis, keepdims=True, **of_nothing)


@og.op(
    samples=[
        og.Sample(MATRIX),
        og.Sample(MATRIX, axis=0),
        og.Sample(_CUBE, axis=(0, -1)),
        _KEEPING,
        og.Sample(np.ones((2, 0)), axis=1),
        og.Sample(MATRIX.astype(np.float32), axis=1),
    ]
)
def norm(x: Raw, *, axis: Any = None, keepdims: Flag = False) -> Raw:
    """The square root of the sum of |x|**2 over an axis, several, or all: Euclidean, Frobenius.

    Derivative: see direction. At zero, where it has a kink: 0.
    """
    square = np.real(x * np.conjugate(x)) if np.iscomplexobj(x) else x * x
    return np.sqrt(np.sum(square, axis=axis, keepdims=keepdims))


@norm.vjp
def _(g: Raw, out: Raw, x: Raw, *, axis: Any = None, keepdims: bool = False) -> Raw:
    if isinstance(x, og.Node):
        along = direction(x, axis=axis)
    else:
        along = _over(x, kept(out, np.shape(x), axis, keepdims))
    return spread(g, np.shape(x), axis, keepdims) * along


@og.op(
    samples=[
        og.Sample(MATRIX),
        og.Sample(MATRIX, axis=0),
        og.Sample(_CUBE, axis=(0, -1)),
        og.Sample(np.ones((2, 0)), axis=1),
        og.Sample(MATRIX.astype(np.float32), axis=1),
    ]
)
def direction(x: Raw, *, axis: Any = None) -> Raw:
    """The derivative of the norm of x over an axis, several, or all: x / norm; 0 at zero.

    Of complex x, its conjugate over the norm. Derivative along e: (e - out sum(out e)) / norm;
    infinite or NaN at zero, where that of the norm's square is a limit of 0 / 0.
    """
    return _over(x, _size(x, axis))


@direction.vjp
def _(g: Raw, out: Raw, x: Raw, *, axis: Any = None) -> Raw:
    along = np.sum(g * out, axis=axis, keepdims=True)
    if np.iscomplexobj(x):
        g, along = np.conjugate(g), np.real(along)
    with np.errstate(divide="ignore", invalid="ignore"):
        return (g - out * along) / _size(x, axis)


def _over(x: Raw, size: Raw) -> Raw:
    return (np.conjugate(x) if np.iscomplexobj(x) else x) / np.where(size == 0, 1, size)


def _size(x: Raw, axis: Any) -> Raw:
    return run(norm, x, axis=axis, keepdims=True)


def _norm(x: Raw, ord: Any = None, axis: Any = None, keepdims: Flag = False) -> Raw:
    """np.linalg.norm, of all orders."""
    x = x if x.dtype.kind in "fc" else np.astype(x, np.float64)
    over = x.ndim if axis is None else len(normalize_axis_tuple(axis, x.ndim))
    if ord is None or (ord in ("fro", "f") and over == 2) or (ord == 2 and over == 1):
        return run(norm, x, axis=axis, keepdims=keepdims)
    if over == 1 and not isinstance(ord, str):
        return _vector_norm(x, ord, axis, keepdims)
    if over == 2 and ord in (1, -1, np.inf, -np.inf):
        first, second = (0, 1) if axis is None else axis
        summed, chosen = (first, second) if abs(ord) == 1 else (second, first)
        sums = np.sum(np.abs(x), axis=summed, keepdims=True)
        found = _extreme(sums, ord, chosen, keepdims=True)
        return found if keepdims else np.squeeze(found, axis=(first, second))
    if over == 2 and ord in (2, -2, "nuc"):
        first, second = (0, 1) if axis is None else axis
        values = np.linalg.svd(np.moveaxis(x, (first, second), (-2, -1)), compute_uv=False)
        reduced = np.sum(values, axis=-1) if ord == "nuc" else _extreme(values, ord, -1, False)
        return np.expand_dims(reduced, (first, second)) if keepdims else reduced
    raise ValueError(f"np.linalg.norm has no ord={ord!r} for {over} axes")


def _extreme(x: Raw, ord: float, axis: Any, keepdims: Flag) -> Raw:
    """The largest or, for a negative order, the smallest; of nothing, the largest is 0."""
    if ord < 0:
        return np.min(x, axis=axis, keepdims=keepdims)
    shape = np.shape(x)
    of_nothing = 0 in (shape if axis is None else (shape[axis],))
    return (np.sum if of_nothing else np.max)(x, axis=axis, keepdims=keepdims)


def _vector_norm(x: Raw, ord: float, axis: Any, keepdims: Flag) -> Raw:
    axis = axis[0] if isinstance(axis, tuple) else axis
    size = np.abs(x)
    if np.isinf(ord):
        return _extreme(size, ord, axis, keepdims)
    if ord == 0:
        return np.sum(np.astype(size != 0, size.dtype), axis=axis, keepdims=keepdims)
    if ord == 1:
        return np.sum(size, axis=axis, keepdims=keepdims)
    return np.sum(size**ord, axis=axis, keepdims=keepdims) ** (1 / ord)


def _logaddexp_reduce(
    array: Raw,
    axis: Any = 0,
    dtype: None = None,
    out: None = None,
    keepdims: bool = False,
    initial: Any = None,
    where: Any = True,
) -> Raw:
    refuse("logaddexp.reduce", dtype=dtype, initial=initial, where=where)
    kind: Any = np.result_type(array)
    *_, kind = np.logaddexp.resolve_dtypes((kind, kind, None))
    return run(logsumexp, in_dtype(array, kind), axis=axis, keepdims=keepdims)


OPS = (logsumexp, softmax, log_softmax, norm, direction)
FUNCTIONS: Functions = {np.linalg.norm: _norm, np.logaddexp.reduce: _logaddexp_reduce}
