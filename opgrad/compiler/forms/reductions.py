"""Forms of what takes arrays to fewer axes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from opgrad.compiler.forms.record import NO_VALUE, Form, axes_of, record
from opgrad.compiler.forms.shapes import reshape
from opgrad.compiler.primitives import MAX, MIN, PROD, SUM
from opgrad.data import is_traced
from opgrad.operation import Op


def _reduction(op: Op, *, default_axis: Any = None, dtypes: str = "fcbiu") -> Form:
    def form(
        a: Any,
        axis: Any = default_axis,
        dtype: Any = None,
        out: Any = None,
        keepdims: Any = False,
        initial: Any = NO_VALUE,
        where: Any = True,
    ) -> Any:
        plain = initial is NO_VALUE and where is True and out is None
        if not is_traced(a) or not plain or a.dtype.kind not in dtypes:
            return NotImplemented
        a = a if dtype is None else a.astype(dtype)
        axes = axes_of(axis, a.ndim)
        if not axes and a.dtype.kind not in "fc":
            return NotImplemented  # bools become integers
        out = record(op, a, axis=axes) if axes else a
        if not axes and op is SUM:
            out = a + a.dtype.type(0)  # which makes 0.0 of -0.0
        if keepdims is not NO_VALUE and bool(keepdims):
            return reshape(out, tuple(1 if i in axes else n for i, n in enumerate(a.shape)))
        return out

    return form


def _extremum(op: Op, *, default_axis: Any = None) -> Form:
    form = _reduction(op, default_axis=default_axis)

    def extremum(a: Any, axis: Any = default_axis, out: Any = None, **options: Any) -> Any:
        if is_traced(a) and not a.size:
            return _of_nothing(op.forward, a, axis, **options)
        return form(a, axis, None, out, **options)

    return extremum


def _of_nothing(function: Form, a: Any, axis: Any, **options: Any) -> Any:
    """Of an array without elements, the same whatever the arguments are."""
    return function(np.zeros(a.shape, a.dtype), axis=axis, **options)


def _truth(op: Op, function: Form) -> Form:
    form = _reduction(op)

    def truth(a: Any, axis: Any = None, out: Any = None, keepdims: Any = False) -> Any:
        if a.dtype.kind != "b":
            a = np.not_equal(a, 0)
        if not a.shape:
            return a
        if not a.size:
            return _of_nothing(function, a, axis, keepdims=keepdims)
        return form(a, axis, None, out, keepdims)

    return truth


def _count(a: Any, axis: Any) -> int:
    n = 1
    for i in axes_of(axis, a.ndim):
        n *= a.shape[i]
    return n


def _mean(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False
) -> Any:
    if dtype is not None or a.dtype.kind != "f" or a.dtype.itemsize < 4:
        return NotImplemented
    return np.sum(a, axis=axis, keepdims=keepdims) / _count(a, axis)


def _var(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: float = 0,
    keepdims: Any = False,
) -> Any:
    if dtype is not None or a.dtype.kind != "f" or a.dtype.itemsize < 4:
        return NotImplemented
    deviation = a - np.mean(a, axis=axis, keepdims=True)
    return np.sum(deviation * deviation, axis=axis, keepdims=keepdims) / (_count(a, axis) - ddof)


def _std(a: Any, *args: Any, **options: Any) -> Any:
    variance = _var(a, *args, **options)
    return variance if variance is NotImplemented else np.sqrt(variance)


FORMS: Mapping[Any, Form] = {
    np.sum: _reduction(SUM),
    np.prod: _reduction(PROD),
    np.max: _extremum(MAX),
    np.min: _extremum(MIN),
    np.any: _truth(MAX, np.any),
    np.all: _truth(MIN, np.all),
    np.add.reduce: _reduction(SUM, default_axis=0),
    np.multiply.reduce: _reduction(PROD, default_axis=0),
    np.maximum.reduce: _extremum(MAX, default_axis=0),
    np.minimum.reduce: _extremum(MIN, default_axis=0),
    np.mean: _mean,
    np.var: _var,
    np.std: _std,
}
