"""Exponentials that are weighted."""

from __future__ import annotations

import numpy as np

import opgrad as og
from opgrad import Raw
from opgrad_scipy.samples import POSITIVE_PAIRS


@og.op(elementwise=True, samples=POSITIVE_PAIRS)
def times_exp(b: Raw, x: Raw) -> Raw:
    """b * exp(x), 0 where b = 0, whatever x is. Derivatives: exp(x), and b * exp(x)."""
    is_zero = np.equal(b, 0)
    return np.where(is_zero, 0 * b, b * np.exp(np.where(is_zero, 0 * b, x)))[()]


@times_exp.vjp_wrt(0)
def _(g: Raw, out: Raw, b: Raw, x: Raw) -> Raw:
    with np.errstate(over="ignore"):
        return g * np.exp(x)


@times_exp.vjp_wrt(1)
def _(g: Raw, out: Raw, b: Raw, x: Raw) -> Raw:
    return times_exp(g * b, x)
