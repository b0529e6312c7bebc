"""Smoothing: the values that noisy ones are drawn to, by a penalty on bends.

The smoothed values are defined by an equation, and its derivatives come from that equation: the
implicit function theorem, in two lines.
"""

from __future__ import annotations

import numpy as np
from scipy.interpolate import make_smoothing_spline

import opgrad as og
from opgrad import Raw
from opgrad_interp.interpolation import KNOTS, VALUES, in_precision_of


@og.op(samples=[(VALUES, KNOTS, 0.4), (VALUES, KNOTS, 30.0), (VALUES[::-1], KNOTS, np.array(0.01))])
def smooth(values: Raw, knots: Raw, penalty: Raw) -> Raw:
    """The values, at the knots, of the curve f with the least misfit and bends.

    f makes ``sum((values - f(knots))**2) + penalty * ∫ f''²`` as small as it can be.

    Args:
        values: n numbers, measured at the knots; n >= 5.
        knots: n increasing numbers. They are fixed: there is no derivative by them.
        penalty: one number above 0. Near 0 the values stay; far above, they come onto a line.

    Returns:
        n numbers.

    With the matrix K of the penalty, the smoothed values s solve s + penalty * K s = values. That
    map of values to s is symmetric, hence its own transpose; and by the penalty p, since
    ds + K s dp + p K ds = 0, ds = -smooth(K s) dp, where K s = (values - s) / p. Source: Green and
    Silverman, "Nonparametric Regression and Generalized Linear Models", 1994, chapter 2.
    """
    if np.ndim(penalty) or not penalty > 0:
        raise ValueError(f"penalty is one number above 0; given {penalty!r}")
    if np.all(np.isfinite(values)):
        out = make_smoothing_spline(knots, values, lam=float(penalty))(knots)
    else:  # SciPy refuses them; every smoothed value hangs on every value
        out = np.full(np.shape(values), np.nan)
    return in_precision_of(out, values, knots, penalty)


@smooth.vjp_wrt(0)
def _(g: Raw, out: Raw, values: Raw, knots: Raw, penalty: Raw) -> Raw:
    return smooth(g, knots, penalty)


@smooth.vjp_wrt(1)
def _(g: Raw, out: Raw, values: Raw, knots: Raw, penalty: Raw) -> Raw:
    raise og.NotDifferentiable("the knots of a spline are fixed; move the values")


@smooth.vjp_wrt(2)
def _(g: Raw, out: Raw, values: Raw, knots: Raw, penalty: Raw) -> Raw:
    bends = smooth((values - out) / penalty, knots, penalty)
    return -np.sum(g * bends)
