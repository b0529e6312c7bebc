"""GELU, and the distribution function of the standard normal distribution that it is made of."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import opgrad as og
from opgrad import Raw
from opgrad_activations.far import above, within
from opgrad_activations.samples import ANYWHERE

_math_erfc = np.frompyfunc(math.erfc, 1, 1)  # NumPy has none


def _erfc(x: Raw) -> Raw:
    if og.is_traced(x):
        return x.erfc()
    out: Any = _math_erfc(x)  # an array of objects, or a float
    if not isinstance(out, float):
        return out.astype(np.result_type(x))
    return np.result_type(x).type(out) if hasattr(x, "dtype") else out


@og.op(elementwise=True, samples=ANYWHERE)
def normal_cdf(x: Raw) -> Raw:
    """The probability that a standard normal variable is at most x, precise in both tails.

    Derivative: its density, exp(-x**2 / 2) / sqrt(2 * pi).
    """
    return 0.5 * _erfc(x * -math.sqrt(0.5))


@normal_cdf.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return g * _density(x)


@og.op(elementwise=True, samples=ANYWHERE)
def gelu(x: Raw) -> Raw:
    """x * normal_cdf(x): the exact form, not its approximation by tanh.

    Derivative: normal_cdf(x) + x * exp(-x**2 / 2) / sqrt(2 * pi).

    Source: Hendrycks and Gimpel, "Gaussian error linear units (GELUs)", 2016.
    """
    return above(x) * normal_cdf.forward(x)


@gelu.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    # No NumPy function becomes normal_cdf on a Value, so the rule has to choose.
    cdf = normal_cdf(x) if isinstance(x, og.Value) else normal_cdf.forward(x)
    return g * (cdf + within(x) * _density(x))


def _density(x: Raw) -> Raw:
    with np.errstate(over="ignore"):  # where x * x is inf, the density is 0
        return np.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)
