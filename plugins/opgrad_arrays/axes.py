"""Which axes are meant, and what lies along them."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from opgrad import Raw

Flag: TypeAlias = Any
"""True or False. NumPy's type stubs know ``Literal[True]`` and ``Literal[False]``, but no bool."""


def along(x: Raw, axis: int, index: Any) -> Raw:
    """x[..., index, ...], with the index at that axis."""
    return x[(slice(None),) * (axis % np.ndim(x)) + (index,)]


def axes_of(ndim: int, axis: Any) -> tuple[int, ...]:
    """The axes that ``axis`` names, each counted from the first."""
    if axis is None:
        return tuple(range(ndim))
    return tuple(int(a) % ndim for a in (axis if isinstance(axis, tuple) else (axis,)) if ndim)


def checked(ndim: int, axis: Any) -> tuple[int, ...]:
    """The same, where a number has no axis.

    Raises:
        AxisError: there is no such axis.
        ValueError: one is named twice.
    """
    return tuple(range(ndim)) if axis is None else tuple(normalize_axis_tuple(axis, ndim))


def spread(g: Raw, shape: tuple[int, ...], axis: Any, keepdims: bool) -> Raw:
    """A reduction's cotangent, repeated for every element that went into it."""
    if axis is not None or np.ndim(g):
        g = kept(g, shape, axis, keepdims)
    if g.__class__ is np.ndarray and g.size and g.flags.c_contiguous:
        lead = (0,) * (len(shape) - g.ndim)
        steps = [0 if n == 1 else step for n, step in zip(g.shape, g.strides, strict=True)]
        return _strided(g, shape, (*lead, *steps))
    if g.__class__ is np.float64:
        return _strided(g, shape, (0,) * len(shape))
    return np.broadcast_to(g, shape)


def _strided(g: Any, shape: tuple[int, ...], strides: tuple[int, ...]) -> Raw:
    """np.broadcast_to for what is known to fit: the same, ten times faster."""
    view: Raw = np.ndarray(shape, g.dtype, g, 0, strides)
    return view


def kept(g: Raw, shape: tuple[int, ...], axis: Any, keepdims: bool) -> Raw:
    """What was reduced from ``shape``, with the reduced axes as ones of length one."""
    if keepdims:
        return g
    reduced = axes_of(len(shape), axis)
    return np.reshape(g, tuple(1 if i in reduced else n for i, n in enumerate(shape)))
