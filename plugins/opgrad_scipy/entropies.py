"""x * log(y), with 0 where x is 0, and the entropies that are made of it."""

from __future__ import annotations

import numpy as np
from scipy import special

import opgrad as og
from opgrad import Raw
from opgrad_scipy.rules import quotient
from opgrad_scipy.samples import POSITIVE, POSITIVE_PAIRS


@og.op(elementwise=True, implements=special.xlogy, samples=POSITIVE_PAIRS)
def xlogy(x: Raw, y: Raw) -> Raw:
    """x * log(y), 0 where x = 0. Derivatives: log(y), -inf at y = 0; x / y, 0 where x = y = 0."""
    return special.xlogy(x, y)


@xlogy.vjp_wrt(0)
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> Raw:
    return g * _log(y)


@xlogy.vjp_wrt(1)
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> Raw:
    return g * ratio(x, y)


@og.op(elementwise=True, implements=special.xlog1py, samples=POSITIVE_PAIRS)
def xlog1py(x: Raw, y: Raw) -> Raw:
    """x * log(1 + y), 0 where x = 0. Derivatives: log(1 + y); x / (1 + y), 0 where both are 0."""
    return special.xlog1py(x, y)


@xlog1py.vjp_wrt(0)
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> Raw:
    with np.errstate(divide="ignore", invalid="ignore"):
        return g * np.log1p(y)


@xlog1py.vjp_wrt(1)
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> Raw:
    return g * ratio(x, 1 + y)


@og.op(elementwise=True, implements=special.entr, samples=POSITIVE)
def entr(x: Raw) -> Raw:
    """-x * log(x), 0 at 0, -inf below. Derivative: -log(x) - 1; inf at 0."""
    return special.entr(x)


@entr.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return -g * (_log(x) + 1)


@og.op(elementwise=True, implements=special.rel_entr, samples=POSITIVE_PAIRS)
def rel_entr(x: Raw, y: Raw) -> Raw:
    """x * log(x / y), 0 where x = 0. Derivatives: log(x / y) + 1, -inf at x = 0; -x / y."""
    return special.rel_entr(x, y)


@rel_entr.vjp_wrt(0)
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> Raw:
    return g * (log_ratio(x, y) + 1)


@rel_entr.vjp_wrt(1)
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> Raw:
    return -g * ratio(x, y)


@og.op(elementwise=True, implements=special.kl_div, samples=POSITIVE_PAIRS)
def kl_div(x: Raw, y: Raw) -> Raw:
    """x * log(x / y) - x + y. Derivatives: log(x / y), -inf at x = 0; 1 - x / y."""
    return special.kl_div(x, y)


@kl_div.vjp_wrt(0)
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> Raw:
    return g * log_ratio(x, y)


@kl_div.vjp_wrt(1)
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> Raw:
    neither = np.equal(x, 0) & np.equal(y, 0)  # there it is y for all y
    return g * (ratio(1.0 * y - x, y) + neither)


def _log(x: Raw) -> Raw:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(x)


@og.op(elementwise=True, samples=POSITIVE_PAIRS)
def ratio(x: Raw, y: Raw) -> Raw:
    """x / y; 0 where both are 0, as a function that is 0 for all y has it.

    Derivatives: 1 / y; -x / y**2, likewise.
    """
    both = np.equal(x, 0) & np.equal(y, 0)
    return quotient(x, np.where(both, 1.0, y))


@ratio.vjp_wrt(0)
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> Raw:
    return quotient(g, y)


@ratio.vjp_wrt(1)
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> Raw:
    return -g * ratio(out, y)


@og.op(elementwise=True, samples=POSITIVE_PAIRS)
def log_ratio(x: Raw, y: Raw) -> Raw:
    """log(x / y), precise where x is close to y, and where x / y overflows.

    Derivatives: 1 / x, and -1 / y.
    """
    with np.errstate(all="ignore"):
        r = og.ordered(np.divide(x, y))
        is_near = (r > 0.5) & (r < 2)
        near = np.log1p(np.where(is_near, np.divide(1.0 * x - y, y), 0.0))
        return np.where(is_near, near, np.log(x) - np.log(y))[()]


@log_ratio.vjp_wrt(0)
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> Raw:
    return quotient(g, x)


@log_ratio.vjp_wrt(1)
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> Raw:
    return -quotient(g, y)
