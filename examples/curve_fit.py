"""Fits a damped oscillation to noisy measurements, and says how sure each parameter is."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import least_squares

import opgrad as og
from opgrad import Raw

NAMES = ("amplitude", "decay", "frequency", "phase")
TRUE = np.array([2.0, 0.3, 4.0, 0.5])
NOISE = 0.1


def oscillation(p: Raw, t: Raw) -> Raw:
    """An oscillation that dies down: ``p`` holds what NAMES says."""
    amplitude, decay, frequency, phase = p
    return amplitude * np.exp(-decay * t) * np.cos(frequency * t + phase)


def measure(points: int = 80) -> tuple[Raw, Raw]:
    """Times, and what was measured at them: the true curve with noise."""
    t = np.linspace(0, 6, points)
    return t, oscillation(TRUE, t) + np.random.default_rng(0).normal(0, NOISE, points)


def residuals(p: Raw, t: Raw, y: Raw) -> Raw:
    """How far the curve is from each measurement."""
    return oscillation(p, t) - y


def fit(t: Raw, y: Raw) -> Any:
    """SciPy's result. The Jacobian is by the first argument, p."""
    start = np.array([1.0, 0.1, 3.8, 0.0])
    return least_squares(residuals, start, jac=og.jacobian(residuals), args=(t, y))


def covariance(found: Any) -> Raw:
    """Of the parameters, to first order: the variance of the noise times (J' J)**-1."""
    freedom = len(found.fun) - len(found.x)
    return np.linalg.inv(found.jac.T @ found.jac) * (2 * found.cost / freedom)


def main() -> None:
    """Each parameter, its standard error, and the truth."""
    found = fit(*measure())
    errors = np.sqrt(np.diag(covariance(found)))
    for name, value, error, true in zip(NAMES, found.x, errors, TRUE, strict=True):
        print(f"{name:9}  {value:6.3f} ± {error:.3f}   true: {true}")


if __name__ == "__main__":
    main()
