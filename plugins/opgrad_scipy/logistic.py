"""The logistic function and its kin. Booleans have no ``-x``, but ``-1.0 * x``."""

from __future__ import annotations

import numpy as np
from scipy import special

import opgrad as og
from opgrad import Raw
from opgrad_scipy.rules import quotient
from opgrad_scipy.samples import ANYWHERE, PROBABILITIES


@og.op(elementwise=True, implements=special.expit, samples=ANYWHERE)
def expit(x: Raw) -> Raw:
    """1 / (1 + exp(-x)). Derivative: see logistic_density."""
    return special.expit(x)


@expit.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return g * logistic_density(x)


@og.op(elementwise=True, samples=ANYWHERE)
def logistic_density(x: Raw) -> Raw:
    """expit(x) * expit(-x), precise in both tails.

    Derivative: that, times -tanh(x / 2), precise near 0, too.
    """
    return special.expit(x) * special.expit(-1.0 * x)


@logistic_density.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return -g * out * np.tanh(x / 2)


@og.op(elementwise=True, implements=special.logit, samples=PROBABILITIES)
def logit(p: Raw) -> Raw:
    """log(p / (1 - p)). Derivative: 1 / (p * (1 - p)); inf at 0 and 1."""
    return special.logit(p)


@logit.vjp
def _(g: Raw, out: Raw, p: Raw) -> Raw:
    return quotient(g, p * (1 - p))


@og.op(elementwise=True, implements=special.log_expit, samples=ANYWHERE)
def log_expit(x: Raw) -> Raw:
    """log(expit(x)), precise for very negative x. Derivative: expit(-x)."""
    return special.log_expit(x)


@log_expit.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return g * special.expit(-1.0 * x)
