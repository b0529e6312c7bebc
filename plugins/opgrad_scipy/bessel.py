"""Bessel functions of orders 0 and 1. Source of the derivatives: DLMF, 10.6 and 10.29.

The derivative of one is half the difference, or sum, of its neighbours in order. So no derivative
of any order divides by x, and all are right at 0.
"""

from __future__ import annotations

from math import comb, prod
from typing import Literal, TypeAlias

import numpy as np
from scipy import special

import opgrad as og
from opgrad import Raw
from opgrad_scipy.samples import ANYWHERE, POSITIVE

Kind: TypeAlias = Literal["jv", "yv", "iv"]


@og.op(
    elementwise=True,
    samples=[
        *(og.Sample(*sample, kind="jv", n=2) for sample in ANYWHERE),
        og.Sample(0.7, kind="yv", n=3),
        og.Sample(-1.2, kind="iv", n=-1),
    ],
)
def bessel_of_order(x: Raw, *, kind: Kind, n: int) -> Raw:
    """The Bessel function of the first, second or modified kind, of a whole order.

    Derivative: (f(n - 1) - f(n + 1)) / 2, of the modified kind (f(n - 1) + f(n + 1)) / 2.
    """
    sign = (-1) ** n if n < 0 and kind != "iv" else 1
    return sign * getattr(special, kind)(abs(n), x)


@bessel_of_order.vjp
def _(g: Raw, out: Raw, x: Raw, *, kind: Kind, n: int) -> Raw:
    return g * _slope(x, kind, n)


def _slope(x: Raw, kind: Kind, n: int) -> Raw:
    below, above = bessel_of_order(x, kind=kind, n=n - 1), bessel_of_order(x, kind=kind, n=n + 1)
    return (below + above) / 2 if kind == "iv" else (below - above) / 2


@og.op(elementwise=True, implements=special.j0, samples=ANYWHERE)
def j0(x: Raw) -> Raw:
    """The Bessel function of the first kind of order 0. Derivative: -j1(x)."""
    return special.j0(x)


@j0.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return -g * special.j1(x)


@og.op(elementwise=True, implements=special.j1, samples=ANYWHERE)
def j1(x: Raw) -> Raw:
    """The Bessel function of the first kind of order 1. Derivative: (j0(x) - jv(2, x)) / 2."""
    return special.j1(x)


@j1.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return g * _slope(x, "jv", 1)


@og.op(elementwise=True, implements=special.y0, samples=POSITIVE)
def y0(x: Raw) -> Raw:
    """The Bessel function of the second kind of order 0. Derivative: -y1(x)."""
    return special.y0(x)


@y0.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return -g * special.y1(x)


@og.op(elementwise=True, implements=special.y1, samples=POSITIVE)
def y1(x: Raw) -> Raw:
    """The Bessel function of the second kind of order 1. Derivative: (y0(x) - yv(2, x)) / 2."""
    return special.y1(x)


@y1.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return g * _slope(x, "yv", 1)


@og.op(elementwise=True, implements=special.i0, samples=ANYWHERE)
def i0(x: Raw) -> Raw:
    """The modified Bessel function of the first kind of order 0. Derivative: i1(x)."""
    return special.i0(x)


@i0.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return g * special.i1(x)


@og.op(elementwise=True, implements=special.i1, samples=ANYWHERE)
def i1(x: Raw) -> Raw:
    """The modified Bessel function of the first kind of order 1.

    Derivative: (i0(x) + iv(2, x)) / 2.
    """
    return special.i1(x)


@i1.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return g * _slope(x, "iv", 1)


@og.op(elementwise=True, implements=special.i0e, samples=ANYWHERE)
def i0e(x: Raw) -> Raw:
    """exp(-abs(x)) * i0(x). Derivative: see scaled_bessel; 0 at the kink at 0."""
    return special.i0e(x)


@i0e.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return g * scaled_bessel(x, n=0, order=1)


@og.op(elementwise=True, implements=special.i1e, samples=ANYWHERE)
def i1e(x: Raw) -> Raw:
    """exp(-abs(x)) * i1(x). Derivative: see scaled_bessel."""
    return special.i1e(x)


@i1e.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return g * scaled_bessel(x, n=1, order=1)


@og.op(
    elementwise=True,
    samples=[
        *(og.Sample(*sample, n=0, order=1) for sample in ANYWHERE),
        og.Sample(45.0, n=1, order=2),
    ],
)
def scaled_bessel(x: Raw, *, n: int, order: int) -> Raw:
    """A derivative of exp(-abs(x)) * iv(n, x), of some order.

    For x > 0 that is a second difference over the order n of the function, ``order`` times, over
    2**order. Of large x, where that would lose all digits, the asymptotic series of the function
    (DLMF, 10.40.1) is differentiated term by term. At 0 the first derivative of an even function
    is 0, as that of abs; else it is the limit from the right.

    Derivative: that of the next order.
    """
    size = abs(og.ordered(x))
    near = np.where(size < 30, size, 1)
    differences = 0.0 * near
    for j in range(2 * order + 1):
        weight = (-1) ** j * comb(2 * order, j) / 2**order
        differences = differences + weight * special.ive(abs(n + order - j), near)
    far = np.where(size < 30, np.inf, size)
    series, factor = 0.0 * near, 1.0
    for k in range(25):
        power = -k - 0.5
        falling = prod(power - i for i in range(order))
        series = series + factor * falling * (1 / far) ** k
        factor *= -(4 * n * n - (2 * k + 1) ** 2) / (8 * (k + 1))
    series = series * (1 / far) ** order / np.sqrt(2 * np.pi * np.where(size < 30, 1, size))
    out = np.where(size < 30, differences, series)
    if (n + order) % 2:
        out = np.where(x < 0, -out, out)
        out = np.where(x == 0, 0.0, out) if order == 1 else out
    return out[()]


@scaled_bessel.vjp
def _(g: Raw, out: Raw, x: Raw, *, n: int, order: int) -> Raw:
    return g * scaled_bessel(x, n=n, order=order + 1)
