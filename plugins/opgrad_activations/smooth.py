"""Activations made of the logistic function. None overflows, however large its input."""

from __future__ import annotations

import numpy as np

import opgrad as og
from opgrad import Raw
from opgrad_activations.samples import ANYWHERE


def _logistic(x: Raw) -> Raw:
    return np.exp(-np.logaddexp(0, -x))


@og.op(elementwise=True, samples=ANYWHERE)
def sigmoid(x: Raw) -> Raw:
    """The logistic function 1 / (1 + e**-x).

    Derivative: sigmoid(x) * sigmoid(-x).
    """
    return _logistic(x)


@sigmoid.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return g * out * _logistic(-x)  # 1 - out would lose all digits for large x


@og.op(elementwise=True, samples=ANYWHERE)
def softplus(x: Raw) -> Raw:
    """log(1 + e**x), a smooth relu. Derivative: sigmoid(x)."""
    return np.logaddexp(0, x)


@softplus.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return g * _logistic(x)


@og.op(elementwise=True, samples=ANYWHERE)
def silu(x: Raw) -> Raw:
    """x * sigmoid(x), also known as swish. NaN at -inf, where it is -inf * 0.

    Derivative: sigmoid(x) * (1 + x * sigmoid(-x)).
    """
    return x * _logistic(x)


@silu.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return g * _logistic(x) * (1 + x * _logistic(-x))


@og.op(elementwise=True, samples=ANYWHERE)
def mish(x: Raw) -> Raw:
    """x * tanh(softplus(x)). NaN at -inf, where it is -inf * 0.

    Derivative: t + x * (1 - t**2) * sigmoid(x), with t = tanh(softplus(x)).

    Source: Misra, "Mish: a self regularized non-monotonic activation function", 2020.
    """
    return x * np.tanh(np.logaddexp(0, x))


@mish.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    t = np.tanh(np.logaddexp(0, x))
    return g * (t + x * (1 - t * t) * _logistic(x))


@og.op(elementwise=True, samples=ANYWHERE)
def softsign(x: Raw) -> Raw:
    """x / (1 + abs(x)). Derivative: 1 / (1 + abs(x))**2. NaN at infinity."""
    return x / (1 + abs(x))


@softsign.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    scale = 1 + abs(x)
    return g / scale / scale
