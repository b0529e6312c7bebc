"""Rosenbrock's function of 1,000 variables, minimised by SciPy with OpGrad's gradient."""

from __future__ import annotations

import numpy as np
import scipy.optimize

import opgrad as og
from examples.rosenbrock import minimise, rosenbrock


def test_the_minimum_is_where_every_coordinate_is_1() -> None:
    """All 1,000 come close to it, and SciPy says that it has converged."""
    found = minimise()
    assert found.success, found.message
    np.testing.assert_allclose(found.x, np.ones(1000), atol=1e-3)


def test_value_and_gradient_are_those_that_scipy_has_by_hand() -> None:
    """SciPy ships this function with its derivative, written out."""
    x = np.random.default_rng(0).normal(size=1000)
    value, gradient = og.value_and_grad(rosenbrock)(x)
    np.testing.assert_allclose(value, scipy.optimize.rosen(x))
    np.testing.assert_allclose(gradient, scipy.optimize.rosen_der(x), atol=1e-9)
