"""Determinants.

A determinant is a polynomial: it has all derivatives, also where the matrix is singular and no
inverse helps. The first two are computed by way of the singular value decomposition A = U S V',
with which det(A + E) = det(U) det(V') det(S + U' E V), and S is diagonal.

Sources: Giles, "Collected matrix derivative results for forward and reverse mode algorithmic
differentiation", 2008; of the derivatives at a singular matrix: Magnus and Neudecker, "Matrix
Differential Calculus", 8.3 and 8.4.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import opgrad as og
from opgrad import Raw
from opgrad_linalg.matrices import (
    EMPTY,
    SINGULAR,
    SQUARE,
    STACK,
    float32,
    on_either,
    per_matrix,
    transposed,
)


@og.op(
    implements=np.linalg.det,
    samples=[(SQUARE,), (STACK,), (EMPTY,), (SINGULAR,), *float32((SQUARE,))],
)
def det(a: Raw) -> Raw:
    """The determinant of each square matrix.

    Derivative: the cofactors, also of a singular matrix.
    """
    return np.linalg.det(a)


@det.vjp
def _(g: Raw, out: Raw, a: Raw) -> Raw:
    return per_matrix(g) * cofactors(a)


@og.op(samples=[(SQUARE,), (STACK,), *float32((SQUARE,))])
def cofactors(a: Raw) -> Raw:
    """The derivatives C of each matrix's determinant: det(A) A**-T, if A has an inverse.

    Derivative: see cofactor_change.
    """
    sign, u, s, vh = _factors(a)
    n = s.shape[-1]
    others = np.where(np.eye(n, dtype=bool), np.ones((), s.dtype), s[..., None, :]).prod(-1)
    return sign * ((np.conj(u) * others[..., None, :]) @ np.conj(vh))


@cofactors.vjp
def _(g: Raw, out: Raw, a: Raw) -> Raw:
    return cofactor_change(a, g)


_STACK = np.stack([SQUARE, SQUARE.T + 0.3])  # of 2 by 2 matrices the change is the same everywhere


@og.op(
    samples=[(SQUARE, SQUARE.T - 1), (_STACK, _STACK[::-1]), *float32((SQUARE, SQUARE.T))],
)
def cofactor_change(a: Raw, e: Raw) -> Raw:
    """How the cofactors C of each matrix A change along a matrix E.

    It is C tr(A**-1 E) - A**-T E' C, if A has an inverse. In general, with s the singular values,
    M = U' E V and p[i, j] the product of all of s but s[i] and s[j], it is conj(U) D conj(V'),
    times the determinants of U and V', where D[i, j] = -M[j, i] p[i, j], and D[i, i] is the sum
    over all other j of M[j, j] p[i, j].

    Derivative: by E the same, as the second derivative of a polynomial is symmetric; by A by the
    first formula, and NotDifferentiable for a singular matrix.
    """
    sign, u, s, vh = _factors(a)
    m = np.conj(transposed(u)) @ e @ np.conj(transposed(vh))
    p = _products_of_all_but_two(s)
    moved = -transposed(m) * p
    along = (p @ np.diagonal(m, axis1=-2, axis2=-1)[..., None])[..., 0]
    i = np.arange(s.shape[-1])
    moved[..., i, i] = along
    return sign * (np.conj(u) @ moved @ np.conj(vh))


@cofactor_change.vjp_wrt(0)
def _(g: Raw, out: Raw, a: Raw, e: Raw) -> Raw:
    if np.any(np.linalg.cond(og.stop_gradient(a)) > 1 / np.sqrt(np.finfo(a.dtype).eps)):
        raise og.NotDifferentiable(
            "the third derivative of a determinant is known here for matrices with an inverse only"
        )
    inverse = np.linalg.inv(a)
    d, x, y = np.linalg.det(a), inverse @ e, inverse @ g
    by_x, by_y = _trace(x), _trace(y)
    both = by_x * by_y - _trace(x @ y)
    mixed = transposed((x @ y + y @ x - by_y * x - by_x * y) @ inverse)
    return per_matrix(d) * (both * transposed(inverse) + mixed)


@cofactor_change.vjp_wrt(1)
def _(g: Raw, out: Raw, a: Raw, e: Raw) -> Raw:
    return cofactor_change(a, g)


def _factors(a: Raw) -> tuple[Raw, Raw, Raw, Raw]:
    """The factors of det(U) det(V') det(S), and U, S, V'."""
    u, s, vh = np.linalg.svd(a)
    return per_matrix(np.linalg.det(u) * np.linalg.det(vh)), u, s, vh


def _products_of_all_but_two(s: Raw) -> Raw:
    """At i, j the product of all elements but i and j; 0 on the diagonal. No division."""
    n = s.shape[-1]
    if n < 2:
        return np.zeros((*s.shape, n), s.dtype)
    after = np.triu(np.ones((n, n), bool), 1)  # j > i
    one = np.ones((), s.dtype)
    first = np.ones((*s.shape[:-1], 1), s.dtype)
    below = np.concatenate([first, np.cumprod(s, -1)[..., :-1]], -1)
    above = np.concatenate([first, np.cumprod(s[..., ::-1], -1)[..., :-1]], -1)[..., ::-1]
    between = np.cumprod(np.where(after, s[..., None, :], one), -1)
    between = np.concatenate([np.ones((*s.shape, 1), s.dtype), between[..., :-1]], -1)
    upper = np.where(after, below[..., :, None] * between * above[..., None, :], 0 * one)
    return upper + transposed(upper)


def _trace(a: Raw) -> Raw:
    return per_matrix(np.trace(a, axis1=-2, axis2=-1))


@og.op(samples=[(SQUARE,), (STACK,), (EMPTY,), *float32((SQUARE,))])
def logabsdet(a: Raw) -> Raw:
    """log(abs(det(A))) of each square matrix. Derivative: A**-T."""
    return np.linalg.slogdet(a).logabsdet


@logabsdet.vjp
def _(g: Raw, out: Raw, a: Raw) -> Raw:
    if np.any(np.isneginf(og.stop_gradient(out))):
        raise og.NotDifferentiable("the logarithm of a determinant that is 0 has no derivative")
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
