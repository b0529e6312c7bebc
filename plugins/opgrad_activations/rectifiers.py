"""Rectifiers: the identity for positive inputs, something flatter for negative ones.

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
def relu(x: Raw) -> Raw:
    """max(x, 0). Derivative: 1 for x > 0, 0 for x < 0. At the kink: relu'(0) = 0."""
    if type(x) is float:  # what scalar networks call most; NumPy takes a microsecond for it
        return 0.0 if x <= 0 else x
    if type(x) in (bool, int):  # NumPy would round or refuse large integers
        return 0 if x <= 0 else x
    return np.maximum(og.ordered(x), 0)


@relu.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    if type(x) is float:
        return 0.0 if x <= 0 else g
    return og.zero_where(x <= 0, g)


@og.op(selects=True, elementwise=True, samples=[*ANYWHERE, og.Sample(-1.3, slope=0.2)])
def leaky_relu(x: Raw, *, slope: float = 0.01) -> Raw:
    """x for x > 0, else slope * x. Derivatives: 1 and slope. At the kink, x = 0: slope."""
    return np.where(og.ordered(x) > 0, x, slope * x)


@leaky_relu.vjp
def _(g: Raw, out: Raw, x: Raw, *, slope: float = 0.01) -> Raw:
    return choose(x <= 0, slope * g, g)


@og.op(elementwise=True, samples=[*ANYWHERE, og.Sample(-1.3, alpha=0.5)])
def elu(x: Raw, *, alpha: float = 1.0) -> Raw:
    """x for x > 0, else alpha * (e**x - 1), which tends to -alpha.

    Derivatives: 1 and alpha * e**x. At x = 0, a kink if alpha is not 1: alpha.

    Source: Clevert et al., "Fast and accurate deep network learning by exponential linear units
    (ELUs)", 2016.
    """
    return np.where(og.ordered(x) > 0, x, alpha * np.expm1(np.minimum(x, 0.0)))


@elu.vjp
def _(g: Raw, out: Raw, x: Raw, *, alpha: float = 1.0) -> Raw:
    return choose(x > 0, g, alpha * g * np.exp(np.minimum(x, 0.0)))


SELU_ALPHA = 1.6732632423543772
SELU_SCALE = 1.0507009873554805


@og.op(elementwise=True, samples=ANYWHERE)
def selu(x: Raw) -> Raw:
    """scale * elu(x, alpha=alpha), self-normalising: scale = 1.0507..., alpha = 1.6733...

    Derivatives: scale for x > 0, else scale * alpha * e**x. At the kink, x = 0: scale * alpha.

    Source: Klambauer et al., "Self-normalizing neural networks", 2017.
    """
    return SELU_SCALE * np.where(og.ordered(x) > 0, x, SELU_ALPHA * np.expm1(np.minimum(x, 0.0)))


@selu.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return SELU_SCALE * choose(x > 0, g, SELU_ALPHA * g * np.exp(np.minimum(x, 0.0)))
