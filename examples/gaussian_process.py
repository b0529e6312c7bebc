"""Gaussian-process regression: three hyperparameters, found by the marginal likelihood."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import minimize

import opgrad as og
from opgrad import Raw

NOISE = 0.1


def observe(points: int, seed: int) -> tuple[Raw, Raw]:
    """Random places, and a noisy smooth function at them."""
    rng = np.random.default_rng(seed)
    x = np.sort(rng.uniform(0, 10, points))
    return x, np.sin(x) + 0.5 * np.sin(2 * x) + rng.normal(0, NOISE, points)


def kernel(log_p: Raw, a: Raw, b: Raw) -> Raw:
    """The squared exponential: ``log_p`` holds the logs of length, amplitude and noise."""
    length, amplitude, _ = np.exp(log_p)
    return amplitude**2 * np.exp(-(((a[:, None] - b) / length) ** 2) / 2)


def factor(log_p: Raw, x: Raw) -> Raw:
    """The Cholesky factor of the covariance of what is observed at ``x``."""
    noise = np.exp(log_p[2])
    return np.linalg.cholesky(kernel(log_p, x, x) + noise**2 * np.eye(len(x)))


def negative_log_likelihood(log_p: Raw, x: Raw, y: Raw) -> Raw:
    """Of the observations, given the hyperparameters; the functions are integrated out."""
    lower = factor(log_p, x)
    whitened = np.linalg.solve(lower, y)
    log_det = 2 * np.sum(np.log(np.diag(lower)))
    return (whitened @ whitened + log_det + len(x) * np.log(2 * np.pi)) / 2


def fit(x: Raw, y: Raw) -> Any:
    """SciPy's result, from hyperparameters of 1, 1 and 1."""
    objective = og.value_and_grad(negative_log_likelihood)
    return minimize(objective, np.zeros(3), args=(x, y), jac=True, method="L-BFGS-B")


def predict(log_p: Raw, x: Raw, y: Raw, new: Raw) -> tuple[Raw, Raw]:
    """Mean and standard deviation of what will be observed at new places."""
    lower = factor(log_p, x)
    whitened = np.linalg.solve(lower, kernel(log_p, x, new))
    mean = whitened.T @ np.linalg.solve(lower, y)
    _, amplitude, noise = np.exp(log_p)
    return mean, np.sqrt(amplitude**2 + noise**2 - np.sum(whitened**2, axis=0))


def main() -> None:
    """Fit 60 points, and predict 40 others."""
    x, y = observe(60, seed=0)
    log_p = fit(x, y).x
    length, amplitude, noise = np.exp(log_p)
    print(f"length {length:.2f}, amplitude {amplitude:.2f}, noise {noise:.2f} (true: {NOISE})")
    new, unseen = observe(40, seed=1)
    mean, deviation = predict(log_p, x, y, new)
    inside = np.sum(np.abs(unseen - mean) < 2 * deviation)
    print(f"error {np.sqrt(np.mean((unseen - mean) ** 2)):.2f}; {inside} of 40 within 2 deviations")


if __name__ == "__main__":
    main()
