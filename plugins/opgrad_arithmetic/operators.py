"""Python's arithmetic operators: exact on Python's integers, which never overflow.

Complex numbers: no rule conjugates. Where an op is differentiable in the complex sense, its rule
multiplies by that derivative; where it is real, as abs, the gradient by z = x + iy is df/dx - i
df/dy. That is the convention of JAX and HIPS autograd; the direction of steepest ascent is the
conjugate of that gradient.
"""

from __future__ import annotations

import operator

import numpy as np

import opgrad as og
from opgrad import Raw
from opgrad_arithmetic.samples import PAIRS, SINGLES


@og.op(elementwise=True, implements=np.add, samples=PAIRS)
def add(x: Raw, y: Raw) -> Raw:
    """x + y. Derivatives: 1 and 1."""
    return x + y


@add.vjp
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> tuple[Raw, Raw]:
    return g, g


@og.op(elementwise=True, implements=np.subtract, samples=PAIRS)
def sub(x: Raw, y: Raw) -> Raw:
    """x - y. Derivatives: 1 and -1."""
    return x - y


@sub.vjp
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> tuple[Raw, Raw]:
    return g, -g


@og.op(elementwise=True, implements=np.multiply, samples=PAIRS)
def mul(x: Raw, y: Raw) -> Raw:
    """x * y. Derivatives: y and x."""
    return x * y


@mul.vjp_wrt(0)
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> Raw:
    return g * y


@mul.vjp_wrt(1)
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> Raw:
    return g * x


@og.op(elementwise=True, implements=np.divide, samples=PAIRS)
def div(x: Raw, y: Raw) -> Raw:
    """x / y. Derivatives: 1 / y and -x / y**2.

    Division by zero is what it is without OpGrad: an error for Python numbers, inf or NaN and a
    warning for arrays.
    """
    return x / y


@div.vjp_wrt(0)
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> Raw:
    return g / y


@div.vjp_wrt(1)
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> Raw:
    return -g * (out / y)  # y * y might overflow where this does not


@og.op(elementwise=True, implements=np.negative, samples=SINGLES)
def neg(x: Raw) -> Raw:
    """-x. Derivative: -1."""
    return -x


@neg.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return -g


@og.op(elementwise=True, implements=np.absolute, samples=SINGLES)
def abs(x: Raw) -> Raw:
    """The absolute value of x.

    Derivative: the sign of x. At the kink: 0 at x = 0. For a complex x: abs(x) / x, which is the
    conjugate of x over abs(x), and 0 at x = 0.
    """
    return operator.abs(x)


@abs.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    if isinstance(x, int | float):  # NumPy would refuse large integers
        return g if x > 0 else -g if x < 0 else g * x  # 0 or NaN
    if np.iscomplexobj(x.data if isinstance(x, og.Value) else x):
        return g * (out / (x + (x == 0)))  # divides 0 by 1 at 0
    return g * np.sign(1 * x)  # NumPy has no sign of booleans


@og.op(elementwise=True, samples=SINGLES)
def identity(x: Raw) -> Raw:
    """x itself, as a node of its own. Derivative: 1."""
    return x


@identity.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return g
