"""The same elements in another shape, or with the axes in another order."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

import opgrad as og
from opgrad import Raw
from opgrad_arrays.rules import Functions, plain, run
from opgrad_arrays.rules import unbroadcast as unbroadcast

MATRIX = np.array([[0.3, -1.2, 2.1], [1.7, 0.4, -0.6]])
CUBE = np.linspace(-1.3, 2.1, 24).reshape(2, 3, 4)
SINGLE = np.array([[0.5, -1.5], [2.5, 0.25]], np.float32)
EMPTY = np.zeros((0, 3))


@og.op(
    linear=True,
    samples=[
        og.Sample(MATRIX, shape=(3, 2)),
        og.Sample(MATRIX, shape=-1),
        og.Sample(CUBE, shape=(4, -1), order="F"),
        og.Sample(1.5, shape=(1, 1)),
        og.Sample(EMPTY, shape=(3, 0)),
        og.Sample(SINGLE, shape=4),
    ],
)
def reshape(x: Raw, *, shape: Any, order: str = "C") -> Raw:
    """The elements of x in another shape, read and written with the last axis (C) or first (F).

    Derivative: its VJP reshapes back.
    """
    if order not in ("C", "F"):
        raise ValueError(f"the order of a reshape is 'C' or 'F', given {order!r}")
    if order == "C":  # Dask's has no order, and no single length
        return np.reshape(x, tuple(shape) if np.ndim(shape) else (shape,))
    return np.reshape(x, shape, order="F")


@reshape.vjp
def _(g: Raw, out: Raw, x: Raw, *, shape: Any, order: str = "C") -> Raw:
    return run(reshape, g, shape=np.shape(x), order=order)


@og.op(
    linear=True,
    implements=np.transpose,
    samples=[
        og.Sample(MATRIX),
        og.Sample(CUBE, axes=(1, 2, 0)),
        og.Sample(CUBE, axes=(-1, 0, 1)),
        og.Sample(EMPTY),
        og.Sample(SINGLE, axes=(1, 0)),
    ],
)
def transpose(x: Raw, *, axes: Any = None) -> Raw:
    """The axes of x in another order; reversed, if none is given.

    Derivative: its VJP puts the axes back.
    """
    return np.transpose(x, axes)


@transpose.vjp
def _(g: Raw, out: Raw, x: Raw, *, axes: Any = None) -> Raw:
    if axes is None:
        return np.transpose(g)
    return np.transpose(g, tuple(np.argsort([axis % len(axes) for axis in axes]).tolist()))


@og.op(
    linear=True,
    implements=np.broadcast_to,
    samples=[
        og.Sample(MATRIX, shape=(2, 2, 3)),
        og.Sample(CUBE[:, :1], shape=(2, 3, 4)),
        og.Sample(1.5, shape=(2,)),
        og.Sample(MATRIX[:1], shape=(0, 3)),
        og.Sample(SINGLE, shape=(3, 2, 2)),
    ],
)
def broadcast_to(x: Raw, *, shape: Any) -> Raw:
    """x, repeated along new and stretched axes.

    Derivative: its VJP sums over these.
    """
    return np.broadcast_to(x, shape)


@broadcast_to.vjp
def _(g: Raw, out: Raw, x: Raw, *, shape: Any) -> Raw:
    return unbroadcast(g, np.shape(g), np.shape(x))


def _reshape(
    a: Any, shape: Any = None, order: str = "C", *, newshape: Any = None, copy: Any = None
) -> Any:
    shape = newshape if shape is None else shape  # newshape: 2.0's
    if copy is False:
        kept: Any = order
        np.reshape(plain(a), shape, kept, copy=False)  # raises, where NumPy has to copy
    return reshape(a, shape=shape, order=_order_of(a) if order == "A" else order)


def _ravel(a: Any, order: str = "C") -> Any:
    if order == "K" and _order_of(a) == "C":  # as the elements lie in memory
        places = np.empty_like(a.data, np.intp)
        places[...] = np.arange(places.size).reshape(places.shape)
        return reshape(a, shape=-1)[np.ravel(places, "K")]
    return reshape(a, shape=-1, order=_order_of(a) if order in ("A", "K") else order)


def _order_of(a: Any) -> str:
    flags = getattr(a.data, "flags", None)
    return "F" if getattr(flags, "fnc", False) else "C"


def _moveaxis(a: Any, source: Any, destination: Any) -> Any:
    moved = np.moveaxis(np.empty((1,) * np.ndim(a)), source, destination)  # checks the axes
    sources = [s % moved.ndim for s in np.atleast_1d(source).tolist()]
    targets = [d % moved.ndim for d in np.atleast_1d(destination).tolist()]
    order = [axis for axis in range(moved.ndim) if axis not in sources]
    for target, axis in sorted(zip(targets, sources, strict=True)):
        order.insert(target, axis)
    return np.transpose(a, order)


def _swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    order = list(range(np.ndim(a)))
    order[axis1], order[axis2] = order[axis2], order[axis1]
    return np.transpose(a, order)


def _rollaxis(a: Any, axis: int, start: int = 0) -> Any:
    axis, start = normalize_axis_index(axis, np.ndim(a)), start + np.ndim(a) if start < 0 else start
    if not 0 <= start <= np.ndim(a):
        raise np.exceptions.AxisError(f"start={start} is no place among {np.ndim(a)} axes")
    return _moveaxis(a, axis, start - 1 if axis < start else start)


def _at_least(ndim: int) -> Any:
    functions: dict[int, Any] = {1: np.atleast_1d, 2: np.atleast_2d, 3: np.atleast_3d}
    of_numpy = functions[ndim]

    def at_least(*arrays: Any) -> Any:
        arrays = tuple(np.asarray(a) if isinstance(a, list | tuple) else a for a in arrays)
        shapes = [of_numpy(np.empty(np.shape(a))).shape for a in arrays]
        reshaped = tuple(
            a if np.shape(a) == shape else np.reshape(a, shape)
            for a, shape in zip(arrays, shapes, strict=True)
        )
        return reshaped[0] if len(arrays) == 1 else reshaped

    return at_least


def _broadcast_arrays(*args: Any, subok: bool = False) -> tuple[Any, ...]:
    args = tuple(np.asarray(a) if isinstance(a, list | tuple) else a for a in args)
    shape = np.broadcast_shapes(*map(np.shape, args))
    return tuple(np.broadcast_to(a, shape) for a in args)


def _as_shape_of(function: Any) -> Any:
    """Of a function that only changes the shape: its effect on a shape is enough."""
    return lambda a, axis=None: np.reshape(a, function(np.empty(np.shape(a)), axis).shape)


FUNCTIONS: Functions = {
    np.reshape: _reshape,
    np.ravel: _ravel,
    np.squeeze: _as_shape_of(np.squeeze),
    np.expand_dims: _as_shape_of(np.expand_dims),
    np.moveaxis: _moveaxis,
    np.swapaxes: _swapaxes,
    np.rollaxis: _rollaxis,
    np.matrix_transpose: lambda x: np.swapaxes(x, -1, -2),
    np.atleast_1d: _at_least(1),
    np.atleast_2d: _at_least(2),
    np.atleast_3d: _at_least(3),
    np.broadcast_arrays: _broadcast_arrays,
    np.copy: lambda a, order="K", subok=False: a,  # Values do not change
}
