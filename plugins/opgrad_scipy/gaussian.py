"""Error functions, and the normal distribution. Source of the derivatives: DLMF, chapter 7."""

from __future__ import annotations

import math

import numpy as np
from scipy import special

import opgrad as og
from opgrad import Raw
from opgrad_scipy.samples import ANYWHERE, POSITIVE, PROBABILITIES, WITHIN_ONE

TWO_BY_ROOT_PI = 2 / math.sqrt(math.pi)
ROOT_2_PI = math.sqrt(2 * math.pi)


@og.op(elementwise=True, implements=special.erf, samples=ANYWHERE)
def erf(x: Raw) -> Raw:
    """The error function. Derivative: 2 / sqrt(pi) * exp(-x**2)."""
    return special.erf(x)


@erf.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return g * TWO_BY_ROOT_PI * np.exp(-1.0 * (x * x))


@og.op(elementwise=True, implements=special.erfc, samples=ANYWHERE)
def erfc(x: Raw) -> Raw:
    """1 - erf(x), precise for large x. Derivative: -2 / sqrt(pi) * exp(-x**2)."""
    return special.erfc(x)


@erfc.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return -g * TWO_BY_ROOT_PI * np.exp(-1.0 * (x * x))


@og.op(elementwise=True, implements=special.erfinv, samples=WITHIN_ONE)
def erfinv(y: Raw) -> Raw:
    """The x with erf(x) = y. Derivative: sqrt(pi) / 2 * exp(x**2)."""
    return special.erfinv(y)


@erfinv.vjp
def _(g: Raw, out: Raw, y: Raw) -> Raw:
    return g / TWO_BY_ROOT_PI * np.exp(out * out)


@og.op(elementwise=True, implements=special.erfcinv, samples=PROBABILITIES)
def erfcinv(y: Raw) -> Raw:
    """The x with erfc(x) = y. Derivative: -sqrt(pi) / 2 * exp(x**2)."""
    return special.erfcinv(y)


@erfcinv.vjp
def _(g: Raw, out: Raw, y: Raw) -> Raw:
    return -g / TWO_BY_ROOT_PI * np.exp(out * out)


@og.op(elementwise=True, implements=special.ndtr, samples=ANYWHERE)
def ndtr(x: Raw) -> Raw:
    """The probability that a standard normal variable is at most x.

    Derivative: its density, exp(-x**2 / 2) / sqrt(2 * pi).
    """
    return special.ndtr(x)


@ndtr.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return g * np.exp(-0.5 * (x * x)) / ROOT_2_PI


@og.op(elementwise=True, implements=special.ndtri, samples=PROBABILITIES)
def ndtri(p: Raw) -> Raw:
    """The x with ndtr(x) = p. Derivative: sqrt(2 * pi) * exp(x**2 / 2)."""
    return special.ndtri(p)


@ndtri.vjp
def _(g: Raw, out: Raw, p: Raw) -> Raw:
    return g * ROOT_2_PI * np.exp(0.5 * (out * out))


@og.op(elementwise=True, implements=special.log_ndtr, samples=ANYWHERE)
def log_ndtr(x: Raw) -> Raw:
    """log(ndtr(x)), precise for very negative x.

    Derivative: exp(-x**2 / 2) / (sqrt(2 * pi) * ndtr(x)), for negative x by mills.
    """
    return special.log_ndtr(x)


@log_ndtr.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    if np.iscomplexobj(x):
        return g * np.exp(-0.5 * (x * x) - out) / ROOT_2_PI
    is_negative = np.less(x, 0)
    left, right = np.where(is_negative, -1.0 * x, 1), np.where(is_negative, 1, x)
    density = np.exp(-0.5 * (right * right)) / ROOT_2_PI
    return g * np.where(is_negative, 1 / mills(left), density / special.ndtr(right))


@og.op(elementwise=True, samples=[*POSITIVE, og.Sample(9.5, k=1), og.Sample(0.4, k=2)])
def mills(t: Raw, *, k: int = 0) -> Raw:
    """The integral of s**k * exp(-s**2 / 2 - s * t) over all positive s, for t >= 0.

    For k = 0 it is the Mills ratio, ndtr(-t) over the normal density at t. Up to t = 8 the others
    follow by integration by parts; above, by the asymptotic series. Derivative: minus that of
    k + 1.
    """
    near = np.where(og.ordered(t) < 8, t, 1)
    previous, found = 0.0 * near, math.sqrt(math.pi / 2) * special.erfcx(near / math.sqrt(2))
    for i in range(k):
        previous, found = found, (i * previous if i else 1) - near * found
    far = np.where(t < 8, np.inf, t)
    total, square = 0.0 * near, (1 / far) ** 2
    for m in range(27, -1, -1):
        total = 1 - (k + 2 * m + 1) * (k + 2 * m + 2) / (2 * (m + 1)) * square * total
    return np.where(t < 8, found, math.factorial(k) * total * (1 / far) ** (k + 1))[()]


@mills.vjp
def _(g: Raw, out: Raw, t: Raw, *, k: int = 0) -> Raw:
    return -g * mills(t, k=k + 1)
