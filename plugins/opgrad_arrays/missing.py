"""Functions that leave NaN out, or put something in its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import opgrad as og
from opgrad import Raw
from opgrad_arrays.rules import Functions, in_dtype


def _filled(a: Raw, fill: float) -> Raw:
    """A number in the place of NaN, to which no gradient flows."""
    return np.where(np.isnan(a), fill, a) if np.result_type(a).kind in "fc" else a


def _with(function: Callable[..., Any], fill: float) -> Callable[..., Raw]:
    """A reduction, or a running one, to which NaN make no difference."""
    return lambda a, axis=None, **params: function(_filled(a, fill), axis=axis, **params)


def _extreme(function: Callable[..., Any], fill: float) -> Callable[..., Raw]:
    """np.nanmax and np.nanmin: NaN only where there is nothing else."""

    def extreme(a: Raw, axis: Any = None, out: None = None, keepdims: bool = False) -> Raw:
        chosen = function(_filled(a, fill), axis=axis, keepdims=keepdims)
        nothing = np.all(np.isnan(a), axis=axis, keepdims=keepdims)
        return np.where(nothing, np.nan, chosen) if np.any(nothing) else chosen

    return extreme


def _nanmean(
    a: Raw, axis: Any = None, dtype: Any = None, out: None = None, keepdims: bool = False
) -> Raw:
    if np.result_type(a).kind not in "fc":
        return np.mean(a, axis=axis, dtype=dtype, keepdims=keepdims)
    a = a if dtype is None else in_dtype(a, dtype)
    return np.sum(_filled(a, 0), axis=axis, keepdims=keepdims) / _count(a, axis, keepdims)


def _nanvar(
    a: Raw,
    axis: Any = None,
    dtype: Any = None,
    out: None = None,
    ddof: float = 0,
    keepdims: bool = False,
    *,
    correction: float | None = None,
) -> Raw:
    ddof = ddof if correction is None else correction
    kind = np.result_type(a)
    if kind.kind not in "fc":
        return np.var(a, axis=axis, dtype=dtype, ddof=ddof, keepdims=keepdims)
    deviation = in_dtype(a - _nanmean(a, axis, dtype, keepdims=True), kind)
    deviation = np.where(np.isnan(a), 0, deviation)
    square = np.real(deviation * np.conjugate(deviation))
    square = square if dtype is None else in_dtype(square, dtype)
    freedom = _count(a, axis, keepdims) - np.result_type(square).type(ddof)
    freedom = np.where(freedom > 0, freedom, np.result_type(square).type(np.nan))
    return np.sum(square, axis=axis, keepdims=keepdims) / freedom


def _nanstd(a: Raw, axis: Any = None, *args: Any, **params: Any) -> Raw:
    """Its derivative is 0 where all are equal, as that of np.std."""
    variance = _nanvar(a, axis, *args, **params)
    is_zero = og.stop_gradient(variance) == 0
    return np.where(is_zero, 0, np.sqrt(np.where(is_zero, 1, variance)))


def _count(a: Raw, axis: Any, keepdims: bool) -> Raw:
    """How many are no NaN, in the precision of the array."""
    dtype = np.result_type(a)
    real = np.finfo(dtype).dtype if dtype.kind in "fc" else np.float64
    return np.sum(~np.isnan(a), axis=axis, keepdims=keepdims, dtype=real)


def _nan_to_num(
    x: Raw, copy: bool = True, nan: Raw = 0.0, posinf: Any = None, neginf: Any = None
) -> Raw:
    """np.nan_to_num: no gradient flows to what is replaced, but one to what replaces it."""
    dtype = np.result_type(x)
    if dtype.kind == "c":
        parts = (_nan_to_num(part, copy, nan, posinf, neginf) for part in (np.real(x), np.imag(x)))
        re, im = parts
        return re + 1j * im
    if dtype.kind != "f":
        return x
    largest = float(np.finfo(dtype).max)
    x = np.where(np.isnan(x), nan, x)
    x = np.where(np.isposinf(x), largest if posinf is None else posinf, x)
    return np.where(np.isneginf(x), -largest if neginf is None else neginf, x)


FUNCTIONS: Functions = {
    np.nansum: _with(np.sum, 0),
    np.nanprod: _with(np.prod, 1),
    np.nancumsum: _with(np.cumsum, 0),
    np.nancumprod: _with(np.cumprod, 1),
    np.nanmax: _extreme(np.max, -np.inf),
    np.nanmin: _extreme(np.min, np.inf),
    np.nanmean: _nanmean,
    np.nanvar: _nanvar,
    np.nanstd: _nanstd,
    np.nan_to_num: _nan_to_num,
}
