"""Products of matrices and vectors."""

from __future__ import annotations

import numpy as np

import opgrad as og
from opgrad import Raw
from opgrad_arrays.shaping import MATRIX, unbroadcast


@og.op(
    implements=np.matmul, samples=[(MATRIX, MATRIX.T), (MATRIX, MATRIX[0]), (MATRIX[:, 0], MATRIX)]
)
def matmul(x: Raw, y: Raw) -> Raw:
    """x @ y: vectors, matrices, and stacks of matrices."""
    return np.matmul(x, y)


@matmul.vjp_wrt(0)
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> Raw:
    if np.ndim(y) == 1:
        ct = np.expand_dims(g, -1) * y if np.ndim(x) > 1 else g * y
    elif np.ndim(x) == 1:
        ct = np.matmul(y, np.expand_dims(g, -1))[..., 0]
    else:
        ct = np.matmul(g, np.swapaxes(y, -1, -2))
    return unbroadcast(ct, np.shape(ct), np.shape(x))


@matmul.vjp_wrt(1)
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> Raw:
    if np.ndim(x) == 1:
        ct = x[:, None] * np.expand_dims(g, -2) if np.ndim(y) > 1 else g * x
    elif np.ndim(y) == 1:
        ct = np.matmul(np.swapaxes(x, -1, -2), np.expand_dims(g, -1))[..., 0]
    else:
        ct = np.matmul(np.swapaxes(x, -1, -2), g)
    return unbroadcast(ct, np.shape(ct), np.shape(y))
