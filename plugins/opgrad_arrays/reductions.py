"""Sums and the like over axes."""

from __future__ import annotations

from typing import Any

import numpy as np

import opgrad as og
from opgrad import Raw
from opgrad_arrays.shaping import MATRIX


@og.op(
    implements=(np.sum, np.add.reduce),
    samples=[
        og.Sample(MATRIX),
        og.Sample(MATRIX, axis=0),
        og.Sample(MATRIX, axis=(-1,), keepdims=True),
    ],
)
def sum(x: Raw, *, axis: Any = None, keepdims: bool = False) -> Raw:
    """The sum over an axis, several, or all."""
    return np.sum(x, axis=axis, keepdims=keepdims)


@sum.vjp
def _(g: Raw, out: Raw, x: Raw, *, axis: Any = None, keepdims: bool = False) -> Raw:
    return spread(g, np.shape(x), axis, keepdims)


def spread(g: Raw, shape: tuple[int, ...], axis: Any, keepdims: bool) -> Raw:
    """A reduction's cotangent, repeated for every element that went into it."""
    if not keepdims:
        axes = range(len(shape)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
        reduced = {a % len(shape) for a in axes}
        g = np.reshape(g, tuple(1 if i in reduced else n for i, n in enumerate(shape)))
    return np.broadcast_to(g, shape)
