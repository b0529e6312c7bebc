"""Trigonometric functions and their inverses, in radians."""

from __future__ import annotations

import math

import numpy as np

import opgrad as og
from opgrad import Raw
from opgrad_elementary.quotient import direction, quotient
from opgrad_elementary.samples import ANYWHERE, PAIRS, WITHIN_ONE


@og.op(elementwise=True, implements=np.sin, samples=ANYWHERE)
def sin(x: Raw) -> Raw:
    """The sine of x. Derivative: cos(x)."""
    return np.sin(x)


@sin.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return g * np.cos(x)


@og.op(elementwise=True, implements=np.cos, samples=ANYWHERE)
def cos(x: Raw) -> Raw:
    """The cosine of x. Derivative: -sin(x)."""
    return np.cos(x)


@cos.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return -g * np.sin(x)


@og.op(elementwise=True, implements=np.tan, samples=ANYWHERE)
def tan(x: Raw) -> Raw:
    """The tangent of x.

    Derivative: 1 + tan(x)**2.
    """
    return np.tan(x)


@tan.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return g * (1 + out * out)


@og.op(elementwise=True, implements=np.sinc, samples=[*ANYWHERE, (0.04,)])
def sinc(x: Raw) -> Raw:
    """sin(pi x) / (pi x); 1 at x = 0.

    Derivative: (cos(pi x) - sinc(x)) / x; 0 at x = 0. Near 0 it is summed as a series, so that
    the derivatives of that are right at 0, too.
    """
    return np.sinc(x)


@sinc.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    x = x * 1.0  # the size of the smallest small integer is none
    near = np.abs(x) < 0.1
    far = np.where(near, 1.0, x)
    angle = far * math.pi
    away = (np.cos(angle) - np.sin(angle) / angle) / far
    return g * np.where(near, _slope_of_sinc_near_zero(np.where(near, x, 0.0)), away)


def _slope_of_sinc_near_zero(x: Raw) -> Raw:
    """The derivative of the sum of (-1)**k (pi x)**(2k) / (2k + 1)!, by Horner's rule."""
    square, total = (math.pi * x) ** 2, 0.0
    for k in range(8, 0, -1):
        total = (-1) ** k * 2 * k / math.factorial(2 * k + 1) + total * square
    return math.pi**2 * x * total


@og.op(elementwise=True, implements=np.arcsin, samples=WITHIN_ONE)
def asin(x: Raw) -> Raw:
    """The angle, from -pi/2 to pi/2, whose sine is x.

    Derivative: 1 / sqrt(1 - x**2); inf at x = -1 and x = 1.
    """
    return np.arcsin(x)


@asin.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return quotient(g, np.sqrt((1.0 - x) * (1.0 + x)))  # 1 - x * x loses digits near the edges


@og.op(elementwise=True, implements=np.arccos, samples=WITHIN_ONE)
def acos(x: Raw) -> Raw:
    """The angle, from 0 to pi, whose cosine is x.

    Derivative: -1 / sqrt(1 - x**2); -inf at x = -1 and x = 1.
    """
    return np.arccos(x)


@acos.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return quotient(-g, np.sqrt((1.0 - x) * (1.0 + x)))


@og.op(elementwise=True, implements=np.arctan, samples=ANYWHERE)
def atan(x: Raw) -> Raw:
    """The angle, from -pi/2 to pi/2, whose tangent is x. Derivative: 1 / (1 + x**2)."""
    return np.arctan(x)


@atan.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    if np.iscomplexobj(x):
        return quotient(g, (1.0 + 1j * x) * (1.0 - 1j * x))
    norm = np.hypot(1.0, x)  # 1 + x * x might overflow
    return g / norm / norm


@og.op(elementwise=True, implements=np.arctan2, samples=PAIRS)
def atan2(y: Raw, x: Raw) -> Raw:
    """The angle, from -pi to pi, between the positive x axis and the point (x, y).

    Derivatives: x / (x**2 + y**2) by y, and -y / (x**2 + y**2) by x. At the origin, where the
    angle is not defined: NaN.
    """
    return np.arctan2(y, x)


@atan2.vjp_wrt(0)
def _(g: Raw, out: Raw, y: Raw, x: Raw) -> Raw:
    norm = np.hypot(x, y)  # x * x + y * y might overflow, or underflow to 0
    return quotient(g * direction(x, norm), norm)


@atan2.vjp_wrt(1)
def _(g: Raw, out: Raw, y: Raw, x: Raw) -> Raw:
    norm = np.hypot(x, y)
    return quotient(-g * direction(y, norm), norm)
