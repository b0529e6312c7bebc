"""A plugin for OpGrad: the logarithm of the hyperbolic cosine."""

from __future__ import annotations

import math

import numpy as np

import opgrad as og
from opgrad import Raw

LOG_2 = math.log(2)


@og.op(elementwise=True, samples=[(0.5,), (-800.0,), (np.array([[1.0, -2.0], [0.0, 30.0]]),)])
def logcosh(x: Raw) -> Raw:
    """log(cosh(x)), without overflow: |x| + log(1 + exp(-2|x|)) - log 2.

    About x²/2 near 0 and |x| - log 2 far out: a smooth absolute value.
    """
    size = abs(x)
    return size + np.log1p(np.exp(-2 * size)) - LOG_2


@logcosh.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return g * np.tanh(x)


@og.hookimpl.opgrad_ops
def opgrad_ops() -> list[og.Op]:
    """The ops of this plugin."""
    return [logcosh]
