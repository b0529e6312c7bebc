"""Choosing elements, and putting them back."""

from __future__ import annotations

from typing import Any

import numpy as np

import opgrad as og
from opgrad import Raw
from opgrad_arrays.shaping import MATRIX


@og.op(samples=[og.Sample(MATRIX, index=0), og.Sample(MATRIX, index=(slice(None), [0, 0, 2]))])
def getitem(x: Raw, *, index: Any) -> Raw:
    """x[index]: basic, advanced and boolean indices."""
    return x[index]


@getitem.vjp
def _(g: Raw, out: Raw, x: Raw, *, index: Any) -> Raw:
    return (
        scatter(g, index=index, shape=np.shape(x))
        if isinstance(g, og.Value)
        else _scatter(g, index, np.shape(x))
    )


def _scatter(x: Raw, index: Any, shape: tuple[int, ...]) -> Raw:
    out = np.zeros(shape, getattr(x, "dtype", np.float64))
    np.add.at(out, index, x)  # a repeated index adds up
    return out


@og.op(samples=[og.Sample(MATRIX[0], index=0, shape=(2, 3))])
def scatter(x: Raw, *, index: Any, shape: tuple[int, ...]) -> Raw:
    """Zeros of a shape, to which x was added at an index."""
    return _scatter(x, index, shape)


@scatter.vjp
def _(g: Raw, out: Raw, x: Raw, *, index: Any, shape: tuple[int, ...]) -> Raw:
    return g[index]
