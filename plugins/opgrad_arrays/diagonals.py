"""Diagonals, and what is above and below them."""

from __future__ import annotations

from typing import Any

import numpy as np

from opgrad_arrays.indexing import scatter
from opgrad_arrays.rules import Functions, run


def _diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    last = np.moveaxis(a, (axis1, axis2), (-2, -1))
    rows, columns = _diagonal_of(np.shape(last)[-2:], offset)
    return last[..., rows, columns]


def _diag(v: Any, k: int = 0) -> Any:
    if np.ndim(v) not in (1, 2):
        raise ValueError("Input must be 1- or 2-d.")
    if np.ndim(v) == 2:
        return np.diagonal(v, k)
    n = np.shape(v)[0] + abs(k)
    return run(scatter, v, index=_diagonal_of((n, n), k), shape=(n, n))


def _diagonal_of(shape: tuple[int, ...], offset: int) -> tuple[Any, Any]:
    rows, columns = shape
    start, length = max(-offset, 0), min(rows + min(offset, 0), columns - max(offset, 0))
    steps = np.arange(max(length, 0))
    return steps + start, steps + max(offset, 0)


def _triangle(numpys: Any) -> Any:
    def triangle(m: Any, k: int = 0) -> Any:
        ndim = np.ndim(m)
        shape = np.shape(m)[-2:] if ndim > 1 else np.shape(m) * 2
        return np.where(numpys(np.ones(shape, bool), k), m, np.result_type(m).type(0))

    return triangle


FUNCTIONS: Functions = {
    np.diagonal: _diagonal,
    np.diag: _diag,
    np.diagflat: lambda v, k=0: _diag(np.ravel(v), k),
    np.triu: _triangle(np.triu),
    np.tril: _triangle(np.tril),
}
