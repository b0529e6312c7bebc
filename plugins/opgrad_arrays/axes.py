"""Which axes are meant, and what lies along them."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

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


def spread(g: Raw, shape: tuple[int, ...], axis: Any, keepdims: bool) -> Raw:
    """A reduction's cotangent, repeated for every element that went into it."""
    if axis is None and np.ndim(g) == 0:
        return np.broadcast_to(g, shape)
    return np.broadcast_to(kept(g, shape, axis, keepdims), shape)


def kept(g: Raw, shape: tuple[int, ...], axis: Any, keepdims: bool) -> Raw:
    """What was reduced from ``shape``, with the reduced axes as ones of length one."""
    if keepdims:
        return g
    reduced = axes_of(len(shape), axis)
    return np.reshape(g, tuple(1 if i in reduced else n for i, n in enumerate(shape)))
