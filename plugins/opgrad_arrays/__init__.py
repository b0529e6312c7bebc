"""Built-in plugin: arrays as NumPy has them: shapes, axes, indices, reductions, products."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import opgrad as og
from opgrad_arrays import diagonals, dtypes, indexing, joining, passing, rearranging, shaping
from opgrad_arrays.dtypes import astype as astype
from opgrad_arrays.dtypes import conj as conj
from opgrad_arrays.dtypes import imag as imag
from opgrad_arrays.dtypes import real as real
from opgrad_arrays.indexing import getitem as getitem
from opgrad_arrays.indexing import scatter as scatter
from opgrad_arrays.joining import concatenate as concatenate
from opgrad_arrays.products import matmul as matmul
from opgrad_arrays.rearranging import flip as flip
from opgrad_arrays.rearranging import roll as roll
from opgrad_arrays.reductions import sum as sum
from opgrad_arrays.shaping import broadcast_to as broadcast_to
from opgrad_arrays.shaping import reshape as reshape
from opgrad_arrays.shaping import transpose as transpose
from opgrad_arrays.updating import index_add as index_add
from opgrad_arrays.updating import index_set as index_set


@og.hookimpl.opgrad_ops
def opgrad_ops() -> list[og.Op]:
    """The ops of this plugin."""
    return [
        *(reshape, transpose, broadcast_to),
        *(astype, real, imag, conj),
        *(getitem, scatter, index_set, index_add),
        *(concatenate, roll, flip),
        *(sum,),
        *(matmul,),
    ]


@og.hookimpl.opgrad_functions
def opgrad_functions() -> Mapping[Callable[..., Any], Callable[..., Any]]:
    """NumPy functions made of ops, and those that only tell something of the data."""
    return {
        **shaping.FUNCTIONS,
        **dtypes.FUNCTIONS,
        **joining.FUNCTIONS,
        **indexing.FUNCTIONS,
        **diagonals.FUNCTIONS,
        **rearranging.FUNCTIONS,
        **passing.FUNCTIONS,
    }
