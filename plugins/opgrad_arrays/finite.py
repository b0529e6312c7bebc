"""Finite differences and sums: slopes and areas of what is known at some points."""

from __future__ import annotations

from typing import Any

import numpy as np

import opgrad as og
from opgrad import Raw
from opgrad_arrays.axes import along, checked
from opgrad_arrays.rules import Functions, as_array, in_dtype, strong


def _gradient(f: Raw, *varargs: Raw, axis: Any = None, edge_order: int = 1) -> Any:
    """np.gradient: slopes of a parabola through neighbours. By the spacings, too."""
    axes = checked(np.ndim(f), axis)
    kind = np.result_type(f)
    if kind.kind not in "fc":
        f, kind = f if kind.kind == "b" else in_dtype(f, np.float64), np.dtype(np.float64)
    spacings = [_floating(as_array(x)) for x in varargs or (1.0,)]
    if len(spacings) == 1 and np.ndim(spacings[0]) == 0:
        spacings *= len(axes)
    if len(spacings) != len(axes):
        raise TypeError(f"{len(axes)} axes, but {len(spacings)} spacings")
    if edge_order not in (1, 2):
        raise ValueError(f"edge_order is 1 or 2, given {edge_order}")
    found = [
        in_dtype(_slopes(f, x, a, edge_order), kind) for x, a in zip(spacings, axes, strict=True)
    ]
    return found[0] if len(found) == 1 else tuple(found)


def _floating(spacing: Raw) -> Raw:
    """Without a sign, integers would wrap around."""
    is_whole = np.ndim(spacing) and np.result_type(spacing).kind in "iu"
    return in_dtype(spacing, np.float64) if is_whole else spacing


def _slopes(f: Raw, spacing: Raw, axis: int, edge_order: int) -> Raw:
    if np.shape(f)[axis] <= edge_order:
        raise ValueError("np.gradient takes at least edge_order + 1 elements along each axis")
    f, steps = np.moveaxis(f, axis, -1), spacing if np.ndim(spacing) == 0 else np.diff(spacing)
    if isinstance(steps, np.ndarray) and steps.ndim and (steps == steps[0]).all():
        steps = steps[0]

    def step(index: Any) -> Raw:
        return steps[index] if np.ndim(steps) else steps

    if np.ndim(steps) == 0:
        inner = (f[..., 2:] - f[..., :-2]) / (2.0 * steps)
    else:
        h, k = steps[:-1], steps[1:]  # before and after each inner point
        inner = f[..., :-2] * (-k / (h * (h + k))) + f[..., 1:-1] * ((k - h) / (h * k))
        inner = inner + f[..., 2:] * (h / (k * (h + k)))
    if edge_order == 1:
        first = (f[..., 1:2] - f[..., :1]) / step(slice(0, 1))
        last = (f[..., -1:] - f[..., -2:-1]) / step(slice(-1, None))
    else:
        ends = (f[..., :1], f[..., 1:2], f[..., 2:3]), (f[..., -1:], f[..., -2:-1], f[..., -3:-2])
        first = _edge(*ends[0], step(slice(0, 1)), step(slice(1, 2)))
        last = -_edge(*ends[1], step(slice(-1, None)), step(slice(-2, -1)))
    return np.moveaxis(np.concatenate([first, inner, last], -1), -1, axis)


def _edge(end: Raw, second: Raw, third: Raw, h: Raw, k: Raw) -> Raw:
    """The slope, at its end, of the parabola through three points, h and k apart."""
    weights = -(2.0 * h + k) / (h * (h + k)), (h + k) / (h * k), -h / (k * (h + k))
    return end * weights[0] + second * weights[1] + third * weights[2]


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
    elements = np.ravel(as_array(ary))
    dtype = np.result_type(elements)
    ends = [None if part is None else np.ravel(strong(part)) for part in (to_begin, to_end)]
    for end in ends:
        if end is not None and not np.can_cast(end, dtype, casting="same_kind"):
            raise TypeError(f"dtype of the ends must be compatible with that of the array, {dtype}")
    before, after = (None if end is None else in_dtype(end, dtype) for end in ends)
    parts = [before, elements[1:] - elements[:-1], after]
    return np.concatenate([part for part in parts if part is not None])


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
