"""The names of the array API standard in ``numpy.linalg``, and products of many matrices."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

import opgrad as og
from opgrad import Raw
from opgrad_linalg.matrices import per_matrix, transposed


def vector_norm(
    x: Raw, /, *, axis: int | tuple[int, ...] | None = None, keepdims: bool = False, ord: Any = 2
) -> Raw:
    """np.linalg.vector_norm: over all elements, or those along one axis or several."""
    shape, ndim = np.shape(x), np.ndim(x)
    over = normalize_axis_tuple(range(ndim) if axis is None else axis, ndim)
    others = [a for a in range(ndim) if a not in over]
    rows = np.reshape(
        np.transpose(x, (*others, *over)),
        (*(shape[a] for a in others), math.prod(shape[a] for a in over)),
    )
    found = np.linalg.norm(rows, ord, axis=-1)
    return (
        np.reshape(found, tuple(1 if a in over else n for a, n in enumerate(shape)))
        if keepdims
        else found
    )


def matrix_norm(x: Raw, /, *, keepdims: bool = False, ord: Any = "fro") -> Raw:
    """np.linalg.matrix_norm: of each matrix of a stack."""
    return np.linalg.norm(x, ord, axis=(-2, -1), keepdims=keepdims)


def svdvals(x: Raw, /) -> Raw:
    """np.linalg.svdvals: the singular values."""
    return np.linalg.svd(x, compute_uv=False)


def cond(x: Raw, p: Any = None) -> Raw:
    """np.linalg.cond: the largest singular value over the smallest, or a product of norms."""
    if np.ndim(x) == 2 and 0 in np.shape(x):
        raise np.linalg.LinAlgError("cond is not defined on empty arrays")
    if p in (None, 2, -2):
        values = svdvals(x)
        largest, smallest = values[..., 0], values[..., -1]
        with np.errstate(all="ignore"):
            found = smallest / largest if p == -2 else largest / smallest
    else:
        has_inverse = np.not_equal(np.linalg.det(og.stop_gradient(x)), 0)
        plain = np.where(per_matrix(has_inverse), x, np.eye(np.shape(x)[-1], dtype=x.dtype))
        with np.errstate(all="ignore"):
            inverse = np.where(per_matrix(has_inverse), np.linalg.inv(plain), np.nan)
            found = matrix_norm(x, ord=p) * matrix_norm(inverse, ord=p)
    is_infinite = np.isnan(og.stop_gradient(found)) & ~np.isnan(og.stop_gradient(x)).any((-2, -1))
    return np.where(is_infinite, found.dtype.type(np.inf), found)


def matrix_transpose(x: Raw, /) -> Raw:
    """np.linalg.matrix_transpose: each matrix of a stack."""
    if np.ndim(x) < 2:
        raise ValueError(f"takes an array of at least two axes; given one of {np.ndim(x)}")
    return transposed(x)


def multi_dot(arrays: Sequence[Raw], *, out: None = None) -> Raw:
    """np.linalg.multi_dot: the product of all, in the order that takes the fewest operations."""
    if len(arrays) < 2:
        raise ValueError("np.linalg.multi_dot takes two arrays or more")
    arrays = list(arrays)
    first_is_row, last_is_column = np.ndim(arrays[0]) == 1, np.ndim(arrays[-1]) == 1
    lengths = [1 if first_is_row else np.shape(arrays[0])[0]]
    lengths += [np.shape(a)[0] for a in arrays[1:]]
    lengths.append(1 if last_is_column else np.shape(arrays[-1])[1])

    @functools.cache
    def cheapest(i: int, j: int) -> tuple[int, int]:
        """What arrays i to j cost, and after which one to part them."""
        if i == j:
            return 0, i
        return min(
            (
                cheapest(i, k)[0]
                + cheapest(k + 1, j)[0]
                + lengths[i] * lengths[k + 1] * lengths[j + 1],
                k,
            )
            for k in range(i, j)
        )

    def product(i: int, j: int) -> Raw:
        k = cheapest(i, j)[1]
        return arrays[i] if i == j else np.dot(product(i, k), product(k + 1, j))

    return product(0, len(arrays) - 1)


def tensorinv(a: Raw, ind: int = 2) -> Raw:
    """np.linalg.tensorinv: the inverse with respect to tensordot over ``ind`` axes."""
    shape = np.shape(a)
    rows = math.prod(shape[:ind])
    return np.reshape(np.linalg.inv(np.reshape(a, (rows, -1))), shape[ind:] + shape[:ind])


def tensorsolve(a: Raw, b: Raw, axes: Sequence[int] | None = None) -> Raw:
    """np.linalg.tensorsolve: the x whose tensordot with a, over all axes of x, is b."""
    if axes is not None:
        others = [k for k in range(np.ndim(a)) if k not in axes]
        a = np.transpose(a, (*others, *axes))
    shape = np.shape(a)[np.ndim(b) :]
    size = math.prod(shape)
    return np.reshape(np.linalg.solve(np.reshape(a, (size, size)), np.ravel(b)), shape)


_numpy: Any = np  # its type stubs do not know of vecdot's axis

FUNCTIONS: dict[Any, Any] = {
    np.linalg.vector_norm: vector_norm,
    np.linalg.matrix_norm: matrix_norm,
    np.linalg.svdvals: svdvals,
    np.linalg.cond: cond,
    np.linalg.multi_dot: multi_dot,
    np.linalg.tensorinv: tensorinv,
    np.linalg.tensorsolve: tensorsolve,
    np.linalg.matmul: lambda x1, x2, /: np.matmul(x1, x2),
    np.linalg.outer: lambda x1, x2, /: np.outer(x1, x2),
    np.linalg.cross: lambda x1, x2, /, *, axis=-1: np.cross(x1, x2, axis=axis),
    np.linalg.tensordot: lambda x1, x2, /, *, axes=2: np.tensordot(x1, x2, axes),
    np.linalg.vecdot: lambda x1, x2, /, *, axis=-1: _numpy.vecdot(x1, x2, axis=axis),
    np.linalg.matrix_transpose: matrix_transpose,
    np.linalg.diagonal: lambda x, /, *, offset=0: np.diagonal(x, offset, -2, -1),
    np.linalg.trace: lambda x, /, *, offset=0, dtype=None: np.trace(x, offset, -2, -1, dtype),
}
