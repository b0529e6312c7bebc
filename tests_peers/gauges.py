"""What is determined of factors that are not: signs and orders chosen alike for both.

The functions take the array module, ``numpy`` or ``jax.numpy``, and the op's result.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import opgrad as og


def _sign(xp: Any, x: Any) -> Any:
    """Of each column the sign of its first element, which no sample has 0."""
    return xp.sign(x[..., :1, :])


def _qr(xp: Any, stacked: Any, a: Any) -> Any:
    """Q, and R transposed below it, R with a positive diagonal."""
    r_t = stacked[..., a.shape[-2] :, :]
    return stacked * xp.sign(xp.diagonal(r_t, 0, -2, -1))[..., None, :]


def _eigh(xp: Any, stacked: Any, a: Any) -> Any:
    """Eigenvalues, and vectors that begin with a positive number."""
    w, v = stacked[..., :1, :], stacked[..., 1:, :]
    return xp.concatenate([w, v * _sign(xp, v)], -2)


def _svd(xp: Any, stacked: Any, a: Any) -> Any:
    """Left vectors that begin with a positive number, and right ones that go with them."""
    m = a.shape[-2]
    u, s, v = stacked[..., :m, :], stacked[..., m : m + 1, :], stacked[..., m + 1 :, :]
    return xp.concatenate([u * _sign(xp, u), s, v * _sign(xp, u)], -2)


def _sorted(xp: Any, values: Any, a: Any) -> Any:
    """In rising order."""
    order = xp.argsort(og.stop_gradient(values), axis=-1)
    return xp.take_along_axis(values, order, -1)


GAUGES: dict[str, Callable[[Any, Any, Any], Any]] = {
    "linalg.qr_stacked": _qr,
    "linalg.eigh_stacked": _eigh,
    "linalg.svd_stacked": _svd,
    "linalg.eigvals": _sorted,
}
"""By qualified name of the ops whose results libraries choose differently."""
