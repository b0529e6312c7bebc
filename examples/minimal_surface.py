"""The soap film in a bent frame, by Newton's method with exact products with the Hessian.

The frame is cut out of Scherk's surface, log(cos(x) / cos(y)): no film in it has a smaller area.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import minimize

import opgrad as og
from opgrad import Raw

POINTS = 33
STEP = 2 / (POINTS - 1)
INSIDE = (slice(1, -1), slice(1, -1))


def scherk() -> Raw:
    """The heights of Scherk's surface on a grid over [-1, 1] x [-1, 1]."""
    x = np.linspace(-1, 1, POINTS)
    return np.log(np.cos(x)[:, None] / np.cos(x))


FRAME = og.at(scherk(), INSIDE).set(0.0)


def film(z: Raw) -> Raw:
    """The frame, with the heights ``z`` inside."""
    inside = np.reshape(z, (POINTS - 2, POINTS - 2))
    return og.at(FRAME, INSIDE).set(inside)


def area(z: Raw) -> Raw:
    """The area of the film: two triangles over each square of the grid."""
    heights = film(z)
    dx, dy = np.diff(heights, axis=0) / STEP, np.diff(heights, axis=1) / STEP
    lower = np.sqrt(1 + dx[:, :-1] ** 2 + dy[:-1] ** 2)
    upper = np.sqrt(1 + dx[:, 1:] ** 2 + dy[1:] ** 2)
    return STEP**2 / 2 * np.sum(lower + upper)


def curvature(z: Raw, v: Raw) -> Raw:
    """The Hessian of the area at ``z`` times ``v``; the matrix is never made."""
    return og.hvp(area, (z,), (v,))


def minimise() -> Any:
    """SciPy's result, from a flat film."""
    start = np.zeros((POINTS - 2) ** 2)
    return minimize(
        og.value_and_grad(area),
        start,
        jac=True,
        hessp=curvature,
        method="Newton-CG",
        options={"xtol": 1e-9},
    )


def main() -> None:
    """Compare the film with Scherk's surface."""
    found = minimise()
    error = np.max(np.abs(film(found.x) - scherk()))
    print(f"{len(found.x)} heights, {found.nit} steps of Newton's method, {found.nhev} products")
    print(f"area {found.fun:.4f}; farthest from Scherk's surface: {error:.6f}")


if __name__ == "__main__":
    main()
