"""Minimises Rosenbrock's function of 1,000 variables with SciPy, given its exact gradient."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import minimize

import opgrad as og
from opgrad import Raw


def rosenbrock(x: Raw) -> Raw:
    """A curved valley with its lowest point, 0, where every coordinate is 1."""
    valley = x[1:] - x[:-1] ** 2
    return np.sum(100 * valley**2 + (1 - x[:-1]) ** 2)


def minimise(size: int = 1000) -> Any:
    """SciPy's result, from a start at which every coordinate is 2."""
    return minimize(og.value_and_grad(rosenbrock), np.full(size, 2.0), jac=True, method="L-BFGS-B")


def main() -> None:
    """Minimise, and count what it took."""
    found = minimise()
    print(f"farthest coordinate from 1: {np.max(np.abs(found.x - 1)):.5f}")
    print(f"calls of the function with its gradient: {found.nfev}")


if __name__ == "__main__":
    main()
