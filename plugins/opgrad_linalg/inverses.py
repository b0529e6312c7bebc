"""Inverses, and solutions of linear equations.

Source of the rules: Giles, "Collected matrix derivative results for forward and reverse mode
algorithmic differentiation", 2008; of the pseudo-inverse's: Golub and Pereyra, "The
differentiation of pseudo-inverses and nonlinear least squares problems whose variables separate",
1973.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

import opgrad as og
from opgrad import Raw
from opgrad_linalg.matrices import (
    EMPTY,
    SQUARE,
    STACK,
    SYMMETRIC,
    TALL,
    WIDE_STACK,
    float32,
    folded,
    real,
    transposed,
    unbroadcast,
)


@og.op(implements=np.linalg.inv, samples=[(SQUARE,), (STACK,), (EMPTY,), *float32((SQUARE,))])
def inv(a: Raw) -> Raw:
    """The inverse B of each square matrix. Derivative: dB = -B dA B."""
    return np.linalg.inv(a)


@inv.vjp
def _(g: Raw, out: Raw, a: Raw) -> Raw:
    return -(transposed(out) @ g @ transposed(out))


@og.op(
    implements=np.linalg.solve,
    samples=[
        (SQUARE, TALL),
        (SQUARE, SQUARE[0]),
        (STACK, STACK[0]),
        (STACK[0], STACK),
        (STACK, STACK[0, 0]),
        *float32((SQUARE, TALL)),
    ],
)
def solve(a: Raw, b: Raw) -> Raw:
    """The x with a x = b: b is a vector if it has one axis, else a matrix or a stack of them.

    Derivative: dx = a**-1 (db - da x).
    """
    return np.linalg.solve(a, b)


@solve.vjp_wrt(0)
def _(g: Raw, out: Raw, a: Raw, b: Raw) -> Raw:
    column = np.ndim(b) == 1
    g_b = np.linalg.solve(transposed(a), _column(g) if column else g)
    x = _column(out) if column else out
    return unbroadcast(-(g_b @ transposed(x)), np.shape(a))


@solve.vjp_wrt(1)
def _(g: Raw, out: Raw, a: Raw, b: Raw) -> Raw:
    if np.ndim(b) == 1:
        return unbroadcast(np.linalg.solve(transposed(a), _column(g))[..., 0], np.shape(b))
    return unbroadcast(np.linalg.solve(transposed(a), g), np.shape(b))


def _column(x: Raw) -> Raw:
    return np.expand_dims(x, -1)


@og.op(
    implements=np.linalg.pinv,
    samples=[
        og.Sample(TALL),
        og.Sample(WIDE_STACK, rcond=1e-10),
        og.Sample(SQUARE, rtol=1e-10),
        og.Sample(SYMMETRIC, hermitian=True),
        *float32((TALL,)),
    ],
)
def pinv(a: Raw, *, rcond: Any = None, hermitian: bool = False, rtol: Any = None) -> Raw:
    """The pseudo-inverse P of each real matrix A; singular values that are too small count as 0.

    Derivative: dP = -P dA P + P P' dA' (1 - A P) + (1 - P A) dA' P' P, where the rank of A does not
    change; where it does, P is not continuous. With ``hermitian`` it reads the lower triangle, and
    the gradient is by that.
    """
    given = {} if rtol is None else {"rtol": rtol}  # NumPy tells a missing one from None
    return np.linalg.pinv(a, rcond, hermitian, **given)


@pinv.vjp
def _(
    g: Raw, out: Raw, a: Raw, *, rcond: Any = None, hermitian: bool = False, rtol: Any = None
) -> Raw:
    real(a, "a pseudo-inverse")
    p, p_t, g_t = out, transposed(out), transposed(g)
    outside_rows = g_t - a @ (p @ g_t)
    outside_columns = g_t - (g_t @ p) @ a
    g_a = -(p_t @ g @ p_t) + outside_rows @ p @ p_t + p_t @ p @ outside_columns
    return folded((g_a + transposed(g_a)) / 2) if hermitian else g_a


def lstsq(a: Raw, b: Raw, rcond: Any = None) -> tuple[Raw, Raw, Raw, Raw]:
    """The solution, residuals, rank and singular values of a least-squares problem.

    As NumPy's. Gradients flow through the solution, residuals and singular values; the rank, an
    integer, has none.
    """
    a, b = (np.asarray(x) if isinstance(x, list | tuple) else x for x in (a, b))
    m, n = np.shape(a)
    common = np.result_type(og.stop_gradient(a), og.stop_gradient(b))
    common = common if common.kind in "fc" else np.dtype(np.float64)
    a, b = np.astype(a, common), np.astype(b, common)
    if rcond is None:
        rcond = np.finfo(common).eps * max(m, n)
    x = np.linalg.pinv(a, rcond=rcond) @ b
    singular = np.linalg.svd(a, compute_uv=False)
    raw = og.stop_gradient(singular)
    rank = np.intc(int(np.sum(raw > rcond * np.max(raw, initial=0))))
    misfit = b - a @ x
    if rank == n < m:
        is_complex = common.kind == "c"
        square = np.real(misfit * np.conj(misfit)) if is_complex else misfit * misfit
        squares = np.sum(square, axis=0)
        residuals = np.reshape(squares, (1,)) if np.ndim(b) == 1 else squares
    else:
        residuals = np.zeros(0, np.finfo(common).dtype)
    return x, residuals, rank, singular


def matrix_power(a: Raw, n: int) -> Raw:
    """The product of ``n`` times the same square matrix; of its inverse, if ``n`` is negative."""
    if np.ndim(a) < 2 or np.shape(a)[-1] != np.shape(a)[-2]:
        raise np.linalg.LinAlgError(f"takes square matrices; given the shape {np.shape(a)}")
    if n == 0:
        return np.broadcast_to(np.eye(np.shape(a)[-1], dtype=a.dtype), np.shape(a))
    square = np.linalg.inv(a) if n < 0 else a
    n = abs(operator.index(n))
    power = None
    while n:  # the binary digits of n, the lowest first
        if n % 2:
            power = square if power is None else power @ square
        n //= 2
        if n:
            square = square @ square
    return power
