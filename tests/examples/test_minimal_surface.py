"""A soap film, by Newton's method with OpGrad's products with the Hessian."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.optimize

import opgrad as og
from examples.minimal_surface import INSIDE, area, curvature, film, minimise, scherk


@pytest.fixture(scope="module")
def found() -> Any:
    """SciPy's result."""
    return minimise()


def test_the_film_is_scherks_surface(found: Any) -> None:
    """To the error of the grid."""
    assert found.success, found.message
    np.testing.assert_allclose(film(found.x), scherk(), atol=1e-4)


def test_no_film_near_by_has_a_smaller_area(found: Any) -> None:
    """Not that of Scherk's surface on the grid, nor any of 20 others."""
    rng = np.random.default_rng(0)
    others = [scherk()[INSIDE].ravel(), *(found.x + rng.normal(0, 0.01, (20, len(found.x))))]
    assert all(found.fun <= area(z) for z in others)


def test_the_film_is_that_of_a_method_without_second_derivatives(found: Any) -> None:
    """L-BFGS-B, with the gradient alone, comes to the same film."""
    other = scipy.optimize.minimize(
        og.value_and_grad(area), np.zeros(len(found.x)), jac=True, method="L-BFGS-B", tol=1e-12
    )
    np.testing.assert_allclose(found.x, other.x, atol=1e-4)


def test_a_product_with_the_hessian_is_the_difference_of_gradients(found: Any) -> None:
    """Along a random direction."""
    v, h = np.random.default_rng(0).normal(size=len(found.x)), 1e-6
    gradient = og.grad(area)
    expected = (gradient(found.x + h * v) - gradient(found.x - h * v)) / (2 * h)
    np.testing.assert_allclose(curvature(found.x, v), expected, atol=1e-6)
