"""Determinants.

Source of the rules: Giles, "Collected matrix derivative results for forward and reverse mode
algorithmic differentiation", 2008.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import opgrad as og
from opgrad import Raw
from opgrad_linalg.matrices import EMPTY, SQUARE, STACK, float32, on_either, per_matrix, transposed


@og.op(implements=np.linalg.det, samples=[(SQUARE,), (STACK,), (EMPTY,), *float32((SQUARE,))])
def det(a: Raw) -> Raw:
    """The determinant of each square matrix.

    Derivative: the cofactors, also of a singular matrix, where the second derivative is not known.
    """
    return np.linalg.det(a)


@det.vjp
def _(g: Raw, out: Raw, a: Raw) -> Raw:
    return per_matrix(g) * cofactors(a)


@og.op(samples=[(SQUARE,), (STACK,), *float32((SQUARE,))])
def cofactors(a: Raw) -> Raw:
    """The derivatives C = det(A) A**-T of each matrix's determinant, by way of singular values.

    Derivative: dC = C tr(A**-1 dA) - A**-T dA' C; a LinAlgError for a singular matrix.
    """
    return _cofactors(a)


@cofactors.vjp
def _(g: Raw, out: Raw, a: Raw) -> Raw:
    inverse = transposed(np.linalg.inv(a))
    scale = per_matrix(np.sum(g * out, axis=(-2, -1)))
    return scale * inverse - out @ transposed(g) @ inverse


def _cofactors(a: Raw) -> Raw:
    u, s, vh = np.linalg.svd(a)
    n = s.shape[-1]
    others = np.where(np.eye(n, dtype=bool), np.ones((), s.dtype), s[..., None, :]).prod(-1)
    sign = np.linalg.det(u) * np.linalg.det(vh)
    return per_matrix(sign) * ((np.conj(u) * others[..., None, :]) @ np.conj(vh))


@og.op(samples=[(SQUARE,), (STACK,), (EMPTY,), *float32((SQUARE,))])
def logabsdet(a: Raw) -> Raw:
    """log(abs(det(A))) of each square matrix. Derivative: A**-T."""
    return np.linalg.slogdet(a).logabsdet


@logabsdet.vjp
def _(g: Raw, out: Raw, a: Raw) -> Raw:
    return per_matrix(g) * transposed(np.linalg.inv(a))


@og.op(samples=[(SQUARE,), (STACK,), *float32((SQUARE,))])
def det_sign(a: Raw) -> Raw:
    """The sign of the determinant of each square matrix.

    No gradient: it is constant but where it jumps. Of a complex matrix: NotDifferentiable.
    """
    return np.linalg.slogdet(a).sign


@det_sign.vjp
def _(g: Raw, out: Raw, a: Raw) -> tuple[None]:
    if a.dtype.kind == "c":
        raise og.NotDifferentiable("the sign of a complex determinant is not holomorphic")
    return (None,)


def slogdet(a: Raw) -> Any:
    """The sign and the logarithm of the absolute value, as NumPy's named tuple."""
    sign, log = on_either(det_sign, a), on_either(logabsdet, a)
    return type(np.linalg.slogdet(np.eye(1)))(sign, log)
