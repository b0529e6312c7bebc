"""Cholesky and QR.

An op has one output. What NumPy returns as two matrices is one op that gives both, stacked along
the rows; the function that stands in for NumPy's takes the parts out, as NumPy's named tuple. So
the factorization is computed once, and gradients of either part, or both, arrive together.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import opgrad as og
from opgrad import Raw
from opgrad_linalg.matrices import (
    SQUARE,
    STACK,
    SYMMETRIC,
    SYMMETRIC_STACK,
    TALL,
    WIDE_STACK,
    float32,
    folded,
    lower,
    on_either,
    real,
    transposed,
)


@og.op(
    implements=np.linalg.cholesky,
    samples=[
        og.Sample(SYMMETRIC),
        og.Sample(SYMMETRIC_STACK),
        og.Sample(SYMMETRIC, upper=True),
        *float32((SYMMETRIC,)),
    ],
)
def cholesky(a: Raw, *, upper: bool = False) -> Raw:
    """The lower triangular L with L L' = A, of each symmetric positive definite matrix.

    As NumPy does, it reads the lower triangle of A only, and the gradient is by that: it is 0 above
    the diagonal, and below it the sum of what the two equal elements of a symmetric A would get.
    With ``upper`` it reads the upper triangle, and gives L transposed.

    Derivative: dL = L Phi(L**-1 dA L**-T), where Phi takes the lower triangle and half the
    diagonal. Source: Murray, "Differentiation of the Cholesky decomposition", 2016.
    """
    return np.linalg.cholesky(a, upper=upper)


@cholesky.vjp
def _(g: Raw, out: Raw, a: Raw, *, upper: bool = False) -> Raw:
    real(a, "a Cholesky factor")
    if upper:
        g, out = transposed(g), transposed(out)
    phi = lower(transposed(out) @ g, 0.5)
    left = np.linalg.solve(transposed(out), phi)
    g_a = transposed(np.linalg.solve(transposed(out), transposed(left)))
    return folded((g_a + transposed(g_a)) / 2, into="U" if upper else "L")


@og.op(samples=[(TALL,), (SQUARE,), (STACK,), (WIDE_STACK,), *float32((TALL,))])
def qr_stacked(a: Raw) -> Raw:
    """Q, and below it R transposed, of the reduced QR factorization of each matrix.

    Derivative where the first columns of A, as many as Q has, are linearly independent; NaN where
    rounding errors leave nothing that tells them from dependent ones.

    Source: Seeger et al., "Auto-differentiating linear algebra", 2017; for wide matrices Roberts
    and Roberts, "QR and LQ decomposition matrix backpropagation algorithms", 2020.
    """
    q, r = np.linalg.qr(a)
    return np.concatenate([q, np.swapaxes(r, -1, -2)], axis=-2)


@qr_stacked.vjp
def _(g: Raw, out: Raw, a: Raw) -> Raw:
    real(a, "a QR factorization")
    m, n = np.shape(a)[-2:]
    q, r = _parts(out, m)
    g_q, g_r = _parts(g, m)
    if m >= n:
        return _tall(q, r, g_q, g_r)
    g_rest = g_r[..., m:]
    g_q = g_q + a[..., m:] @ transposed(g_rest)
    first = _tall(q, r[..., :m], g_q, g_r[..., :m])
    return np.concatenate([first, q @ g_rest], axis=-1)


def _tall(q: Raw, r: Raw, g_q: Raw, g_r: Raw) -> Raw:
    m = r @ transposed(g_r) - transposed(g_q) @ q
    symmetric = lower(m) + transposed(lower(m, 0.0))
    return transposed(np.linalg.solve(_regular(r), transposed(g_q + q @ symmetric)))


def _regular(r: Raw) -> Raw:
    """Triangular matrices, with NaN for those that are singular but for rounding errors."""
    plain = np.abs(og.stop_gradient(r))
    if 0 in np.shape(plain):
        return r
    lost = np.finfo(plain.dtype).eps * np.shape(plain)[-1]
    smallest = np.min(np.diagonal(plain, axis1=-2, axis2=-1), axis=-1)
    is_singular = smallest <= lost * np.max(plain, axis=(-2, -1))
    return np.where(is_singular[..., None, None], np.nan, r)


def _parts(stacked: Raw, rows: int) -> tuple[Raw, Raw]:
    return stacked[..., :rows, :], transposed(stacked[..., rows:, :])


def qr(a: Raw, mode: str = "reduced") -> Any:
    """Q and R, as NumPy's named tuple; with ``mode="r"``, R alone.

    Raises:
        NotDifferentiable: of a tall matrix more columns of Q are wanted than A has; they are
            arbitrary.
        InputError: a mode in which NumPy gives something else.
    """
    m, n = np.shape(a)[-2:]
    if mode == "complete" and m > n:
        raise og.NotDifferentiable(
            "the last columns of Q in qr(a, mode='complete') are arbitrary; use mode='reduced'"
        )
    if mode not in ("reduced", "complete", "r"):
        raise og.errors.InputError(f"qr of a Value has no mode {mode!r}: reduced, complete or r")
    q, r = _parts(on_either(qr_stacked, a), m)
    return r if mode == "r" else type(np.linalg.qr(np.eye(1)))(q, r)
