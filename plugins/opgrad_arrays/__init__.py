"""Built-in plugin: arrays as NumPy has them: shapes, axes, indices, reductions, products."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import opgrad as og
from opgrad_arrays import (
    applying,
    cumulative,
    diagonals,
    dtypes,
    editing,
    einsums,
    finite,
    fourier,
    grids,
    indexing,
    joining,
    methods,
    missing,
    passing,
    products,
    rearranging,
    reductions,
    shaping,
    signal,
    sorting,
    stable,
    statistics,
    updating,
)
from opgrad_arrays.cumulative import cumprod as cumprod
from opgrad_arrays.cumulative import cumsum as cumsum
from opgrad_arrays.cumulative import recurrence as recurrence
from opgrad_arrays.cumulative import shift as shift
from opgrad_arrays.dtypes import astype as astype
from opgrad_arrays.dtypes import conj as conj
from opgrad_arrays.dtypes import imag as imag
from opgrad_arrays.dtypes import real as real
from opgrad_arrays.einsums import einsum as einsum
from opgrad_arrays.fourier import fft as fft
from opgrad_arrays.fourier import ifft as ifft
from opgrad_arrays.fourier import irfft as irfft
from opgrad_arrays.fourier import resize as resize
from opgrad_arrays.fourier import rfft as rfft
from opgrad_arrays.indexing import getitem as getitem
from opgrad_arrays.indexing import scatter as scatter
from opgrad_arrays.joining import concatenate as concatenate
from opgrad_arrays.products import matmul as matmul
from opgrad_arrays.rearranging import flip as flip
from opgrad_arrays.rearranging import roll as roll
from opgrad_arrays.reductions import max as max
from opgrad_arrays.reductions import min as min
from opgrad_arrays.reductions import prod as prod
from opgrad_arrays.reductions import std as std
from opgrad_arrays.reductions import sum as sum
from opgrad_arrays.shaping import broadcast_to as broadcast_to
from opgrad_arrays.shaping import reshape as reshape
from opgrad_arrays.shaping import transpose as transpose
from opgrad_arrays.signal import convolve as convolve
from opgrad_arrays.stable import direction as direction
from opgrad_arrays.stable import log_softmax as log_softmax
from opgrad_arrays.stable import logsumexp as logsumexp
from opgrad_arrays.stable import norm as norm
from opgrad_arrays.stable import softmax as softmax
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
        *(*reductions.OPS, *cumulative.OPS, *sorting.OPS, *stable.OPS),
        *(*products.OPS, *einsums.OPS, *signal.OPS, *fourier.OPS),
    ]


@og.hookimpl.opgrad_lowerings
def opgrad_lowerings() -> Mapping[og.Op, Callable[..., Any]]:
    """What is traced of ops that write into arrays."""
    return {**indexing.LOWERINGS, **updating.LOWERINGS, **cumulative.LOWERINGS}


@og.hookimpl.opgrad_functions
def opgrad_functions() -> Mapping[Callable[..., Any], Callable[..., Any]]:
    """NumPy functions made of ops, and those that only tell something of the data."""
    return {
        **reductions.FUNCTIONS,
        **cumulative.FUNCTIONS,
        **sorting.FUNCTIONS,
        **stable.FUNCTIONS,
        **products.FUNCTIONS,
        **einsums.FUNCTIONS,
        **signal.FUNCTIONS,
        **fourier.FUNCTIONS,
        **shaping.FUNCTIONS,
        **dtypes.FUNCTIONS,
        **joining.FUNCTIONS,
        **indexing.FUNCTIONS,
        **diagonals.FUNCTIONS,
        **rearranging.FUNCTIONS,
        **editing.FUNCTIONS,
        **applying.FUNCTIONS,
        **grids.FUNCTIONS,
        **finite.FUNCTIONS,
        **statistics.FUNCTIONS,
        **missing.FUNCTIONS,
        **methods.FUNCTIONS,
        **passing.FUNCTIONS,
    }
