"""Error functions, and the normal distribution. Source of the derivatives: DLMF, chapter 7."""

from __future__ import annotations

import math

import numpy as np
from scipy import special

import opgrad as og
from opgrad import Raw
from opgrad_scipy.samples import ANYWHERE, PROBABILITIES, WITHIN_ONE

TWO_BY_ROOT_PI = 2 / math.sqrt(math.pi)
ROOT_2_PI = math.sqrt(2 * math.pi)


@og.op(elementwise=True, implements=special.erf, samples=ANYWHERE)
def erf(x: Raw) -> Raw:
    """The error function. Derivative: 2 / sqrt(pi) * exp(-x**2)."""
    return special.erf(x)


@erf.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return g * TWO_BY_ROOT_PI * np.exp(-(x * x))


@og.op(elementwise=True, implements=special.erfc, samples=ANYWHERE)
def erfc(x: Raw) -> Raw:
    """1 - erf(x), precise for large x. Derivative: -2 / sqrt(pi) * exp(-x**2)."""
    return special.erfc(x)


@erfc.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return -g * TWO_BY_ROOT_PI * np.exp(-(x * x))


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

    Derivative: exp(-x**2 / 2) / (sqrt(2 * pi) * ndtr(x)).
    """
    return special.log_ndtr(x)


@log_ndtr.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return g * np.exp(-0.5 * (x * x) - out) / ROOT_2_PI
