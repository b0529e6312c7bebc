"""Forms of what gives the same elements another shape or order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from opgrad.compiler.forms.record import Form, axes_of, record
from opgrad.compiler.primitives import BROADCAST, RESHAPE, TRANSPOSE
from opgrad.data import is_traced


def reshape(a: Any, shape: Any, order: str = "C", *, copy: Any = None) -> Any:
    """Of ``np.reshape``."""
    if order not in "CF" or not is_traced(a):
        return NotImplemented
    shape = _lengths(shape)
    if -1 in shape:
        known = 1
        for n in shape:
            known *= n if n != -1 else 1
        shape = tuple(a.size // known if n == -1 else n for n in shape)
    if order == "F":
        return np.transpose(np.reshape(np.transpose(a), shape[::-1]))
    return a if shape == a.shape else record(RESHAPE, a, shape=shape)


def _lengths(shape: Any) -> tuple[int, ...]:
    return tuple(map(int, shape)) if np.ndim(shape) else (int(shape),)


def _ravel(a: Any, order: str = "C") -> Any:
    return reshape(a, -1, order)


def _broadcast_to(array: Any, shape: Any, subok: bool = False) -> Any:
    shape = _lengths(shape)
    return array if shape == array.shape else record(BROADCAST, array, shape=shape)


def _transpose(a: Any, axes: Any = None) -> Any:
    if axes is not None and len(axes) != a.ndim:
        return NotImplemented  # NumPy says what is wrong
    order = tuple(reversed(range(a.ndim))) if axes is None else normalize_axis_tuple(axes, a.ndim)
    return a if order == tuple(range(a.ndim)) else record(TRANSPOSE, a, axes=order)


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
    axes = axes_of(axis, m.ndim)
    return m[tuple([slice(None, None, -1 if i in axes else None) for i in range(m.ndim)])]


def _expand_dims(a: Any, axis: Any) -> Any:
    new = np.expand_dims(np.broadcast_to(0, a.shape), axis).shape
    return reshape(a, new)


def _squeeze(a: Any, axis: Any = None) -> Any:
    return reshape(a, np.squeeze(np.broadcast_to(0, a.shape), axis).shape)


FORMS: Mapping[Any, Form] = {
    np.reshape: reshape,
    np.ravel: _ravel,
    np.broadcast_to: _broadcast_to,
    np.transpose: _transpose,
    np.swapaxes: _swapaxes,
    np.moveaxis: _moveaxis,
    np.flip: _flip,
    np.fliplr: lambda m: _flip(m, 1),
    np.flipud: lambda m: _flip(m, 0),
    np.expand_dims: _expand_dims,
    np.squeeze: _squeeze,
}
