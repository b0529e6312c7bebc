"""Finite differences and sums: slopes and areas of what is known at some points."""

from __future__ import annotations

from typing import Any

import numpy as np

import opgrad as og
from opgrad import Raw
from opgrad_arrays.axes import along, axes_of
from opgrad_arrays.rules import Functions, as_array


def _gradient(f: Raw, *varargs: Raw, axis: Any = None, edge_order: int = 1) -> Any:
    """np.gradient: slopes of a parabola through neighbours. By the spacings, too."""
    axes = axes_of(np.ndim(f), axis)
    spacings = list(map(as_array, varargs or (1.0,)))
    if len(spacings) == 1 and np.ndim(spacings[0]) == 0:
        spacings *= len(axes)
    if len(spacings) != len(axes):
        raise TypeError(f"{len(axes)} axes, but {len(spacings)} spacings")
    if edge_order not in (1, 2):
        raise ValueError(f"edge_order is 1 or 2, given {edge_order}")
    found = [_slopes(f, x, a, edge_order) for x, a in zip(spacings, axes, strict=True)]
    return found[0] if len(found) == 1 else tuple(found)


def _slopes(f: Raw, spacing: Raw, axis: int, edge_order: int) -> Raw:
    if np.shape(f)[axis] <= edge_order:
        raise ValueError("np.gradient takes at least edge_order + 1 elements along each axis")
    f, steps = np.moveaxis(f, axis, -1), spacing if np.ndim(spacing) == 0 else np.diff(spacing)

    def step(index: Any) -> Raw:
        return steps[index] if np.ndim(steps) else steps

    h, k = step(slice(None, -1)), step(slice(1, None))  # before and after each inner point
    before, here, after = f[..., :-2], f[..., 1:-1], f[..., 2:]
    inner = (here - before) * (k / (h * (h + k))) + (after - here) * (h / (k * (h + k)))
    first = (f[..., 1:2] - f[..., :1]) / step(slice(0, 1))
    last = (f[..., -1:] - f[..., -2:-1]) / step(slice(-1, None))
    if edge_order == 2:
        h, k = step(slice(0, 1)), step(slice(1, 2))
        first += (first - (f[..., 2:3] - f[..., 1:2]) / k) * (h / (h + k))
        h, k = step(slice(-2, -1)), step(slice(-1, None))
        last += (last - (f[..., -2:-1] - f[..., -3:-2]) / h) * (k / (h + k))
    return np.moveaxis(np.concatenate([first, inner, last], -1), -1, axis)


def _trapezoid(y: Raw, x: Raw | None = None, dx: Raw = 1.0, axis: int = -1) -> Raw:
    """np.trapezoid: the area below the lines between points."""
    y = as_array(y)
    if x is not None:
        steps = np.diff(as_array(x), axis=axis if np.ndim(x) > 1 else -1)
        shape = [1] * np.ndim(y)
        shape[axis] = -1
        dx = np.reshape(steps, tuple(shape)) if np.ndim(steps) == 1 else steps
    both = along(y, axis, slice(1, None)) + along(y, axis, slice(None, -1))
    return np.sum(dx * both / 2, axis=axis)


def _ediff1d(ary: Raw, to_end: Any = None, to_begin: Any = None) -> Raw:
    """np.ediff1d: differences of all elements in a row, and what is put at both ends."""
    parts = [to_begin, np.diff(np.ravel(as_array(ary))), to_end]
    return np.concatenate([np.ravel(as_array(part)) for part in parts if part is not None])


def _unwrap(p: Raw, *args: Any, **kwargs: Any) -> Raw:
    """np.unwrap: whole periods added, so the derivative is 1."""
    plain = og.stop_gradient(p)
    return p + (np.unwrap(plain, *args, **kwargs) - plain)


FUNCTIONS: Functions = {
    np.gradient: _gradient,
    np.trapezoid: _trapezoid,
    np.ediff1d: _ediff1d,
    np.unwrap: _unwrap,
}
