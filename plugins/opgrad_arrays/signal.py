"""Interpolation and convolution."""

from __future__ import annotations

from typing import Any

import numpy as np

import opgrad as og
from opgrad import Raw
from opgrad_arrays.rules import Functions, as_array, in_dtype, run


@og.op(
    linear=True,
    samples=[
        (np.array([0.3, -1.2, 2.1, 0.7]), np.array([1.5, -0.4])),
        (np.array([0.3, -1.2]), np.array([1.5, -0.4, 0.9])),
        (np.array([2.0]), np.array([3.0])),
        (np.array([0.3, -1.2], np.float32), np.array([1.5, -0.4, 0.9], np.float32)),
    ],
)
def convolve(x: Raw, y: Raw) -> Raw:
    """The full convolution of two vectors: out[k] is the sum of x[i] y[k - i].

    Derivatives: the cotangent correlated with the other one.
    """
    return np.convolve(x, y)


@convolve.vjp_wrt(0)
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> Raw:
    return np.convolve(g, y[::-1], "valid")


@convolve.vjp_wrt(1)
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> Raw:
    return np.convolve(g, x[::-1], "valid")


def _convolve(a: Raw, v: Raw, mode: str = "full") -> Raw:
    """np.convolve: the full convolution, and the part of it that the mode leaves."""
    a, v = (np.ravel(x) if np.ndim(x) == 0 else x for x in (as_array(a), as_array(v)))
    out = run(convolve, a, v)
    short, long = sorted((np.shape(a)[0], np.shape(v)[0]))
    if mode == "full":
        return out
    if mode == "same":
        start = (short - 1) // 2
        return out[start : start + long]
    if mode == "valid":
        return out[short - 1 : long]
    raise ValueError(f"mode must be one of 'full', 'same', or 'valid' (got {mode!r})")


def _correlate(a: Raw, v: Raw, mode: str = "valid") -> Raw:
    """np.correlate: the convolution with the other one, reversed and conjugated."""
    a, v = as_array(a), as_array(v)
    if np.ndim(a) == 0 or np.ndim(v) == 0:
        raise ValueError("object of too small depth for desired array")
    v = v[::-1]
    v = np.conjugate(v) if np.iscomplexobj(v) else v
    n, m = np.shape(a)[0], np.shape(v)[0]
    if mode == "same" and n < m:  # NumPy swaps them, which moves the middle
        return _convolve(a, v)[n // 2 : n // 2 + m]
    return _convolve(a, v, mode)


def _interp(
    x: Raw, xp: Raw, fp: Raw, left: Any = None, right: Any = None, period: Any = None
) -> Raw:
    """np.interp: on each piece the line through its two ends, outside the value at the end.

    By x, by the heights, and by the knots. At a knot the derivatives are those of the piece on its
    right.
    """
    x, xp = (_real(as_array(each)) for each in (x, xp))
    fp = in_dtype(as_array(fp), np.complex128 if np.iscomplexobj(fp) else np.float64)
    if np.shape(xp) != np.shape(fp):
        raise ValueError("fp and xp are not of the same length.")
    if period is not None:
        left = right = None
        x, xp, fp = _unrolled(x, xp, fp, abs(period))
    at, knots = og.stop_gradient(x), np.asarray(og.stop_gradient(xp))
    last = knots.size - 1
    low = np.clip(np.searchsorted(knots, at, side="right") - 1, 0, max(last - 1, 0))
    high = np.minimum(low + 1, last)
    width = xp[high] - xp[low]
    weight = (x - xp[low]) / np.where(og.stop_gradient(width) == 0, 1, width)
    inside = fp[low] * (1 - weight) + fp[high] * weight
    before = np.where(at < knots[0], fp[0] if left is None else left, inside)
    return np.where(at > knots[-1], fp[last] if right is None else right, before)


def _real(x: Raw) -> Raw:
    """In double precision, as NumPy interpolates."""
    if np.iscomplexobj(x):
        raise TypeError("np.interp interpolates between real points")
    return in_dtype(x, np.float64)


def _unrolled(x: Raw, xp: Raw, fp: Raw, period: float) -> tuple[Raw, Raw, Raw]:
    """All within one period, in order, and a knot more at each end. The shifts are constants."""
    x, xp = (v - period * np.floor(og.stop_gradient(v) / period) for v in (x, xp))
    order = np.argsort(og.stop_gradient(xp))
    xp, fp = xp[order], fp[order]
    xp = np.concatenate([xp[-1:] - period, xp, xp[:1] + period])
    return x, xp, np.concatenate([fp[-1:], fp, fp[:1]])


OPS = (convolve,)
FUNCTIONS: Functions = {
    np.convolve: _convolve,
    np.correlate: _correlate,
    np.interp: _interp,
}
