"""B-splines on plain arrays, by SciPy: nothing here knows of derivatives that OpGrad takes.

A spline of degree k through n points is a sum of n B-splines. Their coefficients c solve D c = y,
where row i of D holds the B-splines at knot i; the spline at x is B(x) c. So what it gives is
linear in the values y: B(x) D⁻¹ y, and the transpose of that is D⁻ᵀ B(x)ᵀ.
"""

from __future__ import annotations

from math import prod

import numpy as np
from scipy.interpolate import BSpline, make_interp_spline
from scipy.sparse.linalg import splu

from opgrad import Raw


def interpolate(x: Raw, knots: Raw, values: Raw, degree: int, derivative: int) -> Raw:
    """The spline through the points (knots, values), or a derivative of it, at x."""
    _check(x, knots, len(values) if np.ndim(values) else 0, degree, derivative)
    curve = make_interp_spline(knots, values, k=degree, check_finite=False)
    if derivative > degree:
        return np.zeros(np.shape(x) + np.shape(values)[1:]) * curve.c[0]
    return curve.derivative(derivative)(x) if derivative else curve(x)


def transposed(weights: Raw, x: Raw, knots: Raw, degree: int, derivative: int) -> Raw:
    """The array v with sum(v * values) = sum(weights * interpolate(x, knots, values, ...))."""
    _check(x, knots, np.size(knots), degree, derivative)
    n, tail = len(knots), np.shape(weights)[np.ndim(x) :]
    if derivative > degree:
        return np.zeros((n, *tail))
    at, w = np.ravel(x).astype(float), np.reshape(weights, (np.size(x), prod(tail)))
    lost = ~np.isfinite(at)  # SciPy refuses them; what they touch is NaN
    at, w = np.where(lost, knots[0], at), np.where(lost[:, None], np.nan, w)

    t = make_interp_spline(knots, knots, k=degree).t
    inner = t[derivative : len(t) - derivative]
    design = BSpline.design_matrix(at, inner, degree - derivative, extrapolate=True)
    w = design.T @ w
    for step in reversed(range(derivative)):  # the transpose of differentiating, once each
        k = degree - step
        u = t[step : len(t) - step]
        scaled = w * (k / (u[k + 1 : -1] - u[1 : -k - 1]))[:, None]
        w = np.pad(scaled, ((1, 0), (0, 0))) - np.pad(scaled, ((0, 1), (0, 0)))
    square = BSpline.design_matrix(knots, t, degree).astype(w.dtype)
    return np.reshape(splu(square.T.tocsc()).solve(w), (n, *tail))


def _check(x: Raw, knots: Raw, points: int, degree: int, derivative: int) -> None:
    if degree < 1 or derivative < 0:
        raise ValueError(
            f"degree is at least 1, derivative at least 0; given {degree}, {derivative}"
        )
    if np.iscomplexobj(x) or np.iscomplexobj(knots):
        raise TypeError("x and knots are places on a line: real numbers")
    if np.ndim(knots) != 1 or len(knots) != points or len(knots) <= degree:
        raise ValueError(
            f"a spline of degree {degree} goes through {degree + 1} points or more, with a value "
            f"for each knot; given knots of shape {np.shape(knots)}, {points} values"
        )
    if not np.all(np.diff(knots) > 0):
        raise ValueError("knots must increase")
