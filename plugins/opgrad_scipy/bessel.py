"""Bessel functions of orders 0 and 1. Source of the derivatives: DLMF, 10.6 and 10.29."""

from __future__ import annotations

import numpy as np
from scipy import special

import opgrad as og
from opgrad import Raw
from opgrad_scipy.rules import quotient, quotient_or
from opgrad_scipy.samples import ANYWHERE, POSITIVE


@og.op(elementwise=True, implements=special.j0, samples=ANYWHERE)
def j0(x: Raw) -> Raw:
    """The Bessel function of the first kind of order 0. Derivative: -j1(x)."""
    return special.j0(x)


@j0.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return -g * special.j1(x)


@og.op(elementwise=True, implements=special.j1, samples=ANYWHERE)
def j1(x: Raw) -> Raw:
    """The Bessel function of the first kind of order 1. Derivative: j0(x) - j1(x) / x."""
    return special.j1(x)


@j1.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return g * (special.j0(x) - quotient_or(0.5, out, x))


@og.op(elementwise=True, implements=special.y0, samples=POSITIVE)
def y0(x: Raw) -> Raw:
    """The Bessel function of the second kind of order 0. Derivative: -y1(x)."""
    return special.y0(x)


@y0.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return -g * special.y1(x)


@og.op(elementwise=True, implements=special.y1, samples=POSITIVE)
def y1(x: Raw) -> Raw:
    """The Bessel function of the second kind of order 1. Derivative: y0(x) - y1(x) / x."""
    return special.y1(x)


@y1.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return g * (special.y0(x) - quotient(out, x))


@og.op(elementwise=True, implements=special.i0, samples=ANYWHERE)
def i0(x: Raw) -> Raw:
    """The modified Bessel function of the first kind of order 0. Derivative: i1(x)."""
    return special.i0(x)


@i0.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return g * special.i1(x)


@og.op(elementwise=True, implements=special.i1, samples=ANYWHERE)
def i1(x: Raw) -> Raw:
    """The modified Bessel function of the first kind of order 1. Derivative: i0(x) - i1(x) / x."""
    return special.i1(x)


@i1.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return g * (special.i0(x) - quotient_or(0.5, out, x))


@og.op(elementwise=True, implements=special.i0e, samples=ANYWHERE)
def i0e(x: Raw) -> Raw:
    """exp(-abs(x)) * i0(x). Derivative: i1e(x) - sign(x) * i0e(x); 0 at the kink at 0."""
    return special.i0e(x)


@i0e.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return g * (special.i1e(x) - np.sign(x) * out)


@og.op(elementwise=True, implements=special.i1e, samples=ANYWHERE)
def i1e(x: Raw) -> Raw:
    """exp(-abs(x)) * i1(x). Derivative: i0e(x) - i1e(x) * (sign(x) + 1 / x)."""
    return special.i1e(x)


@i1e.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return g * (special.i0e(x) - np.sign(x) * out - quotient_or(0.5, out, x))
