"""The same elements in another shape or order."""

from __future__ import annotations

from typing import Any

import numpy as np

import opgrad as og
from opgrad import Raw

MATRIX = np.array([[0.3, -1.2, 2.1], [1.7, 0.4, -0.6]])


@og.op(
    implements=np.reshape, samples=[og.Sample(MATRIX, shape=(3, 2)), og.Sample(MATRIX, shape=-1)]
)
def reshape(x: Raw, *, shape: Any) -> Raw:
    """The elements of x in the order of the last axis first, in another shape."""
    return np.reshape(x, shape)


@reshape.vjp
def _(g: Raw, out: Raw, x: Raw, *, shape: Any) -> Raw:
    return np.reshape(g, np.shape(x))


@og.op(implements=np.transpose, samples=[og.Sample(MATRIX), og.Sample(MATRIX, axes=(1, 0))])
def transpose(x: Raw, *, axes: tuple[int, ...] | None = None) -> Raw:
    """The axes of x in another order; reversed, if none is given."""
    return np.transpose(x, axes)


@transpose.vjp
def _(g: Raw, out: Raw, x: Raw, *, axes: tuple[int, ...] | None = None) -> Raw:
    return np.transpose(g, None if axes is None else tuple(int(i) for i in np.argsort(axes)))


@og.op(
    implements=np.broadcast_to,
    samples=[og.Sample(MATRIX, shape=(2, 2, 3)), og.Sample(1.5, shape=(2,))],
)
def broadcast_to(x: Raw, *, shape: Any) -> Raw:
    """x, repeated along new and stretched axes."""
    return np.broadcast_to(x, shape)


@broadcast_to.vjp
def _(g: Raw, out: Raw, x: Raw, *, shape: Any) -> Raw:
    return unbroadcast(g, np.shape(g), np.shape(x))


def unbroadcast(g: Raw, given: tuple[int, ...], shape: tuple[int, ...]) -> Raw:
    """The sum over what was broadcast from ``shape``."""
    lead = len(given) - len(shape)
    stretched = (lead + i for i, n in enumerate(shape) if n == 1 and given[lead + i] != 1)
    return np.reshape(np.sum(g, axis=(*range(lead), *stretched)), shape)
