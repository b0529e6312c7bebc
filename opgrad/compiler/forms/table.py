"""The table of forms.

A form takes its NumPy function's arguments, and records primitives or answers from shapes and
dtypes. ``NotImplemented``, or no form: the function is called back as it is.
"""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from opgrad.compiler.forms import joins, products, reductions, shapes
from opgrad.compiler.forms.record import NO_VALUE, Form, record
from opgrad.compiler.primitives import elementwise
from opgrad.data import is_traced


def _round(a: Any, decimals: int = 0, out: Any = None) -> Any:
    if a.dtype.kind != "f":
        return NotImplemented
    if not decimals:
        return np.rint(a)
    scale = 10.0 ** abs(decimals)
    return np.rint(a * scale) / scale if decimals > 0 else np.rint(a / scale) * scale


def _where(condition: Any, x: Any = None, y: Any = None) -> Any:
    if x is None or y is None:
        return NotImplemented
    return record(elementwise(np.where, 3), condition, x, y)


def _clip(a: Any, a_min: Any = None, a_max: Any = None, out: Any = None, **names: Any) -> Any:
    low, high = names.pop("min", a_min), names.pop("max", a_max)
    if names or low is NO_VALUE or high is NO_VALUE:
        return NotImplemented
    a = a if low is None or _never_reached(low, a, operator.lt, "min") else np.maximum(a, low)
    return a if high is None or _never_reached(high, a, operator.gt, "max") else np.minimum(a, high)


def _never_reached(bound: Any, a: Any, beyond: Callable[[Any, int], Any], end: str) -> bool:
    """Whether it is a Python integer beyond the dtype of ``a``: for NumPy, no bound."""
    dtype = getattr(a, "dtype", None)
    if dtype is None or dtype.kind not in "iu" or not isinstance(bound, int):
        return False
    return bool(beyond(bound, getattr(np.iinfo(dtype), end)))


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
    **reductions.FORMS,
    **shapes.FORMS,
    **products.FORMS,
    **joins.FORMS,
    np.round: _round,
    np.around: _round,
    np.where: _where,
    np.clip: _clip,
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
    is_one = len(axes) == 1 and (axes[0] is None or isinstance(axes[0], tuple | list))
    return np.transpose(a, axes[0] if is_one else axes or None)


def _flatten(a: Any, order: Any = "C") -> Any:
    return np.copy(np.ravel(a, order))


def _conjugate(a: Any) -> Any:
    return np.conjugate(a) if a.dtype.kind == "c" else a


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
    "flatten": _flatten,
    "conj": _conjugate,
    "conjugate": _conjugate,
}
"""Of the methods of arrays, those that are functions of NumPy."""
