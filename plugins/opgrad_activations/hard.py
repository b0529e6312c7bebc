"""Piecewise linear or quadratic stand-ins for smooth activations: cheap, and with kinks.

With NaN no comparison holds: no side is flat there, and the cotangent passes, times NaN where the
slope depends on x.
"""

from __future__ import annotations

import numpy as np

import opgrad as og
from opgrad import Raw
from opgrad_activations.choice import choose
from opgrad_activations.samples import ANYWHERE


@og.op(selects=True, elementwise=True, samples=ANYWHERE)
def hard_sigmoid(x: Raw) -> Raw:
    """x / 6 + 1/2, but no less than 0 and no more than 1.

    Derivative: 1/6 for -3 < x < 3, else 0, at the kinks -3 and 3 too.
    """
    return np.minimum(np.maximum(og.ordered(x) + 3.0, 0), 6) / 6


@hard_sigmoid.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return og.zero_where((x <= -3) + (x >= 3), g / 6)


@og.op(selects=True, elementwise=True, samples=[*ANYWHERE, og.Sample(-1.3, low=-2.0, high=0.0)])
def hard_tanh(x: Raw, *, low: float = -1.0, high: float = 1.0) -> Raw:
    """x, but no less than low and no more than high.

    Derivative: 1 for low < x < high, else 0, at the kinks low and high too.
    """
    return np.minimum(np.maximum(og.ordered(x), low), high)


@hard_tanh.vjp
def _(g: Raw, out: Raw, x: Raw, *, low: float = -1.0, high: float = 1.0) -> Raw:
    return og.zero_where((x <= low) + (x >= high), g)


@og.op(elementwise=True, samples=ANYWHERE)
def hard_swish(x: Raw) -> Raw:
    """x * hard_sigmoid(x).

    Derivative: x / 3 + 1/2 for -3 < x < 3; at the kinks and beyond: 0 for x <= -3, 1 for x >= 3.

    Source: Howard et al., "Searching for MobileNetV3", 2019.
    """
    x = np.maximum(og.ordered(x), -3.0)  # or it would be -inf * 0 at -inf
    return x * (np.minimum(x + 3, 6) / 6)


@hard_swish.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return og.zero_where(x <= -3, choose(x >= 3, g, g * (x / 3 + 0.5)))
