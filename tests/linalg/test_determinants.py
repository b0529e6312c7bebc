"""Determinants where there is no inverse: they are polynomials, and have all derivatives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import opgrad as og

SINGULAR = [
    pytest.param(np.array([[1.0, 2.0, 0.0], [2.0, 4.0, 1.0], [0.0, 0.0, 3.0]]), id="rank 2"),
    pytest.param(np.ones((3, 3)), id="rank 1"),
    pytest.param(np.zeros((3, 3)), id="rank 0"),
    pytest.param(np.diag([1.0, 1e-9, 0.0]), id="nearly rank 1"),
    pytest.param(np.array([[1.0, 2.0, 0.0], [2.0, 4.0, 1j], [0.0, 0.0, 3.0]]), id="complex"),
]


def _by_cofactors(a: Any) -> Any:
    """The determinant of a 3×3 matrix, by its definition."""
    return sum(
        a[0, i] * (a[1, j] * a[2, k] - a[1, k] * a[2, j])
        for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1))
    )


@pytest.mark.parametrize("a", SINGULAR)
def test_second_derivative_of_det_at_a_singular_matrix(a: Any) -> None:
    """It is that of the polynomial in the elements."""
    weights = np.arange(9.0).reshape(3, 3)

    def second(f: Any) -> Any:
        return og.grad(lambda x: np.real(np.sum(weights * og.grad(lambda y: np.real(f(y)))(x))))(a)

    np.testing.assert_allclose(second(np.linalg.det), second(_by_cofactors), atol=1e-13)


def test_third_derivative_of_det() -> None:
    """At a matrix with an inverse it is that of the polynomial."""
    a = np.array([[1.0, 2.0, 0.5], [0.3, -1.0, 1.0], [0.7, 0.2, 3.0]])
    found, expected = (og.jacobian(og.hessian(f))(a) for f in (np.linalg.det, _by_cofactors))
    np.testing.assert_allclose(found, expected, atol=1e-12)


@pytest.mark.parametrize("n", [0, 1, 2, 7])
def test_second_derivative_of_det_of_any_size(n: int) -> None:
    """Along the identity, of a diagonal matrix with a zero: a sum of products of all but two."""
    s = np.arange(n) * 0.5
    a, one = np.diag(s), np.eye(n)
    found = og.jvp(lambda x: og.jvp(np.linalg.det, (x,), (one,))[1], (a,), (one,))[1]
    pairs = [(i, j) for i in range(n) for j in range(n) if i != j]
    expected = sum(np.prod(np.delete(s, pair)) for pair in pairs)
    np.testing.assert_allclose(found, expected, rtol=1e-13)


def test_third_derivative_of_det_at_a_singular_matrix_is_refused() -> None:
    """In words, not by a LinAlgError."""
    with pytest.raises(og.NotDifferentiable, match="with an inverse only"):
        og.jacobian(og.hessian(np.linalg.det))(np.ones((3, 3)))


@pytest.mark.parametrize("function", ["slogdet", "logabsdet"])
def test_logarithm_of_a_determinant_of_zero_is_refused(function: str) -> None:
    """It is -inf, and has no derivative."""

    def log(a: Any) -> Any:
        return np.linalg.slogdet(a)[1] if function == "slogdet" else og.ops.logabsdet(a)

    with pytest.raises(og.NotDifferentiable, match="determinant that is 0"):
        og.grad(log)(np.diag([1.0, 0.0]))
