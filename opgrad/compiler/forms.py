"""NumPy functions on traced arrays, in the form that backends know.

A form takes its NumPy function's arguments, and records primitives or answers from shapes and
dtypes. ``NotImplemented``, or no form: the function is called back as it is.
"""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from opgrad.compiler.primitives import (
    BROADCAST,
    MATMUL,
    MAX,
    MIN,
    PROD,
    RESHAPE,
    SCATTER,
    SUM,
    TRANSPOSE,
    elementwise,
)
from opgrad.data import is_traced
from opgrad.operation import Op

Form = Callable[..., Any]

_NO_VALUE = getattr(np, "_NoValue", None)


def _record(op: Op, *inputs: Any, **params: Any) -> Any:
    trace = next(x.trace for x in inputs if is_traced(x))
    return trace.record(op, inputs, params)


def _axes(axis: Any, ndim: int) -> tuple[int, ...]:
    if axis is None:
        return tuple(range(ndim))
    chosen = axis if isinstance(axis, tuple) else (axis,)
    return tuple(sorted(range(ndim)[a] for a in chosen)) if ndim else ()


def _reduction(op: Op, *, default_axis: Any = None, dtypes: str = "fcbiu") -> Form:
    def form(
        a: Any,
        axis: Any = default_axis,
        dtype: Any = None,
        out: Any = None,
        keepdims: Any = False,
        initial: Any = _NO_VALUE,
        where: Any = True,
    ) -> Any:
        plain = initial is _NO_VALUE and where is True and out is None
        if not is_traced(a) or not plain or a.dtype.kind not in dtypes:
            return NotImplemented
        a = a if dtype is None else a.astype(dtype)
        axes = _axes(axis, a.ndim)
        if not axes and a.dtype.kind not in "fc":
            return NotImplemented  # bools become integers
        out = _record(op, a, axis=axes) if axes else a
        if not axes and op is SUM:
            out = a + a.dtype.type(0)  # which makes 0.0 of -0.0
        if keepdims is not _NO_VALUE and bool(keepdims):
            return _reshape(out, tuple(1 if i in axes else n for i, n in enumerate(a.shape)))
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
    for i in _axes(axis, a.ndim):
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


def _reshape(a: Any, shape: Any, order: str = "C", *, copy: Any = None) -> Any:
    if order not in "CF" or not is_traced(a):
        return NotImplemented
    shape = tuple(map(int, shape)) if isinstance(shape, Sequence) else (int(shape),)
    if -1 in shape:
        known = 1
        for n in shape:
            known *= n if n != -1 else 1
        shape = tuple(a.size // known if n == -1 else n for n in shape)
    if order == "F":
        return np.transpose(np.reshape(np.transpose(a), shape[::-1]))
    return a if shape == a.shape else _record(RESHAPE, a, shape=shape)


def _ravel(a: Any, order: str = "C") -> Any:
    return _reshape(a, -1, order)


def _broadcast_to(array: Any, shape: Any, subok: bool = False) -> Any:
    shape = tuple(shape) if isinstance(shape, Sequence) else (shape,)
    return array if shape == array.shape else _record(BROADCAST, array, shape=shape)


def _transpose(a: Any, axes: Any = None) -> Any:
    order = (
        tuple(reversed(range(a.ndim))) if axes is None else tuple(range(a.ndim)[i] for i in axes)
    )
    return a if order == tuple(range(a.ndim)) else _record(TRANSPOSE, a, axes=order)


def _swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    order = list(range(a.ndim))
    order[axis1], order[axis2] = order[axis2], order[axis1]
    return _transpose(a, order)


def _moveaxis(a: Any, source: Any, destination: Any) -> Any:
    if not isinstance(source, int) or not isinstance(destination, int):
        return NotImplemented
    order = list(range(a.ndim))
    moved = order.pop(source)
    order.insert(range(a.ndim)[destination], moved)
    return _transpose(a, order)


def _flip(m: Any, axis: Any = None) -> Any:
    axes = _axes(axis, m.ndim)
    return m[tuple([slice(None, None, -1 if i in axes else None) for i in range(m.ndim)])]


def _round(a: Any, decimals: int = 0, out: Any = None) -> Any:
    if a.dtype.kind != "f":
        return NotImplemented
    if not decimals:
        return np.rint(a)
    scale = 10.0 ** abs(decimals)
    return np.rint(a * scale) / scale if decimals > 0 else np.rint(a / scale) * scale


def _expand_dims(a: Any, axis: Any) -> Any:
    new = np.expand_dims(np.broadcast_to(0, a.shape), axis).shape
    return _reshape(a, new)


def _squeeze(a: Any, axis: Any = None) -> Any:
    return _reshape(a, np.squeeze(np.broadcast_to(0, a.shape), axis).shape)


def _where(condition: Any, x: Any = None, y: Any = None) -> Any:
    if x is None or y is None:
        return NotImplemented
    return _record(elementwise(np.where, 3), condition, x, y)


def _matmul(x1: Any, x2: Any) -> Any:
    return _record(MATMUL, x1, x2)


def _dot(a: Any, b: Any, out: Any = None) -> Any:
    if np.ndim(a) and np.ndim(b) and (np.ndim(b) == 1 or np.ndim(a) == np.ndim(b) == 2):
        return _matmul(a, b)
    return NotImplemented


def _outer(a: Any, b: Any, out: Any = None) -> Any:
    return np.reshape(a, (-1, 1)) * np.reshape(b, (1, -1))


def _clip(a: Any, a_min: Any = None, a_max: Any = None, out: Any = None, **names: Any) -> Any:
    low, high = names.pop("min", a_min), names.pop("max", a_max)
    if names or low is _NO_VALUE or high is _NO_VALUE:
        return NotImplemented
    a = a if low is None else np.maximum(a, low)
    return a if high is None else np.minimum(a, high)


def _stack(arrays: Any, axis: int = 0, out: Any = None, **options: Any) -> Any:
    arrays = tuple(arrays)
    if options or axis not in (0, -1) or any(np.shape(x) for x in arrays):
        return NotImplemented
    dtype = np.result_type(*[x.dtype if hasattr(x, "dtype") else np.asarray(x) for x in arrays])
    if dtype.kind != "f":
        return NotImplemented
    indices = tuple(range(len(arrays)))
    return _record(SCATTER, *arrays, shape=(len(arrays),), dtype=dtype, indices=indices)


def _astype(x: Any, dtype: Any, /, *, copy: bool = True, device: Any = None) -> Any:
    return x.astype(dtype)


def _real(val: Any) -> Any:
    return val if val.dtype.kind != "c" else NotImplemented


def _imag(val: Any) -> Any:
    return NotImplemented if val.dtype.kind == "c" else np.zeros_like(val)


def _of_types(function: Callable[..., Any]) -> Form:
    """For functions of the types of their arguments: their answer on the concrete values."""

    def form(*args: Any, **kwargs: Any) -> Any:
        return function(*map(_concrete, args), **kwargs)

    return form


def _of_first(function: Callable[..., Any]) -> Form:
    """For functions of the shape and type of their first argument; numbers after it are decided."""

    def form(a: Any, *args: Any, **kwargs: Any) -> Any:
        decided = {name: _decided(x) for name, x in kwargs.items()}
        return function(_concrete(a), *map(_decided, args), **decided)

    return form


def _concrete(x: Any) -> Any:
    return x.concrete if is_traced(x) else x


def _decided(x: Any) -> Any:
    if isinstance(x, tuple | list):
        return type(x)(map(_decided, x))
    return operator.index(x) if is_traced(x) else x


def in_form(function: Callable[..., Any], args: Any, kwargs: Mapping[str, Any]) -> Any:
    """What a form makes of a call; ``NotImplemented``: there is none, or not for such a call."""
    form = FORMS.get(function)
    if form is None:
        return NotImplemented
    try:
        return form(*args, **kwargs)
    except TypeError:
        try:  # does the form not take such arguments, or did it refuse them?
            inspect.signature(form).bind(*args, **kwargs)
        except TypeError:
            return NotImplemented
        raise


FORMS: dict[Any, Form] = {
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
    np.reshape: _reshape,
    np.ravel: _ravel,
    np.broadcast_to: _broadcast_to,
    np.transpose: _transpose,
    np.swapaxes: _swapaxes,
    np.moveaxis: _moveaxis,
    np.flip: _flip,
    np.fliplr: lambda m: _flip(m, 1),
    np.flipud: lambda m: _flip(m, 0),
    np.round: _round,
    np.around: _round,
    np.expand_dims: _expand_dims,
    np.squeeze: _squeeze,
    np.where: _where,
    np.matmul: _matmul,
    np.dot: _dot,
    np.outer: _outer,
    np.clip: _clip,
    np.stack: _stack,
    np.astype: _astype,
    np.real: _real,
    np.imag: _imag,
    np.copy: lambda a, *args, **kwargs: a,
    **{
        function: _of_types(function)
        for function in (
            np.iscomplexobj,
            np.isrealobj,
            np.result_type,
            np.can_cast,
            np.common_type,
        )
    },
    **{
        function: _of_first(function)
        for function in (np.shape, np.ndim, np.size, np.zeros_like, np.ones_like, np.empty_like)
    },
}


def _of_shape(a: Any, *shape: Any) -> Any:
    return np.reshape(a, shape[0] if len(shape) == 1 else shape)


def _of_axes(a: Any, *axes: Any) -> Any:
    return np.transpose(a, (axes[0] if len(axes) == 1 else axes) or None)


METHODS: dict[str, Form] = {
    name: getattr(np, name)
    for name in [
        "sum",
        "prod",
        "max",
        "min",
        "any",
        "all",
        "mean",
        "var",
        "std",
        "cumsum",
        "cumprod",
        "argmax",
        "argmin",
        "argsort",
        "ravel",
        "swapaxes",
        "squeeze",
        "repeat",
        "take",
        "diagonal",
        "trace",
        "dot",
        "clip",
        "round",
        "nonzero",
        "searchsorted",
    ]
} | {
    "reshape": _of_shape,
    "transpose": _of_axes,
    "flatten": np.ravel,
    "conj": np.conjugate,
    "conjugate": np.conjugate,
}
"""Of the methods of arrays, those that are functions of NumPy."""
