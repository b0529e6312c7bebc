"""A damped oscillation, fitted by SciPy with OpGrad's Jacobian."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.optimize

import opgrad as og
from examples.curve_fit import TRUE, covariance, fit, measure, oscillation, residuals


def test_the_truth_is_within_three_standard_errors() -> None:
    """Of each parameter; and no standard error is larger than a tenth."""
    found = fit(*measure())
    errors = np.sqrt(np.diag(covariance(found)))
    assert np.all(np.abs(found.x - TRUE) < 3 * errors)
    assert np.all(errors < 0.1)


def test_the_jacobian_is_that_by_differences() -> None:
    """At the start, far from the solution."""
    t, y = measure()
    p = np.array([1.0, 0.1, 3.8, 0.0])
    expected = scipy.optimize.approx_fprime(p, residuals, 1e-7, t, y)
    np.testing.assert_allclose(og.jacobian(residuals)(p, t, y), expected, atol=1e-5)


def test_parameters_and_covariance_are_those_without_the_jacobian() -> None:
    """SciPy's curve_fit takes differences instead, and scales the covariance by itself."""
    t, y = measure()
    found = fit(t, y)
    expected, spread = scipy.optimize.curve_fit(lambda t, *p: oscillation(p, t), t, y, p0=TRUE)
    np.testing.assert_allclose(found.x, expected, rtol=1e-5)
    np.testing.assert_allclose(covariance(found), spread, rtol=1e-3, atol=1e-8)


def test_the_covariance_is_what_repeated_measurements_show() -> None:
    """The standard errors are the deviations of the fits of 200 measurements, to a fifth."""
    t, y = measure()
    rng = np.random.default_rng(1)
    fits = [fit(t, oscillation(TRUE, t) + rng.normal(0, 0.1, len(t))).x for _ in range(200)]
    errors = np.sqrt(np.diag(covariance(fit(t, y))))
    assert errors == pytest.approx(np.std(fits, axis=0), rel=0.2)
