"""Activations made of the logistic function. None overflows, however large its input.

Numbers are floats here (-1.0 * x, not -x): an array of small integers would overflow.
"""

from __future__ import annotations

import numpy as np

import opgrad as og
from opgrad import Raw
from opgrad_activations.far import above, within
from opgrad_activations.samples import ANYWHERE


def _logistic(x: Raw) -> Raw:
    return np.exp(-np.logaddexp(0.0, -1.0 * x))


@og.op(elementwise=True, samples=ANYWHERE)
def sigmoid(x: Raw) -> Raw:
    """The logistic function 1 / (1 + e**-x).

    Derivative: sigmoid(x) * sigmoid(-x).
    """
    return _logistic(x)


@sigmoid.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return g * out * _logistic(-1.0 * x)  # 1 - out would lose all digits for large x


@og.op(elementwise=True, samples=ANYWHERE)
def softplus(x: Raw) -> Raw:
    """log(1 + e**x), a smooth relu. Derivative: sigmoid(x)."""
    return np.logaddexp(0.0, x)


@softplus.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return g * _logistic(x)


@og.op(elementwise=True, samples=ANYWHERE)
def silu(x: Raw) -> Raw:
    """x * sigmoid(x), also known as swish.

    Derivative: sigmoid(x) * (1 + x * sigmoid(-x)).
    """
    return above(x) * _logistic(x)


@silu.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return g * _logistic(x) * (1 + within(x) * _logistic(-1.0 * x))


@og.op(elementwise=True, samples=ANYWHERE)
def mish(x: Raw) -> Raw:
    """x * tanh(softplus(x)).

    Derivative: t + x * (1 - t**2) * sigmoid(x), with t = tanh(softplus(x)).

    Source: Misra, "Mish: a self regularized non-monotonic activation function", 2020.
    """
    return above(x) * np.tanh(np.logaddexp(0.0, x))


@mish.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    t = np.tanh(np.logaddexp(0.0, x))
    return g * (t + within(x) * (1 - t * t) * _logistic(x))


@og.op(elementwise=True, samples=ANYWHERE)
def softsign(x: Raw) -> Raw:
    """x / (1 + abs(x)). Derivative: 1 / (1 + abs(x))**2."""
    if type(x) is float and abs(x) < np.inf:
        return x / (1 + abs(x))  # as below, five times faster
    x = 1.0 * og.ordered(x)
    scale = 1 + abs(x)
    with np.errstate(invalid="ignore"):
        return np.where(scale == np.inf, np.sign(x), x / scale)


@softsign.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    scale = 1 + abs(1.0 * x)
    return g / scale / scale
