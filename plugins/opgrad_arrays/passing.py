"""NumPy functions with nothing to differentiate: they run on the data, and give plain data."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn, TypeAlias

import numpy as np

import opgrad as og
from opgrad_arrays.dtypes import astype
from opgrad_arrays.rules import plain, run, strong
from opgrad_arrays.shaping import broadcast_to

Functions: TypeAlias = list[Callable[..., Any]]

SHAPES_AND_TYPES: Functions = [
    np.result_type,
    np.can_cast,
    np.min_scalar_type,
    np.common_type,
    np.iscomplexobj,
    np.isrealobj,
    np.may_share_memory,
    np.shares_memory,
    np.zeros_like,
    np.ones_like,
    np.empty_like,
]
POSITIONS: Functions = [
    np.argmax,
    np.argmin,
    np.argsort,
    np.argpartition,
    np.argwhere,
    np.lexsort,
    np.nanargmax,
    np.nanargmin,
    np.nonzero,
    np.flatnonzero,
    np.count_nonzero,
    np.searchsorted,
    np.digitize,
    np.tril_indices_from,
    np.triu_indices_from,
    np.diag_indices_from,
]
TRUTHS: Functions = [
    np.isfinite,
    np.isnan,
    np.isinf,
    np.isposinf,
    np.isneginf,
    np.isreal,
    np.iscomplex,
    np.signbit,
    np.isclose,
    np.allclose,
    np.array_equal,
    np.array_equiv,
    np.isin,
    np.any,
    np.all,
    np.logical_and,
    np.logical_or,
    np.logical_xor,
    np.logical_not,
    np.logical_and.reduce,
    np.logical_or.reduce,
    np.bitwise_and,
    np.bitwise_or,
    np.bitwise_xor,
    np.invert,
]
IN_PLACE: Functions = [np.copyto, np.put, np.place, np.putmask, np.put_along_axis, np.fill_diagonal]
AT: Functions = [np.add.at, np.subtract.at, np.multiply.at, np.divide.at]


def _on_data(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def passing(*args: Any, **kwargs: Any) -> Any:
        return function(*plain(args), **{name: plain(value) for name, value in kwargs.items()})

    return passing


def _refused(name: str) -> Callable[..., Any]:
    def refuse(*args: Any, **kwargs: Any) -> NoReturn:
        raise og.errors.CutGradientError(
            f"{name} writes into an array, and the gradient of a Value would be "
            f"lost. Get a changed copy instead: og.at(v, index).set(x), or .add(x)."
        )

    return refuse


def _size(a: Any, axis: Any = None) -> int:
    return int(a.size if axis is None else np.size(a.data, axis))


def _full_like(a: Any, fill_value: Any, dtype: Any = None, *, shape: Any = None, **how: Any) -> Any:
    if not isinstance(fill_value, og.Node):
        return np.full_like(plain(a), fill_value, dtype, shape=shape, **how)
    shape = np.shape(a) if shape is None else np.shape(np.broadcast_to(0, shape))
    fill_value, given = strong(fill_value), np.shape(fill_value)
    leading = max(0, len(given) - len(shape))
    if given[:leading] == (1,) * leading:  # NumPy drops them
        fill_value = np.reshape(fill_value, given[leading:])
    filled = run(broadcast_to, fill_value, shape=shape)
    return run(astype, filled, dtype=np.result_type(a) if dtype is None else dtype)


FUNCTIONS: dict[Callable[..., Any], Callable[..., Any]] = {
    np.shape: lambda a: a.shape,
    np.ndim: lambda a: a.ndim,
    np.size: _size,
    np.full_like: _full_like,
    **{f: _on_data(f) for f in (*SHAPES_AND_TYPES, *POSITIONS, *TRUTHS)},
    **{f: _refused(f"np.{f.__name__}") for f in IN_PLACE},
    **{f: _refused("the method 'at' of a ufunc") for f in AT},
}
