"""A Gaussian process, its hyperparameters fitted through a Cholesky factorization."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.optimize
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel

import opgrad as og
from examples.gaussian_process import NOISE, fit, negative_log_likelihood, observe, predict
from opgrad import Raw

LOG_P = np.array([-0.3, 0.4, -1.2])


def scikit_learn(log_p: Raw) -> GaussianProcessRegressor:
    """The same process with fixed hyperparameters, on the example's 60 observations."""
    length, amplitude, noise = np.exp(log_p)
    kernel = ConstantKernel(amplitude**2) * RBF(length) + WhiteKernel(noise**2)
    x, y = observe(60, seed=0)
    return GaussianProcessRegressor(kernel, optimizer=None, alpha=0).fit(x[:, None], y)


def test_likelihood_and_gradient_are_those_of_scikit_learn() -> None:
    """Which has the gradient by hand; by the logs of squares, where the example has no squares."""
    value, gradient = og.value_and_grad(negative_log_likelihood)(LOG_P, *observe(60, seed=0))
    process = scikit_learn(LOG_P)
    expected, rates = process.log_marginal_likelihood(process.kernel_.theta, eval_gradient=True)
    by_amplitude, by_length, by_noise = rates * [2, 1, 2]
    assert value == pytest.approx(-expected)
    np.testing.assert_allclose(gradient, [-by_length, -by_amplitude, -by_noise])


def test_the_gradient_is_that_by_differences() -> None:
    """Of each hyperparameter."""
    data = observe(60, seed=0)
    expected = scipy.optimize.approx_fprime(LOG_P, negative_log_likelihood, 1e-6, *data)
    gradient = og.grad(negative_log_likelihood)(LOG_P, *data)
    np.testing.assert_allclose(gradient, expected, rtol=1e-4)


def test_the_fit_has_the_greatest_likelihood() -> None:
    """A method without derivatives, from the same start, finds none that is greater."""
    x, y = observe(60, seed=0)
    found = fit(x, y)
    other = scipy.optimize.minimize(
        negative_log_likelihood, np.zeros(3), args=(x, y), method="Nelder-Mead"
    )
    assert found.success, found.message
    assert found.fun <= other.fun + 1e-6
    np.testing.assert_allclose(found.x, other.x, atol=1e-3)


def test_the_fit_finds_the_noise() -> None:
    """To a fifth: there are 60 observations."""
    assert np.exp(fit(*observe(60, seed=0)).x[2]) == pytest.approx(NOISE, rel=0.2)


def test_predictions_are_those_of_scikit_learn() -> None:
    """Means and deviations, at places that were not observed."""
    new, _ = observe(40, seed=1)
    mean, deviation = predict(LOG_P, *observe(60, seed=0), new)
    expected = scikit_learn(LOG_P).predict(new[:, None], return_std=True)
    np.testing.assert_allclose([mean, deviation], expected, rtol=1e-7)


def test_held_out_points_are_predicted_to_the_noise() -> None:
    """The error is little more than the noise; nearly all are within two deviations."""
    data, (new, unseen) = observe(60, seed=0), observe(40, seed=1)
    mean, deviation = predict(fit(*data).x, *data, new)
    assert np.sqrt(np.mean((unseen - mean) ** 2)) < 1.5 * NOISE
    assert np.sum(np.abs(unseen - mean) < 2 * deviation) >= 36
