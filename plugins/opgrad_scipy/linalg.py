"""Functions of ``scipy.linalg`` on Values, of which NumPy has none; on stacks of matrices, too.

They are ops, called as SciPy's functions are: ``from opgrad_scipy.linalg import expm``. What SciPy
makes of complex matrices is holomorphic, and so are the rules: they transpose, and do not
conjugate. Stacks take SciPy 1.16 or later, but for expm and sqrtm.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np

import opgrad as og
from opgrad import Raw

Transposed: TypeAlias = Literal[0, 1, 2, "N", "T", "C"]

LOWER = np.array([[1.4, 0.0, 0.0], [0.3, 2.1, 0.0], [-0.8, 0.5, 1.7]])
MATRIX = np.array([[1.1, 0.4, -0.2], [0.3, 1.6, 0.5], [-0.1, 0.2, 0.9]])
RIGHT = np.array([[0.9, -0.4], [1.3, 0.7], [-0.2, 1.6]])
STACK = np.stack([MATRIX, LOWER + 0.1])


def _single(*arrays: Raw) -> tuple[Raw, ...]:
    return tuple(x.astype(np.float32) for x in arrays)


def _transposed(a: Raw) -> Raw:
    return np.swapaxes(a, -1, -2)


def _unbroadcast(g: Raw, like: Raw) -> Raw:
    """The sum over the axes of a stack that were stretched, or added."""
    given, shape = np.shape(g), np.shape(like)
    lead = len(given) - len(shape)
    stretched = (lead + i for i, n in enumerate(shape) if n == 1 and given[lead + i] != 1)
    return g if given == shape else np.reshape(np.sum(g, axis=(*range(lead), *stretched)), shape)


@og.op(
    samples=[
        og.Sample(LOWER, RIGHT, lower=True),
        og.Sample(LOWER.T, RIGHT[:, 0]),
        og.Sample(LOWER, RIGHT, lower=True, trans=1, check_finite=False),
        og.Sample(LOWER.T, RIGHT[:, 0], trans="T", unit_diagonal=True, overwrite_b=True),
        og.Sample(LOWER, RIGHT, lower=True, trans=2),
        og.Sample(STACK, RIGHT, trans="C"),
        og.Sample(STACK, RIGHT[:, 0], trans="N", lower=True),
        og.Sample(MATRIX, STACK, lower=True, unit_diagonal=True),
        og.Sample(*_single(LOWER, RIGHT), lower=True),
    ]
)
def solve_triangular(
    a: Raw,
    b: Raw,
    *,
    trans: Transposed = 0,
    lower: bool = False,
    unit_diagonal: bool = False,
    overwrite_b: bool = False,
    check_finite: bool = True,
) -> Raw:
    """The x with a x = b, for a triangular matrix a; as ``trans`` says, a' x = b or a* x = b.

    It reads one triangle of a, and the gradient is by that. It never writes to b.

    Derivative: dx = a**-1 (db - da x). Source: Giles, "Collected matrix derivative results for
    forward and reverse mode algorithmic differentiation", 2008.
    """
    from scipy.linalg import solve_triangular as solve

    given = {"lower": lower, "unit_diagonal": unit_diagonal, "check_finite": check_finite}
    return solve(a, b, trans, **given)


@solve_triangular.vjp
def _(
    g: Raw,
    out: Raw,
    a: Raw,
    b: Raw,
    *,
    trans: Transposed = 0,
    lower: bool = False,
    unit_diagonal: bool = False,
    overwrite_b: bool = False,
    check_finite: bool = True,
) -> tuple[Raw, Raw]:
    if np.ndim(b) == 1:
        g, out = np.expand_dims(g, -1), np.expand_dims(out, -1)
    is_transposed, is_conjugate = trans not in (0, "N"), trans in (2, "C") and np.iscomplexobj(a)
    g_b = solve_triangular(
        np.conj(a) if is_conjugate else a,
        g,
        trans=0 if is_transposed else 1,
        lower=lower,
        unit_diagonal=unit_diagonal,
        check_finite=check_finite,
    )
    left, right = (out, g_b) if is_transposed else (g_b, out)
    g_a = -(left @ _transposed(right))
    g_a = np.conj(g_a) if is_conjugate else g_a
    g_a = np.tril(g_a, -int(unit_diagonal)) if lower else np.triu(g_a, int(unit_diagonal))
    g_b = g_b[..., 0] if np.ndim(b) == 1 else g_b
    return _unbroadcast(g_a, a), _unbroadcast(g_b, b)


@og.op(
    samples=[
        (MATRIX, LOWER, MATRIX),
        (MATRIX, LOWER[:2, :2], RIGHT),
        (STACK, LOWER, STACK[0]),
        (MATRIX, STACK[:, None], np.stack([MATRIX, LOWER, STACK[1]])),
        _single(MATRIX, LOWER, MATRIX),
    ]
)
def solve_sylvester(a: Raw, b: Raw, q: Raw) -> Raw:
    """The x with a x + x b = q.

    Where one of them is complex, all are made so: SciPy's own gives no solution where a real a or b
    beside complex ones has complex eigenvalues.

    Derivative: a dx + dx b = dq - da x - x db.
    """
    from scipy.linalg import solve_sylvester as solve

    common = np.result_type(a, b, q)
    return solve(*(x.astype(common, copy=False) for x in (a, b, q)))


@solve_sylvester.vjp
def _(g: Raw, out: Raw, a: Raw, b: Raw, q: Raw) -> tuple[Raw, Raw, Raw]:
    g_q = solve_sylvester(_transposed(a), _transposed(b), g)
    g_a, g_b = -(g_q @ _transposed(out)), -(_transposed(out) @ g_q)
    return _unbroadcast(g_a, a), _unbroadcast(g_b, b), _unbroadcast(g_q, q)


@og.op(samples=[(MATRIX,), (LOWER,), (STACK,), (STACK[None, :, :1, :1],), _single(MATRIX)])
def sqrtm(a: Raw) -> Raw:
    """The principal square root r of a matrix whose eigenvalues are not negative or 0.

    Derivative: r dr + dr r = da. Where r of a real matrix is complex, or the matrix singular:
    NotDifferentiable.
    """
    from scipy.linalg import sqrtm as root

    return root(a)


@sqrtm.vjp
def _(g: Raw, out: Raw, a: Raw) -> Raw:
    if out.dtype.kind == "c" and a.dtype.kind != "c":
        raise og.NotDifferentiable("sqrtm() of a matrix with negative eigenvalues")
    plain = np.astype(og.stop_gradient(out), np.result_type(out.dtype, np.float32))
    if np.size(plain) and not np.all(np.linalg.cond(plain) < 1 / np.finfo(plain.dtype).eps):
        raise og.NotDifferentiable("sqrtm() of a singular matrix")
    root = _transposed(np.astype(out, plain.dtype))  # of booleans, SciPy gives float16
    return solve_sylvester(root, root, g)


@og.op(
    samples=[
        (MATRIX,),
        (LOWER,),
        (MATRIX - 2 * LOWER,),
        (STACK,),
        (np.array([[0.7]]),),
        (np.zeros((0, 0)),),
        _single(MATRIX),
    ]
)
def expm(a: Raw) -> Raw:
    """The matrix exponential.

    Derivative along E: the upper right block of the exponential of [[A, E], [0, A]]. Source: Van
    Loan, "Computing integrals involving the matrix exponential", 1978.
    """
    from scipy.linalg import expm as exponential

    return exponential(a)


@expm.vjp
def _(g: Raw, out: Raw, a: Raw) -> Raw:
    if np.ndim(a) < 2:  # of a number, SciPy gives a matrix of one element
        return np.reshape(g * out, np.shape(a))
    n, a_t = np.shape(a)[-1], _transposed(a)
    above = np.concatenate([a_t, g], axis=-1)
    below = np.concatenate([np.zeros_like(a_t), a_t], axis=-1)
    return expm(np.concatenate([above, below], axis=-2))[..., :n, n:]
