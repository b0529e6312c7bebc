"""Second derivatives at kinks: right, infinite, or NaN; never a finite number that is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import opgrad as og

Function = Callable[..., Any]
numpy: Any = np  # its type stubs do not have all of its parameters

SQUARES: list[tuple[str, Function, Function]] = [
    ("norm", np.linalg.norm, lambda x: np.sum(x * x)),
    ("norm of axis 0", lambda x: np.linalg.norm(x, axis=0), lambda x: np.sum(x * x, 0)),
    ("norm fro", lambda x: np.linalg.norm(x[None], "fro"), lambda x: np.sum(x * x)),
    ("vector_norm", np.linalg.vector_norm, lambda x: np.sum(x * x)),
    ("matrix_norm", lambda x: np.linalg.matrix_norm(x[None]), lambda x: np.sum(x * x)),
    ("std", np.std, np.var),
    ("std of ddof 1", lambda x: np.std(x, ddof=1), lambda x: np.var(x, ddof=1)),
    ("norm 3", lambda x: np.linalg.norm(x, 3), lambda x: np.sum(np.abs(x) ** 3) ** (2 / 3)),
]
EACH = pytest.mark.parametrize(
    ("f", "square"), [pytest.param(f, square, id=name) for name, f, square in SQUARES]
)
HERE = [np.zeros(3), np.full(3, 2.0)]
"""Where norms, and where deviations, have a kink."""


@EACH
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_second_derivatives_of_a_square(f: Function, square: Function) -> None:
    """By both modes; also of weights times it: where it is not NaN it is that of the square."""
    for x in HERE:
        for hessian in (
            og.hessian(lambda x: f(x) ** 2),
            og.jacobian(og.grad(lambda x: f(x) ** 2)),
            og.jacobian(lambda x: 2 * f(x) * og.grad(f)(x)),
        ):
            found, expected = hessian(x), og.hessian(square)(x)
            is_known = ~np.isnan(found) & ~np.isnan(expected)
            np.testing.assert_allclose(found[is_known], expected[is_known], atol=1e-12)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_hessian_of_the_square_of_a_norm_at_0_is_not_0() -> None:
    """It is 2 I; the norm's own part of that is 0 / 0."""
    found = og.hessian(lambda x: np.linalg.norm(x) ** 2)(np.zeros(3))
    assert np.all(np.isnan(np.diag(found)))


@pytest.mark.parametrize("f", [np.linalg.norm, np.std])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_the_kink_itself_has_no_finite_second_derivative(f: Function) -> None:
    """It grows without bound on the way there."""
    assert not np.any(np.isfinite(np.diag(og.hessian(f)(np.zeros(3)))))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_hypot_at_the_origin() -> None:
    """The second derivative is not finite, nor is that of its square a wrong number."""
    assert not np.isfinite(og.grad(og.grad(lambda x: np.hypot(x, 0.0)))(np.array(0.0)))


@EACH
def test_the_first_derivative_at_a_kink_is_0(f: Function, square: Function) -> None:
    """As that of abs."""
    if f is not SQUARES[-1][1]:  # a power, which is NaN there
        x = HERE[0]
        np.testing.assert_array_equal(og.jacobian(f)(x), np.zeros_like(og.jacobian(f)(x)))


@pytest.mark.parametrize("axis", [None, 0, (0, 1)])
def test_second_derivatives_of_complex_norms(axis: Any) -> None:
    """Those of the square root of the sum of real and imaginary parts, squared."""
    z = np.array([[0.3 + 1j, -0.7], [0.2j, 1.1 - 0.4j]])
    weights = np.array([[1.0, -0.4 + 0.3j], [0.6j, 0.8]])

    def by_parts(z: Any) -> Any:
        return np.sqrt(np.sum(np.real(z) ** 2 + np.imag(z) ** 2, axis=axis))

    def second(f: Function) -> Any:
        def slope(z: Any) -> Any:
            return np.real(np.sum(weights * og.grad(lambda y: np.sum(f(y) ** 3))(z)))

        return og.grad(slope)(z)

    found = second(lambda z: np.linalg.norm(z, axis=axis))
    np.testing.assert_allclose(found, second(by_parts), rtol=1e-12)
