"""What the rules of this plugin have in common: matrices, and stacks of them."""

from __future__ import annotations

from typing import Any

import numpy as np

import opgrad as og
from opgrad import Raw

SQUARE = np.array([[2.0, -0.3, 0.8], [0.5, 1.7, -0.4], [-0.6, 0.9, 2.4]])
STACK = np.array([[[1.2, 0.4], [-0.7, 0.9]], [[-0.3, 1.1], [0.8, 0.6]]])
REAL_SPECTRUM = np.array([[2.0, 0.3, -0.1], [0.5, -1.0, 0.2], [0.4, 0.1, 0.6]])
SYMMETRIC = np.array([[2.0, 0.3, -0.5], [0.3, 3.1, 0.4], [-0.5, 0.4, 1.2]])
SYMMETRIC_STACK = np.array([[[1.2, 0.4], [0.4, 0.9]], [[2.3, -0.6], [-0.6, 1.5]]])
TALL = np.array([[0.9, -0.4], [1.3, 0.7], [-0.2, 1.6]])
WIDE_STACK = np.array([[[0.9, -0.4, 0.2], [1.3, 0.7, -0.8]], [[0.3, 1.4, -0.6], [-1.1, 0.5, 0.7]]])
SINGULAR = np.array([[1.0, 2.0, 0.0], [2.0, 4.0, 1.0], [0.0, 0.0, 3.0]])
EMPTY = np.zeros((0, 0))


def transposed(a: Raw) -> Raw:
    """Each matrix transposed."""
    return np.swapaxes(a, -1, -2)


def per_matrix(x: Raw) -> Raw:
    """A number per matrix, of a shape to multiply the matrices with."""
    return np.reshape(x, (*np.shape(x), 1, 1))


def lower(a: Raw, diagonal: float = 1.0) -> Raw:
    """The lower triangle of each square matrix, its diagonal times a number.

    The upper one is cut, whatever is in it, not multiplied by zero.
    """
    n = np.shape(a)[-1]
    factors = np.where(np.eye(n, dtype=bool), diagonal, 1.0).astype(a.dtype)
    return og.zero_where(~np.tri(n, dtype=bool), a * factors)


def folded(a: Raw, *, into: str = "L") -> Raw:
    """The cotangent of a triangle that was read as a symmetric matrix, given the latter's."""
    both = lower(a + transposed(a), 0.5)
    return both if into in "Ll" else transposed(both)


def symmetric(a: Raw, triangle: str) -> Raw:
    """The symmetric matrix that is read from one triangle."""
    half = lower(a if triangle in "Ll" else transposed(a), 0.5)
    return half + transposed(half)


def unbroadcast(g: Raw, shape: tuple[int, ...]) -> Raw:
    """The sum over the axes of a stack that were stretched, or added, from ``shape``."""
    given = np.shape(g)
    if given == shape:
        return g
    lead = len(given) - len(shape)
    stretched = (lead + i for i, n in enumerate(shape) if n == 1 and given[lead + i] != 1)
    return np.reshape(np.sum(g, axis=(*range(lead), *stretched)), shape)


def real(a: Raw, what: str) -> None:
    """Refuse complex matrices where the derivative is not holomorphic.

    Raises:
        NotDifferentiable: ``a`` is complex.
    """
    if a.dtype.kind == "c":
        raise og.NotDifferentiable(f"the derivative of {what} is known here for real matrices only")


def on_either(op: og.Op, *inputs: Raw, **params: Any) -> Raw:
    """An op in what is called on Values and on raw data, which stays raw."""
    if any(isinstance(x, og.Value) for x in inputs):
        return og.ops[f"linalg.{op.name}"](*inputs, **params)
    return op.forward(*inputs, **params)


def float32(*samples: Any) -> list[tuple[Raw, ...]]:
    """The same samples in single precision."""
    return [tuple(np.asarray(x, np.float32) for x in sample) for sample in samples]
