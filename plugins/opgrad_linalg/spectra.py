"""Eigenvalues and eigenvectors, singular values and vectors.

Vectors are determined up to their sign, and those of equal values up to a rotation: these have no
derivative, and gaps.py says how close is equal. Back, it is refused; forward, it is NaN. Values
alone have derivatives where some are equal, too, if the function is symmetric in them.

As with QR, values and vectors are one op that gives both, stacked along the rows. An op of its own
takes the vectors out: where a gradient arrives at that, they were used, be it all zero.

Sources: Giles, "Collected matrix derivative results for forward and reverse mode algorithmic
differentiation", 2008; Townsend, "Differentiating the singular value decomposition", 2016.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np

import opgrad as og
from opgrad import Raw
from opgrad_linalg.gaps import (
    differences,
    divided,
    of_pairs,
    refuse,
    shares,
    sums,
    too_small,
)
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
    symmetric,
    transposed,
)

BOTH = np.array([[0.8, 1.9, 3.1], [0.3, -0.4, 0.7], [1.2, 0.6, -0.1], [0.5, 0.2, 0.9]])
"""Three values, and below them vectors."""

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
    v = on_either(eigh_vectors, on_either(eigh_stacked, a, UPLO=UPLO))
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
    w, v = out[..., 0, :], on_either(eigh_vectors, out)
    turned = divided(_antisymmetric(transposed(v) @ g[..., 1:, :]), differences(w)) / 2
    return folded((v * g[..., :1, :] + v @ turned) @ transposed(v), into=UPLO)


@eigh_stacked.jvp
def _(tangents: tuple[Raw], out: Raw, a: Raw, *, UPLO: Triangle = "L") -> Raw:
    real(a, "eigenvectors")
    w, v = out[..., 0, :], on_either(eigh_vectors, out)
    e = transposed(v) @ symmetric(tangents[0], UPLO) @ v
    gaps, recorded = differences(w), isinstance(tangents[0], og.Value)
    turned = divided(e, gaps, too_small(gaps, w[..., None, :], recorded), np.nan)
    return np.concatenate([_diagonal(e), v @ turned], axis=-2)


@og.op(linear=True, samples=[(BOTH,), (BOTH[:, ::-1] * 1.2,), *float32((BOTH,))])
def eigh_vectors(both: Raw) -> Raw:
    """The eigenvectors in what eigh_stacked gives.

    Derivative: 1; NotDifferentiable where eigenvalues are equal, but for rounding.
    """
    return both[..., 1:, :]


@eigh_vectors.vjp
def _(g: Raw, out: Raw, both: Raw) -> Raw:
    w, recorded = both[..., 0, :], isinstance(g, og.Value)
    refuse(too_small(differences(w), w[..., None, :], recorded, of_pairs(shares(g))))
    return np.concatenate([np.zeros_like(g[..., :1, :]), g], axis=-2)


def _diagonal(a: Raw) -> Raw:
    return np.diagonal(a, axis1=-2, axis2=-1)[..., None, :]


def eigh(a: Raw, UPLO: Triangle = "L") -> Any:
    """Eigenvalues and eigenvectors, as NumPy's named tuple."""
    both = on_either(eigh_stacked, a, UPLO=UPLO)
    result = type(np.linalg.eigh(np.eye(1)))
    return result(_real_part(both[..., 0, :]), on_either(eigh_vectors, both))


def _real_part(values: Raw) -> Raw:
    return np.real(values) if np.iscomplexobj(values) else values


@og.op(samples=[(TALL,), (WIDE_STACK,), (SQUARE,), *float32((TALL,))])
def singular_values(a: Raw) -> Raw:
    """The singular values of each real matrix, in falling order.

    Derivative: of each, by A: u v', its singular vectors. Kinks where two are equal, or one is 0.
    """
    return np.linalg.svd(a, compute_uv=False)


@singular_values.vjp
def _(g: Raw, out: Raw, a: Raw) -> Raw:
    real(a, "singular values")
    m = np.shape(a)[-2]
    u, v = _parts(on_either(svd_vectors, on_either(svd_stacked, a), m=m), m)
    return (u * g[..., None, :]) @ transposed(v)


@og.op(samples=[(TALL,), (WIDE_STACK,), (SQUARE,), (STACK,), *float32((TALL,))])
def svd_stacked(a: Raw) -> Raw:
    """U, below it the singular values, below these V, of the reduced SVD of each real matrix.

    Derivative where the singular values are distinct and not 0.
    """
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    return np.concatenate([u, s[..., None, :], np.conj(np.swapaxes(vh, -1, -2))], axis=-2)


@svd_stacked.vjp
def _(g: Raw, out: Raw, a: Raw) -> Raw:
    real(a, "singular vectors")
    m, n = np.shape(a)[-2:]
    g_u, g_s, g_v = g[..., :m, :], g[..., m : m + 1, :], g[..., m + 1 :, :]
    s = out[..., m, :]
    u, v = _parts(on_either(svd_vectors, out, m=m), m)
    turned_u = _antisymmetric(transposed(u) @ g_u)
    turned_v = _antisymmetric(transposed(v) @ g_v)
    turned = divided(turned_u + turned_v, differences(s)) + divided(turned_u - turned_v, sums(s))
    g_a = (u * g_s + u @ turned / 2) @ transposed(v)
    if m > n:
        g_a = g_a + divided(_outside(u, g_u), s[..., None, :]) @ transposed(v)
    if n > m:
        g_a = g_a + u @ transposed(divided(_outside(v, g_v), s[..., None, :]))
    return g_a


@svd_stacked.jvp
def _(tangents: tuple[Raw], out: Raw, a: Raw) -> Raw:
    real(a, "singular vectors")
    [da] = tangents
    m, n = np.shape(a)[-2:]
    s = out[..., m, :]
    u, v = _parts(on_either(svd_vectors, out, m=m), m)
    row, recorded = s[..., None, :], isinstance(da, og.Value)
    e = transposed(u) @ da @ v
    apart, together = (
        divided(x, gaps, too_small(gaps, row, recorded), np.nan)
        for x, gaps in ((e + transposed(e), differences(s)), (_antisymmetric(e), sums(s)))
    )
    du, dv = u @ ((apart + together) / 2), v @ ((apart - together) / 2)
    is_small = too_small(row, row, recorded)
    if m > n:
        du = du + divided(_outside(u, da @ v), row, is_small, np.nan)
    if n > m:
        dv = dv + divided(_outside(v, transposed(da) @ u), row, is_small, np.nan)
    return np.concatenate([du, _diagonal(e), dv], axis=-2)


@og.op(
    linear=True,
    samples=[
        og.Sample(BOTH, m=1),
        og.Sample(np.concatenate([BOTH, BOTH[:2] + 0.3]), m=3),
        *(og.Sample(*x, m=1) for x in float32((BOTH,))),
    ],
)
def svd_vectors(both: Raw, *, m: int) -> Raw:
    """U and below it V, in what svd_stacked gives of a matrix of m rows.

    Derivative: 1; NotDifferentiable where singular values are equal, or 0 in a matrix that is not
    square, or two are 0, but for rounding.
    """
    return np.concatenate([both[..., :m, :], both[..., m + 1 :, :]], axis=-2)


@svd_vectors.vjp
def _(g: Raw, out: Raw, both: Raw, *, m: int) -> Raw:
    s, (g_u, g_v) = both[..., m, :], _parts(g, m)
    row, recorded, share = s[..., None, :], isinstance(g, og.Value), shares(g_u, g_v)
    refuse(*(too_small(gaps, row, recorded, of_pairs(share)) for gaps in (differences(s), sums(s))))
    if m != np.shape(g_v)[-2]:
        refuse(too_small(row, row, recorded, share))
    return np.concatenate([g_u, np.zeros_like(g[..., :1, :]), g_v], axis=-2)


def _parts(vectors: Raw, m: int) -> tuple[Raw, Raw]:
    return vectors[..., :m, :], vectors[..., m:, :]


def _outside(basis: Raw, vectors: Raw) -> Raw:
    """What of the columns is orthogonal to a basis."""
    return vectors - basis @ (transposed(basis) @ vectors)


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
    if hermitian:
        return _svd_of_symmetric(a, compute_uv)
    if not compute_uv:
        return on_either(singular_values, a)
    m, n = np.shape(a)[-2:]
    if full_matrices and m != n:
        raise og.NotDifferentiable(
            "some vectors of svd(a) of a matrix that is not square are arbitrary; "
            "use svd(a, full_matrices=False)"
        )
    both = on_either(svd_stacked, a)
    u, v = _parts(on_either(svd_vectors, both, m=m), m)
    result = type(np.linalg.svd(np.eye(1)))
    return result(u, _real_part(both[..., m, :]), np.conj(transposed(v)))


def _svd_of_symmetric(a: Raw, compute_uv: bool) -> Any:
    """By eigenvalues, of which the singular values are the sizes; it reads the lower triangle."""
    w, vectors = eigh(a) if compute_uv else (on_either(eigvalsh, a), None)
    order = np.argsort(np.abs(og.stop_gradient(w)), axis=-1)[..., ::-1]
    upward = np.where(
        og.stop_gradient(w) < 0, np.int8(-1), np.int8(1)
    )  # of 0, the derivative on one side
    values = np.take_along_axis(w * upward, order, axis=-1)
    if not compute_uv:
        return values
    u = np.take_along_axis(vectors, order[..., None, :], axis=-1)
    v = u * np.take_along_axis(upward, order, axis=-1)[..., None, :]
    return type(np.linalg.svd(np.eye(1)))(u, values, transposed(np.conj(v)))


@og.op(
    implements=np.linalg.eigvals,
    opaque=True,
    samples=[(REAL_SPECTRUM,), (SYMMETRIC_STACK,), *float32((REAL_SPECTRUM,))],
)
def eigvals(a: Raw) -> Raw:
    """The eigenvalues of each square matrix; real if all of them are, as in NumPy before 2.5.

    Derivative: of each, by A: conj(u) v' / (u* v) with its left and right eigenvectors u and v,
    where A can be diagonalized; else NotDifferentiable. It cannot be differentiated again.
    """
    values = np.linalg.eigvals(a)
    return values.real if _is_real(a, values) else values


@eigvals.vjp
def _(g: Raw, out: Raw, a: Raw) -> Raw:
    v = np.linalg.eig(a).eigenvectors
    if np.any(np.linalg.cond(v) > np.finfo(v.dtype).eps ** (-1 / 3)):
        raise og.NotDifferentiable(
            "the derivative of eigenvalues is not known of a matrix that cannot be diagonalized, "
            "or only nearly so"
        )
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
