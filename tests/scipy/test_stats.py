"""Distributions on Values: SciPy's numbers, and gradients of differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats as scipy_stats

import opgrad as og
from opgrad_scipy import stats
from tests.ops.central_differences import differences

X = np.array([0.15, 0.4, 0.85])
OUTSIDE = np.array([-0.7, 0.4, 1.9])
CASES = [
    ("norm", ()),
    ("expon", ()),
    ("uniform", ()),
    ("laplace", ()),
    ("logistic", ()),
    ("lognorm", (0.8,)),
    ("gamma", (2.3,)),
    ("chi2", (3.4,)),
    ("beta", (1.7, 2.6)),
    ("t", (4.5,)),
]
EACH = pytest.mark.parametrize(("name", "shapes"), CASES)


@EACH
@pytest.mark.parametrize("method", ["logpdf", "pdf", "cdf"])
def test_values_are_scipy_s(name: str, shapes: tuple[float, ...], method: str) -> None:
    """On arrays and Values, inside the support and outside; loc and scale by place or name."""
    ours, theirs = (
        getattr(getattr(stats, name), method),
        getattr(getattr(scipy_stats, name), method),
    )
    for x in (X, OUTSIDE):
        expected = theirs(x, *shapes, 0.1, 1.3)
        np.testing.assert_allclose(ours(x, *shapes, 0.1, 1.3), expected, rtol=1e-12)
        value = ours(og.Value(x), *shapes, loc=og.Value(0.1), scale=1.3)
        np.testing.assert_allclose(value.data, expected, rtol=1e-12)


@EACH
@pytest.mark.parametrize("method", ["logpdf", "pdf"])
def test_gradients_by_all_parameters(name: str, shapes: tuple[float, ...], method: str) -> None:
    """By x, shapes, loc and scale, they agree with differences of SciPy's own function."""
    theirs = getattr(getattr(scipy_stats, name), method)
    ours = getattr(getattr(stats, name), method)
    point = (X, *shapes, 0.05, 1.3)
    found = og.grad(lambda *args: np.sum(ours(*args)), tuple(range(len(point))))(*point)
    for i, g in enumerate(found):
        expected = differences(lambda *args: float(np.sum(theirs(*args))), point, i)
        np.testing.assert_allclose(g, expected, rtol=1e-5, atol=1e-7)


@EACH
def test_derivative_of_the_distribution_is_the_density(
    name: str, shapes: tuple[float, ...]
) -> None:
    """By x."""
    family = getattr(stats, name)
    slope = og.elementwise_grad(lambda x: family.cdf(x, *shapes))(X)
    np.testing.assert_allclose(slope, family.pdf(X, *shapes), rtol=1e-12)


@EACH
def test_gradients_outside_the_support_are_no_nan(name: str, shapes: tuple[float, ...]) -> None:
    """Nothing of what is not computed there gets into the gradient."""
    family = getattr(stats, name)
    slope = og.elementwise_grad(lambda x: family.logpdf(x, *shapes))(OUTSIDE)
    assert np.all(np.isfinite(slope))


def test_wrong_number_of_shapes() -> None:
    """It says how many there are."""
    with pytest.raises(TypeError, match="takes 1 shape"):
        stats.gamma.logpdf(X)


def test_poisson() -> None:
    """SciPy's numbers, 0 between and below the natural numbers, and the gradient by the mean."""
    k = np.array([0.0, 2.0, 5.0, 1.5, -1.0])
    np.testing.assert_allclose(stats.poisson.pmf(k, 2.2), scipy_stats.poisson.pmf(k, 2.2))
    found: Any = og.grad(lambda mu: np.sum(stats.poisson.logpmf(k[:3], mu)))(2.2)
    assert found == pytest.approx(7 / 2.2 - 3)


@pytest.mark.parametrize("x", [-1.5, 0.0, 2.0, -800.0, 800.0])
def test_laplace_is_smooth_at_its_middle(x: float) -> None:
    """The derivative of its distribution function is its density, 0.5 at 0, and 0 far out."""
    given = og.grad(stats.laplace.cdf)(x)
    np.testing.assert_allclose(given, scipy_stats.laplace.pdf(x), rtol=1e-14)
