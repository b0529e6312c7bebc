"""Products of matrices and vectors."""

from __future__ import annotations

from typing import Any

import numpy as np

import opgrad as og
from opgrad import Raw
from opgrad_arrays.rules import Functions, as_array, strong, unbroadcast
from opgrad_arrays.shaping import MATRIX

_STACK = np.linspace(-1.3, 0.9, 12).reshape(2, 2, 3)


@og.op(
    linear=True,
    implements=np.matmul,
    samples=[
        (MATRIX, MATRIX.T),
        (MATRIX, MATRIX[0]),
        (MATRIX[:, 0], MATRIX),
        (MATRIX[0], MATRIX[1]),
        (_STACK, MATRIX.T),
        (MATRIX.T, _STACK),
        (_STACK, MATRIX[0]),
        (MATRIX[:, 0], _STACK),
        (_STACK[:, None], np.swapaxes(_STACK, 1, 2)),
        (np.ones((2, 0)), np.ones((0, 3))),
        (MATRIX.astype(np.float32), MATRIX.T.astype(np.float32)),
    ],
)
def matmul(x: Raw, y: Raw) -> Raw:
    """x @ y: vectors, matrices, and stacks of matrices.

    Derivatives: the cotangent times the transpose of y, and the transpose of x times it.
    """
    if getattr(x, "ndim", 0) and getattr(y, "ndim", 0):
        return x @ y
    return np.matmul(x, y)  # refuses


@matmul.vjp_wrt(0)
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> Raw:
    if x.ndim == y.ndim == 2:
        return g @ y.T
    if np.ndim(y) == 1:
        ct = np.expand_dims(g, -1) * y if np.ndim(x) > 1 else g * y
    elif np.ndim(x) == 1:
        ct = np.matmul(y, np.expand_dims(g, -1))[..., 0]
    else:
        ct = np.matmul(g, np.swapaxes(y, -1, -2))
    return unbroadcast(ct, np.shape(ct), np.shape(x))


@matmul.vjp_wrt(1)
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> Raw:
    if x.ndim == y.ndim == 2:
        return x.T @ g
    if np.ndim(x) == 1:
        ct = x[:, None] * np.expand_dims(g, -2) if np.ndim(y) > 1 else g * x
    elif np.ndim(y) == 1:
        ct = np.matmul(np.swapaxes(x, -1, -2), np.expand_dims(g, -1))[..., 0]
    else:
        ct = np.matmul(np.swapaxes(x, -1, -2), g)
    return unbroadcast(ct, np.shape(ct), np.shape(y))


def _dot(a: Raw, b: Raw) -> Raw:
    a, b = strong(a), strong(b)
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return np.multiply(a, b)
    if np.ndim(b) == 1 or np.ndim(a) == np.ndim(b) == 2:
        return np.matmul(a, b)
    return np.tensordot(a, b, (-1, -2))


def _inner(a: Raw, b: Raw) -> Raw:
    a, b = strong(a), strong(b)
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return np.multiply(a, b)
    return np.tensordot(a, b, (-1, -1))


def _vdot(a: Raw, b: Raw) -> Raw:
    a, b = as_array(a), as_array(b)
    a = np.conjugate(a) if np.iscomplexobj(a) else a
    return np.matmul(np.reshape(a, -1), np.reshape(b, -1))


def _outer(a: Raw, b: Raw) -> Raw:
    return np.reshape(a, (-1, 1)) * np.reshape(b, (1, -1))


def _tensordot(a: Raw, b: Raw, axes: Any = 2) -> Raw:
    """One product of matrices, with the axes that are summed over put together."""
    a, b = as_array(a), as_array(b)
    if isinstance(axes, int):
        axes = range(-axes, 0), range(axes)
    over_a, over_b = (
        [range(np.ndim(x))[i] for i in ([chosen] if isinstance(chosen, int) else chosen)]
        for x, chosen in zip((a, b), axes, strict=True)
    )
    shape_a, shape_b = np.shape(a), np.shape(b)
    if [shape_a[i] for i in over_a] != [shape_b[i] for i in over_b]:
        raise ValueError(
            f"shape-mismatch for sum: axes {over_a} of shape {shape_a} "
            f"and axes {over_b} of shape {shape_b}"
        )
    kept_a = [i for i in range(np.ndim(a)) if i not in over_a]
    kept_b = [i for i in range(np.ndim(b)) if i not in over_b]
    rows = _size(shape_a, kept_a), _size(shape_a, over_a)
    columns = _size(shape_b, over_b), _size(shape_b, kept_b)
    left = np.reshape(np.transpose(a, (*kept_a, *over_a)), rows)
    right = np.reshape(np.transpose(b, (*over_b, *kept_b)), columns)
    return np.reshape(
        np.matmul(left, right), (*(shape_a[i] for i in kept_a), *(shape_b[i] for i in kept_b))
    )


def _size(shape: tuple[int, ...], axes: list[int]) -> int:
    return int(np.prod([shape[i] for i in axes], dtype=int))


def _kron(a: Raw, b: Raw) -> Raw:
    """Each element of one times the whole of the other, laid out as blocks."""
    a, b = strong(a), strong(b)
    ndim = max(np.ndim(a), np.ndim(b))
    shape_a, shape_b = ((1,) * (ndim - np.ndim(x)) + np.shape(x) for x in (a, b))
    spaced_a = np.reshape(a, tuple(n for each in shape_a for n in (each, 1)))
    spaced_b = np.reshape(b, tuple(n for each in shape_b for n in (1, each)))
    return np.reshape(
        spaced_a * spaced_b, tuple(n * m for n, m in zip(shape_a, shape_b, strict=True))
    )


_HANDED = np.zeros((3, 3, 3), np.int8)
"""1 for even orders of three axes, -1 for odd ones: the Levi-Civita symbol."""
_HANDED[[0, 1, 2], [1, 2, 0], [2, 0, 1]] = 1
_HANDED[[0, 2, 1], [2, 1, 0], [1, 0, 2]] = -1


def _cross(
    a: Raw, b: Raw, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None
) -> Raw:
    """np.cross of vectors in space."""
    a, b = as_array(a), as_array(b)
    if axis is not None:
        axisa = axisb = axisc = axis
    if np.shape(a)[axisa] != 3 or np.shape(b)[axisb] != 3:
        raise og.errors.InputError(
            f"np.cross of Values takes vectors of 3 elements; given shapes {np.shape(a)} "
            f"and {np.shape(b)}"
        )
    a, b = np.moveaxis(a, axisa, -1), np.moveaxis(b, axisb, -1)
    dtype = np.result_type(a, b)
    if dtype.kind == "b":
        raise TypeError("np.cross takes no vectors of truths: these have no difference")
    handed = _HANDED.astype(dtype)  # the -1 of unsigned integers, which wrap around, is right
    return np.moveaxis(np.einsum("...i,...j,ijk->...k", a, b, handed), -1, axisc)


def _trace(
    a: Raw, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None, out: None = None
) -> Raw:
    a = a if dtype is None else np.astype(a, dtype)
    return np.sum(np.diagonal(a, offset, axis1, axis2), axis=-1)


def _vecdot(x1: Raw, x2: Raw, *, axis: int = -1, keepdims: bool = False) -> Raw:
    """np.vecdot: scalar products along an axis, of which the first vector is conjugated."""
    x1, x2 = _of_axes(x1, 1, axis), _of_axes(x2, 1, axis)
    x1 = np.conjugate(x1) if np.iscomplexobj(x1) else x1
    product = np.matmul(np.expand_dims(x1, -2), np.expand_dims(x2, -1))[..., 0, 0]
    return np.expand_dims(product, axis) if keepdims else product


def _of_axes(x: Raw, count: int, axis: int = -1) -> Raw:
    """The operand of a product that takes so many axes at least; the named one comes last.

    Raises:
        ValueError: it has fewer.
    """
    x = as_array(x)
    if np.ndim(x) < count:
        raise ValueError(f"an operand has {np.ndim(x)} axes, and this product takes {count}")
    return x if axis == -1 else np.moveaxis(x, axis, -1)


def _matvec(x1: Raw, x2: Raw) -> Raw:
    """np.matvec: matrices times vectors, of stacks of both."""
    return np.matmul(_of_axes(x1, 2), np.expand_dims(_of_axes(x2, 1), -1))[..., 0]


def _vecmat(x1: Raw, x2: Raw) -> Raw:
    """np.vecmat: conjugated vectors times matrices, of stacks of both."""
    x1, x2 = _of_axes(x1, 1), _of_axes(x2, 2)
    x1 = np.conjugate(x1) if np.iscomplexobj(x1) else x1
    return np.matmul(np.expand_dims(x1, -2), x2)[..., 0, :]


OPS = (matmul,)
FUNCTIONS: Functions = {
    np.dot: _dot,
    np.inner: _inner,
    np.vdot: _vdot,
    np.outer: _outer,
    np.tensordot: _tensordot,
    np.kron: _kron,
    np.cross: _cross,
    np.trace: _trace,
    np.vecdot: _vecdot,
}
if hasattr(np, "matvec"):  # NumPy 2.2's
    FUNCTIONS[np.matvec] = _matvec
    FUNCTIONS[np.vecmat] = _vecmat
