"""Interpolation: the spline through given points, and the transpose of that map.

The two ops are each other's rules. Both forwards call foreign code, and still neither is opaque:
what their rules compute is made of ops, so that derivatives of any order are there.
"""

from __future__ import annotations

import numpy as np

import opgrad as og
from opgrad import Raw
from opgrad_interp.basis import interpolate, transposed

KNOTS = np.array([0.0, 0.8, 1.5, 2.7, 3.1, 4.0])
VALUES = np.array([0.3, 1.4, -0.2, 0.9, 2.1, 1.7])
CURVE = np.stack([VALUES, KNOTS * VALUES], axis=1)
PLACES = np.array([[0.2, 1.1], [2.9, 3.6]])


@og.op(
    samples=[
        (1.1, KNOTS, VALUES),
        (PLACES, KNOTS, VALUES),
        (PLACES, KNOTS, CURVE),
        og.Sample(PLACES, KNOTS, VALUES, degree=1),
        og.Sample(PLACES, KNOTS, VALUES, degree=5, derivative=2),
    ]
)
def spline(x: Raw, knots: Raw, values: Raw, *, degree: int = 3, derivative: int = 0) -> Raw:
    """The spline through the points (knots, values), at x; outside of the knots it goes on.

    It is a polynomial of that ``degree`` between knots, and where they join, as many of its
    derivatives as possible are continuous (at the ends: "not a knot", as in SciPy).

    Args:
        x: numbers of any shape.
        knots: n increasing numbers, n > degree. They are fixed: there is no derivative by them.
        values: shape (n, ...): numbers, or points of a curve.
        degree: 1 for a polygon, 3 for a cubic spline.
        derivative: which derivative of the spline, by x.

    Returns:
        Shape ``x.shape + values.shape[1:]``.

    Where a derivative by x jumps, at a knot, it is that of the polynomial to the right.
    """
    out = interpolate(x, knots, values, degree, derivative)
    return in_precision_of(out, x, knots, values)


@spline.vjp_wrt(0)
def _(
    g: Raw, out: Raw, x: Raw, knots: Raw, values: Raw, *, degree: int = 3, derivative: int = 0
) -> Raw:
    slope = spline(x, knots, values, degree=degree, derivative=derivative + 1)
    return _sum_over_tail(g * slope, x)


@spline.vjp_wrt(1)
def _(
    g: Raw, out: Raw, x: Raw, knots: Raw, values: Raw, *, degree: int = 3, derivative: int = 0
) -> Raw:
    raise og.NotDifferentiable("the knots of a spline are fixed; move x or the values")


@spline.vjp_wrt(2)
def _(
    g: Raw, out: Raw, x: Raw, knots: Raw, values: Raw, *, degree: int = 3, derivative: int = 0
) -> Raw:
    return spline_transpose(g, x, knots, degree=degree, derivative=derivative)


@og.op(
    samples=[
        (0.7, 1.1, KNOTS),
        (PLACES + 1, PLACES, KNOTS),
        (np.stack([PLACES, PLACES**2], axis=-1), PLACES, KNOTS),
        og.Sample(PLACES + 1, PLACES, KNOTS, degree=1),
        og.Sample(PLACES + 1, PLACES, KNOTS, degree=5, derivative=2),
    ]
)
def spline_transpose(
    weights: Raw, x: Raw, knots: Raw, *, degree: int = 3, derivative: int = 0
) -> Raw:
    """What each value of a spline counts for in a weighted sum of what the spline gives at x.

    ``sum(weights * spline(x, knots, values))`` is ``sum(spline_transpose(weights, x, knots) *
    values)``, for all values.

    Args:
        weights: shape ``x.shape + (...)``.
        x: numbers of any shape.
        knots: n increasing numbers, n > degree; fixed.
        degree: as in ``spline``.
        derivative: as in ``spline``.

    Returns:
        Shape ``(n, ...)``.
    """
    out = transposed(weights, x, knots, degree, derivative)
    return in_precision_of(out, weights, x, knots)


@spline_transpose.vjp_wrt(0)
def _(
    g: Raw, out: Raw, weights: Raw, x: Raw, knots: Raw, *, degree: int = 3, derivative: int = 0
) -> Raw:
    return spline(x, knots, g, degree=degree, derivative=derivative)


@spline_transpose.vjp_wrt(1)
def _(
    g: Raw, out: Raw, weights: Raw, x: Raw, knots: Raw, *, degree: int = 3, derivative: int = 0
) -> Raw:
    slope = spline(x, knots, g, degree=degree, derivative=derivative + 1)
    return _sum_over_tail(weights * slope, x)


@spline_transpose.vjp_wrt(2)
def _(
    g: Raw, out: Raw, weights: Raw, x: Raw, knots: Raw, *, degree: int = 3, derivative: int = 0
) -> Raw:
    raise og.NotDifferentiable("the knots of a spline are fixed; move x or the weights")


def _sum_over_tail(product: Raw, x: Raw) -> Raw:
    """The axes behind those of x, where the values are points of a curve, summed over."""
    axes = tuple(range(np.ndim(x), np.ndim(product)))
    return np.sum(product, axis=axes) if axes else product


def in_precision_of(out: Raw, *inputs: Raw) -> Raw:
    """SciPy computes in double precision; float32 in, float32 out."""
    return out.astype(np.result_type(*inputs, np.float32), copy=False)
