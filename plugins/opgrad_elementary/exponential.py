"""Exponentials and logarithms."""

from __future__ import annotations

import math

import numpy as np

import opgrad as og
from opgrad import Raw
from opgrad_elementary.quotient import quotient
from opgrad_elementary.samples import ANYWHERE, PAIRS, POSITIVE

LN_2 = math.log(2)
LN_10 = math.log(10)


@og.op(elementwise=True, implements=np.exp, samples=ANYWHERE)
def exp(x: Raw) -> Raw:
    """e**x. Derivative: e**x."""
    return np.exp(x)


@exp.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return g * out


@og.op(elementwise=True, implements=np.exp2, samples=ANYWHERE)
def exp2(x: Raw) -> Raw:
    """2**x. Derivative: 2**x * log(2)."""
    return np.exp2(x)


@exp2.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return g * out * LN_2


@og.op(elementwise=True, implements=np.expm1, samples=ANYWHERE)
def expm1(x: Raw) -> Raw:
    """e**x - 1, precise near x = 0. Derivative: e**x."""
    return np.expm1(x)


@expm1.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return g * np.exp(x)  # out + 1 would lose all digits for very negative x


@og.op(elementwise=True, implements=np.log, samples=POSITIVE)
def log(x: Raw) -> Raw:
    """The natural logarithm of x. Derivative: 1 / x; inf at x = 0."""
    return np.log(x)


@log.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return quotient(g, x)


@og.op(elementwise=True, implements=np.log2, samples=POSITIVE)
def log2(x: Raw) -> Raw:
    """The logarithm of x to base 2. Derivative: 1 / (x * log(2)); inf at x = 0."""
    return np.log2(x)


@log2.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return quotient(g / LN_2, x)


@og.op(elementwise=True, implements=np.log10, samples=POSITIVE)
def log10(x: Raw) -> Raw:
    """The logarithm of x to base 10. Derivative: 1 / (x * log(10)); inf at x = 0."""
    return np.log10(x)


@log10.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return quotient(g / LN_10, x)


@og.op(elementwise=True, implements=np.log1p, samples=POSITIVE)
def log1p(x: Raw) -> Raw:
    """log(1 + x), precise near x = 0. Derivative: 1 / (1 + x); inf at x = -1."""
    return np.log1p(x)


@log1p.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return quotient(g, 1.0 + x)


@og.op(elementwise=True, implements=np.logaddexp, samples=PAIRS)
def logaddexp(x: Raw, y: Raw) -> Raw:
    """log(e**x + e**y), without overflow.

    Derivatives: the logistic functions of x - y and of y - x. Where both are inf, or
    both -inf: 1/2 each.
    """
    return np.logaddexp(x, y)


@logaddexp.vjp_wrt(0)
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> Raw:
    return g * _share(x, y)


@logaddexp.vjp_wrt(1)
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> Raw:
    return g * _share(y, x)


def _share(x: Raw, y: Raw) -> Raw:
    """e**x / (e**x + e**y). The short form exp(x - out) loses digits for large x and y."""
    with np.errstate(invalid="ignore"):
        difference = np.where((x == y) * (abs(x) == np.inf), 0, y - 1.0 * x)
    return np.exp(-np.logaddexp(0, difference))
