"""Functions of ``scipy.linalg`` on Values, of which NumPy has none: single matrices only.

They are ops, called as SciPy's functions are: ``from opgrad_scipy.linalg import expm``.
"""

from __future__ import annotations

import numpy as np

import opgrad as og
from opgrad import Raw

LOWER = np.array([[1.4, 0.0, 0.0], [0.3, 2.1, 0.0], [-0.8, 0.5, 1.7]])
MATRIX = np.array([[1.1, 0.4, -0.2], [0.3, 1.6, 0.5], [-0.1, 0.2, 0.9]])
RIGHT = np.array([[0.9, -0.4], [1.3, 0.7], [-0.2, 1.6]])


def _single(*arrays: Raw) -> tuple[Raw, ...]:
    return tuple(x.astype(np.float32) for x in arrays)


@og.op(
    samples=[
        og.Sample(LOWER, RIGHT, lower=True),
        og.Sample(LOWER.T, RIGHT[:, 0]),
        og.Sample(LOWER, RIGHT, lower=True, trans=1),
        og.Sample(LOWER.T, RIGHT[:, 0], trans=1, unit_diagonal=True),
        og.Sample(*_single(LOWER, RIGHT), lower=True),
    ]
)
def solve_triangular(
    a: Raw, b: Raw, *, trans: int = 0, lower: bool = False, unit_diagonal: bool = False
) -> Raw:
    """The x with a x = b (a' x = b, if ``trans`` is 1), for a triangular matrix a.

    It reads one triangle of a, and the gradient is by that.

    Derivative: dx = a**-1 (db - da x). Source: Giles, "Collected matrix derivative results for
    forward and reverse mode algorithmic differentiation", 2008.
    """
    from scipy.linalg import solve_triangular as solve

    return solve(a, b, trans=trans, lower=lower, unit_diagonal=unit_diagonal)


@solve_triangular.vjp
def _(
    g: Raw,
    out: Raw,
    a: Raw,
    b: Raw,
    *,
    trans: int = 0,
    lower: bool = False,
    unit_diagonal: bool = False,
) -> tuple[Raw, Raw]:
    g_b = solve_triangular(a, g, trans=1 - trans, lower=lower, unit_diagonal=unit_diagonal)
    left, right = (out, g_b) if trans else (g_b, out)
    if np.ndim(b) == 1:
        left, right = np.expand_dims(left, -1), np.expand_dims(right, -1)
    g_a = -(left @ np.transpose(right))
    n = np.shape(a)[0]
    triangle = np.tri(n, k=-1 if unit_diagonal else 0, dtype=a.dtype)
    return g_a * (triangle if lower else triangle.T), g_b


@og.op(
    samples=[
        (MATRIX, LOWER, MATRIX),
        (MATRIX, LOWER[:2, :2], RIGHT),
        _single(MATRIX, LOWER, MATRIX),
    ]
)
def solve_sylvester(a: Raw, b: Raw, q: Raw) -> Raw:
    """The x with a x + x b = q.

    Derivative: a dx + dx b = dq - da x - x db.
    """
    from scipy.linalg import solve_sylvester as solve

    return solve(a, b, q)


@solve_sylvester.vjp
def _(g: Raw, out: Raw, a: Raw, b: Raw, q: Raw) -> tuple[Raw, Raw, Raw]:
    g_q = solve_sylvester(np.transpose(a), np.transpose(b), g)
    return -(g_q @ np.transpose(out)), -(np.transpose(out) @ g_q), g_q


@og.op(samples=[(MATRIX,), (LOWER,), _single(MATRIX)])
def sqrtm(a: Raw) -> Raw:
    """The principal square root r of a matrix whose eigenvalues are not negative or 0.

    Derivative: r dr + dr r = da. Where r of a real matrix is complex: NotDifferentiable.
    """
    from scipy.linalg import sqrtm as root

    return root(a)


@sqrtm.vjp
def _(g: Raw, out: Raw, a: Raw) -> Raw:
    if out.dtype.kind == "c" and a.dtype.kind != "c":
        raise og.NotDifferentiable("sqrtm() of a matrix with negative eigenvalues")
    root = np.transpose(out)
    return solve_sylvester(root, root, g)


@og.op(samples=[(MATRIX,), (LOWER,), (MATRIX - 2 * LOWER,), _single(MATRIX)])
def expm(a: Raw) -> Raw:
    """The matrix exponential.

    Derivative along E: the upper right block of the exponential of [[A, E], [0, A]]. Source: Van
    Loan, "Computing integrals involving the matrix exponential", 1978.
    """
    from scipy.linalg import expm as exponential

    return exponential(a)


@expm.vjp
def _(g: Raw, out: Raw, a: Raw) -> Raw:
    n = np.shape(a)[-1]
    first, last = np.eye(n, 2 * n, dtype=a.dtype), np.eye(n, 2 * n, n, dtype=a.dtype)
    a_t = np.transpose(a)
    blocks = first.T @ a_t @ first + last.T @ a_t @ last + first.T @ g @ last
    return expm(blocks)[:n, n:]
