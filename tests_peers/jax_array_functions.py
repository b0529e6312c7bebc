"""JAX's counterpart of each op that does not compute number by number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax, nn
from jax.scipy import linalg, signal, special

JAX_NUMPY = [
    *("broadcast_to", "convolve", "cumprod", "cumsum", "flip", "matmul", "max", "min", "prod"),
    *("reshape", "roll", "std", "sum", "transpose"),
]
"""Ops of the plugin ``arrays`` that have the name and the params they have in ``jax.numpy``."""


def _index(index: Any) -> Any:
    """An index with arrays in the place of lists, which JAX does not take."""
    if isinstance(index, tuple):
        return tuple(_index(part) for part in index)
    return np.asarray(index) if isinstance(index, list) else index


def _recurrence(x: Any, y: Any) -> Any:
    """out[k] = x[k] out[k-1] + y[k] along the last axis, all at once, as a scan of affine maps."""

    def compose(first: Any, second: Any) -> Any:
        return first[0] * second[0], second[0] * first[1] + second[1]

    return lax.associative_scan(compose, (x, y), axis=-1)[1] if x.shape[-1] else y


def _padded(x: Any, axis: int, before: int, after: int) -> Any:
    """Zeros before and after the elements along an axis; fewer elements, if negative."""
    widths = [(0, 0, 0)] * x.ndim
    widths[axis] = (before, after, 0)
    return lax.pad(x, jnp.zeros((), x.dtype), widths)


ARRAYS: dict[str, Callable[..., Any]] = {
    **{f"arrays.{name}": getattr(jnp, name) for name in JAX_NUMPY},
    "arrays.astype": lambda x, dtype: x.astype(dtype),
    "arrays.getitem": lambda x, index: x[_index(index)],
    "arrays.scatter": lambda x, index, shape: jnp.zeros(shape).at[_index(index)].add(x),
    "arrays.index_set": lambda x, y, index: x.at[_index(index)].set(y),
    "arrays.index_add": lambda x, y, index: x.at[_index(index)].add(y),
    "arrays.concatenate": lambda *xs, axis=0: jnp.concatenate(xs, axis),
    "arrays.recurrence": _recurrence,
    "arrays.shift": lambda x, by: _padded(x, -1, by, -by),
    "arrays.resize": lambda x, n, axis=-1: _padded(x, axis, 0, n - x.shape[axis]),
    "arrays.logsumexp": nn.logsumexp,
    "arrays.softmax": nn.softmax,
    "arrays.log_softmax": nn.log_softmax,
    "arrays.norm": jnp.linalg.norm,
    "arrays.einsum": lambda *xs, subscripts, optimize="auto": jnp.einsum(
        subscripts, *xs, optimize=optimize
    ),
    "arrays.fft": jnp.fft.fft,
    "arrays.ifft": jnp.fft.ifft,
    "arrays.rfft": jnp.fft.rfft,
    "arrays.irfft": jnp.fft.irfft,
}
"""By qualified name; params by the names that the ops have."""


def _symmetric(a: Any, triangle: str = "L") -> Any:
    """The symmetric matrices of which one triangle is read. JAX reads both, half of each."""
    lower = jnp.tril(a) if triangle in "Ll" else jnp.swapaxes(jnp.triu(a), -1, -2)
    return lower + jnp.swapaxes(jnp.tril(lower, -1), -1, -2)


def _cholesky(a: Any, upper: bool = False) -> Any:
    return jnp.linalg.cholesky(_symmetric(a, "U" if upper else "L"), upper=upper)


def _pinv(a: Any, rcond: Any = None, hermitian: bool = False, rtol: Any = None) -> Any:
    return jnp.linalg.pinv(_symmetric(a) if hermitian else a, rcond if rtol is None else rtol)


def _det(a: Any) -> Any:
    """JAX has a derivative but of matrices with rows; without, the determinant is 1."""
    return jnp.linalg.det(a) if a.size else jnp.ones(a.shape[:-2])


def _cofactors(a: Any) -> Any:
    return jnp.linalg.det(a)[..., None, None] * jnp.swapaxes(jnp.linalg.inv(a), -1, -2)


def _qr(a: Any) -> Any:
    q, r = jnp.linalg.qr(a)
    return jnp.concatenate([q, jnp.swapaxes(r, -1, -2)], -2)


def _eigh(a: Any, UPLO: str = "L") -> Any:
    w, v = jnp.linalg.eigh(_symmetric(a, UPLO))
    return jnp.concatenate([w[..., None, :], v], -2)


def _svd(a: Any) -> Any:
    u, s, vh = jnp.linalg.svd(a, full_matrices=False)
    return jnp.concatenate([u, s[..., None, :], jnp.swapaxes(vh, -1, -2)], -2)


def _sylvester(a: Any, b: Any, q: Any) -> Any:
    """The linear equations, written out. JAX's own has no derivative."""
    m, n = q.shape
    matrix = jnp.kron(a, jnp.eye(n)) + jnp.kron(jnp.eye(m), b.T)
    return jnp.linalg.solve(matrix, q.reshape(-1)).reshape(m, n)


def _sqrtm(a: Any) -> Any:
    """The iteration of Denman and Beavers, 1976. JAX's own has no derivative."""
    root, inverse = a, jnp.eye(len(a))
    for _ in range(12):
        root, inverse = (
            (root + jnp.linalg.inv(inverse)) / 2,
            (inverse + jnp.linalg.inv(root)) / 2,
        )
    return root


def _ode_solution(y0: Any, t: Any, rate: Any, **params: Any) -> Any:
    """Of the samples' equation, dy/dt = rate y (1 - y) cos(t), in closed form."""
    growth = rate * (jnp.sin(t) - jnp.sin(t[0])).reshape(-1, *(1,) * y0.ndim)
    return special.expit(special.logit(y0) + growth)


MATRICES: dict[str, Callable[..., Any]] = {
    "linalg.inv": jnp.linalg.inv,
    "linalg.solve": jnp.linalg.solve,
    "linalg.pinv": _pinv,
    "linalg.det": _det,
    "linalg.cofactors": _cofactors,
    "linalg.logabsdet": lambda a: jnp.linalg.slogdet(a)[1],
    "linalg.det_sign": lambda a: jnp.linalg.slogdet(a)[0],
    "linalg.cholesky": _cholesky,
    "linalg.qr_stacked": _qr,
    "linalg.eigvalsh": lambda a, UPLO="L": jnp.linalg.eigvalsh(_symmetric(a, UPLO)),
    "linalg.eigh_stacked": _eigh,
    "linalg.singular_values": lambda a: jnp.linalg.svd(a, compute_uv=False),
    "linalg.svd_stacked": _svd,
    "linalg.eigvals": lambda a: jnp.real(jnp.linalg.eigvals(a)),  # those of the samples are real
    "scipy.solve_triangular": linalg.solve_triangular,
    "scipy.solve_sylvester": _sylvester,
    "scipy.sqrtm": _sqrtm,
    "scipy.expm": linalg.expm,
    "scipy.ode_solution": _ode_solution,
    "scipy.convolution": jax.jit(lambda x, y: signal.convolve(x, y, method="direct")),
}
"""By qualified name; params by the names that the ops have."""
