"""Built-in plugin: arrays as NumPy has them: shapes, axes, indices, reductions, products."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

import opgrad as og
from opgrad_arrays.indexing import getitem as getitem
from opgrad_arrays.indexing import scatter as scatter
from opgrad_arrays.products import matmul as matmul
from opgrad_arrays.reductions import sum as sum
from opgrad_arrays.shaping import broadcast_to as broadcast_to
from opgrad_arrays.shaping import reshape as reshape
from opgrad_arrays.shaping import transpose as transpose


@og.hookimpl.opgrad_ops
def opgrad_ops() -> list[og.Op]:
    """The ops of this plugin."""
    return [getitem, scatter, matmul, sum, broadcast_to, reshape, transpose]


@og.hookimpl.opgrad_functions
def opgrad_functions() -> Mapping[Callable[..., Any], Callable[..., Any]]:
    """NumPy functions made of ops, and those that only tell something of the data."""
    return {
        np.shape: lambda a: a.shape,
        np.ndim: lambda a: a.ndim,
        np.size: lambda a, axis=None: a.size if axis is None else a.shape[axis],
        np.expand_dims: lambda a, axis: np.reshape(
            a, np.expand_dims(np.empty(a.shape), axis).shape
        ),
        np.swapaxes: lambda a, axis1, axis2: np.transpose(a, _swapped(a.ndim, axis1, axis2)),
    }


def _swapped(ndim: int, first: int, second: int) -> tuple[int, ...]:
    order = list(range(ndim))
    order[first], order[second] = order[second], order[first]
    return tuple(order)
