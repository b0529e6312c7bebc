"""Eigenvalues and eigenvectors, singular values and vectors.

Vectors are determined up to their sign, and those of equal values up to a rotation: these have no
derivative. A gradient that arrives at them is refused with NotDifferentiable, also where it comes
from a function that does not depend on the choice: that cannot be told from here. Where values are
close, not equal, derivatives of vectors are large and imprecise. A gradient that arrives at the
values alone, of a function that is symmetric in equal ones, is right.

As with QR, values and vectors are one op that gives both, stacked along the rows.

Sources: Giles, "Collected matrix derivative results for forward and reverse mode algorithmic
differentiation", 2008; Townsend, "Differentiating the singular value decomposition", 2016.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np

import opgrad as og
from opgrad import Raw
from opgrad_linalg.matrices import (
    REAL_SPECTRUM,
    SQUARE,
    STACK,
    SYMMETRIC,
    SYMMETRIC_STACK,
    TALL,
    WIDE_STACK,
    float32,
    folded,
    on_either,
    real,
    reciprocal_gaps,
    transposed,
)

Triangle: TypeAlias = Literal["L", "U", "l", "u"]

SYMMETRIC_SAMPLES = [
    og.Sample(SYMMETRIC),
    og.Sample(SYMMETRIC_STACK, UPLO="U"),
    og.Sample(SQUARE, UPLO="u"),
    *(og.Sample(*x) for x in float32((SYMMETRIC,))),
]


@og.op(implements=np.linalg.eigvalsh, samples=SYMMETRIC_SAMPLES)
def eigvalsh(a: Raw, *, UPLO: Triangle = "L") -> Raw:
    """The eigenvalues of each real symmetric matrix, in rising order.

    It reads one triangle, as NumPy does, and the gradient is by that (see cholesky).

    Derivative: of each, by A: v v', v its eigenvector. Kinks where two are equal.
    """
    return np.linalg.eigvalsh(a, UPLO)


@eigvalsh.vjp
def _(g: Raw, out: Raw, a: Raw, *, UPLO: Triangle = "L") -> Raw:
    real(a, "eigenvalues")
    v = np.linalg.eigh(a, UPLO).eigenvectors
    return folded(v * g[..., None, :] @ transposed(v), into=UPLO)


@og.op(samples=SYMMETRIC_SAMPLES)
def eigh_stacked(a: Raw, *, UPLO: Triangle = "L") -> Raw:
    """The eigenvalues of real symmetric matrices, rising, and below them the eigenvectors.

    It reads one triangle, as NumPy does, and the gradient is by that (see cholesky).

    Derivative: dw = diag(V' dA V), dV = V (F * (V' dA V)), with F[i, j] = 1 / (w[j] - w[i]).
    """
    w, v = np.linalg.eigh(a, UPLO)
    return np.concatenate([w[..., None, :], v], axis=-2)


@eigh_stacked.vjp
def _(g: Raw, out: Raw, a: Raw, *, UPLO: Triangle = "L") -> Raw:
    real(a, "eigenvectors")
    w, v = out[..., 0, :], out[..., 1:, :]
    inner = transposed(v) @ g[..., 1:, :]
    g_a = (v * g[..., :1, :] + v @ (reciprocal_gaps(w, inner) * inner)) @ transposed(v)
    return folded((g_a + transposed(g_a)) / 2, into=UPLO)


def eigh(a: Raw, UPLO: Triangle = "L") -> Any:
    """Eigenvalues and eigenvectors, as NumPy's named tuple."""
    both = on_either(eigh_stacked, a, UPLO=UPLO)
    return type(np.linalg.eigh(np.eye(1)))(both[..., 0, :], both[..., 1:, :])


@og.op(samples=[(TALL,), (WIDE_STACK,), (SQUARE,), *float32((TALL,))])
def singular_values(a: Raw) -> Raw:
    """The singular values of each real matrix, in falling order.

    Derivative: of each, by A: u v', its singular vectors. Kinks where two are equal, or one is 0.
    """
    return np.linalg.svd(a, compute_uv=False)


@singular_values.vjp
def _(g: Raw, out: Raw, a: Raw) -> Raw:
    real(a, "singular values")
    u, _, vh = np.linalg.svd(a, full_matrices=False)
    return (u * g[..., None, :]) @ vh


@og.op(samples=[(TALL,), (WIDE_STACK,), (SQUARE,), (STACK,), *float32((TALL,))])
def svd_stacked(a: Raw) -> Raw:
    """U, below it the singular values, below these V, of the reduced SVD of each real matrix.

    Derivative where the singular values are distinct and not 0.
    """
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    return np.concatenate([u, s[..., None, :], np.swapaxes(vh, -1, -2)], axis=-2)


@svd_stacked.vjp
def _(g: Raw, out: Raw, a: Raw) -> Raw:
    real(a, "singular vectors")
    m, n = np.shape(a)[-2:]
    u, s, v = out[..., :m, :], out[..., m, :], out[..., m + 1 :, :]
    g_u, g_s, g_v = g[..., :m, :], g[..., m : m + 1, :], g[..., m + 1 :, :]
    inner_u, inner_v = transposed(u) @ g_u, transposed(v) @ g_v
    f = reciprocal_gaps(s * s, inner_u, inner_v)
    row = s[..., None, :]
    left = f * _antisymmetric(inner_u) * row
    right = transposed(row) * (f * _antisymmetric(inner_v))
    g_a = (u * g_s + u @ (left + right)) @ transposed(v)
    if m > n:
        g_a = g_a + ((g_u - u @ (transposed(u) @ g_u)) / row) @ transposed(v)
    if n > m:
        g_a = g_a + (u / row) @ transposed(g_v - v @ (transposed(v) @ g_v))
    return g_a


def _antisymmetric(a: Raw) -> Raw:
    return a - transposed(a)


def svd(
    a: Raw, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False
) -> Any:
    """U, singular values and V', as NumPy's named tuple; or the singular values alone.

    Raises:
        NotDifferentiable: of a matrix that is not square, singular vectors are wanted that belong
            to no singular value; they are arbitrary.
    """
    if not compute_uv:
        return on_either(singular_values, a)
    m, n = np.shape(a)[-2:]
    if full_matrices and m != n:
        raise og.NotDifferentiable(
            "some vectors of svd(a) of a matrix that is not square are arbitrary; "
            "use svd(a, full_matrices=False)"
        )
    out = on_either(svd_stacked, a)
    parts = out[..., :m, :], out[..., m, :], transposed(out[..., m + 1 :, :])
    return type(np.linalg.svd(np.eye(1)))(*parts)


@og.op(
    implements=np.linalg.eigvals,
    opaque=True,
    samples=[(REAL_SPECTRUM,), (SYMMETRIC_STACK,), *float32((REAL_SPECTRUM,))],
)
def eigvals(a: Raw) -> Raw:
    """The eigenvalues of each square matrix; real if all of them are, as in NumPy before 2.5.

    Derivative: of each, by A: conj(u) v' / (u* v) with its left and right eigenvectors u and v,
    where A can be diagonalized. It cannot be differentiated again.
    """
    values = np.linalg.eigvals(a)
    return values.real if _is_real(a, values) else values


@eigvals.vjp
def _(g: Raw, out: Raw, a: Raw) -> Raw:
    v = np.linalg.eig(a).eigenvectors
    g_a = np.linalg.solve(transposed(v), g[..., :, None] * transposed(v))
    if a.dtype.kind != "c" and out.dtype.kind != "c":
        g_a = g_a.real
    return g_a.astype(np.result_type(a, out), copy=False)


@og.op(samples=[(REAL_SPECTRUM,), (SYMMETRIC_STACK,), *float32((REAL_SPECTRUM,))])
def eigenvectors(a: Raw) -> Raw:
    """The eigenvectors of each square matrix, as columns; real if all eigenvalues are.

    No gradient is known here: NotDifferentiable, when it is asked for.
    """
    values, vectors = np.linalg.eig(a)
    return vectors.real if _is_real(a, values) else vectors


@eigenvectors.vjp
def _(g: Raw, out: Raw, a: Raw) -> Raw:
    raise og.NotDifferentiable(
        "the eigenvectors of eig() have arbitrary phases; of a symmetric matrix use eigh()"
    )


def _is_real(a: Raw, values: Raw) -> bool:
    """Whether the eigenvalues of real matrices are real."""
    return not np.iscomplexobj(a) and not np.any(np.imag(values))


def eig(a: Raw) -> Any:
    """Eigenvalues and eigenvectors, as NumPy's named tuple; no gradient through the latter."""
    values, vectors = on_either(eigvals, a), on_either(eigenvectors, a)
    return type(np.linalg.eig(np.eye(1)))(values, vectors)
