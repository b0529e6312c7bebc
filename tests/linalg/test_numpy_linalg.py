"""Functions of numpy.linalg on Values: results, gradients, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import opgrad as og
from opgrad_linalg.matrices import (
    REAL_SPECTRUM,
    SQUARE,
    STACK,
    SYMMETRIC,
    SYMMETRIC_STACK,
    TALL,
    WIDE_STACK,
)
from tests.ops.central_differences import differences

Function = Callable[..., Any]

SEVERAL: list[tuple[Function, Any]] = [
    (np.linalg.slogdet, SQUARE),
    (np.linalg.slogdet, STACK),
    (np.linalg.eigh, SYMMETRIC_STACK),
    (lambda a: np.linalg.eigh(a, "U"), SYMMETRIC),
    (lambda a: np.linalg.eigh(a, "u"), SQUARE),
    (np.linalg.eig, SQUARE),
    (np.linalg.qr, TALL),
    (np.linalg.qr, WIDE_STACK),
    (lambda a: np.linalg.qr(a, mode="complete"), SQUARE),
    (np.linalg.svd, STACK),
    (lambda a: np.linalg.svd(a, full_matrices=False), WIDE_STACK),
    (lambda a: np.linalg.lstsq(a, TALL[:, 0]), TALL),
    (lambda a: np.linalg.lstsq(a, SQUARE), TALL),
    (lambda a: np.linalg.lstsq(SQUARE.tolist(), a[:, 0]), TALL),
    (lambda a: np.linalg.lstsq(a, TALL[:2]), WIDE_STACK[0]),
]


@pytest.mark.parametrize(("function", "a"), SEVERAL)
def test_several_results_are_numpy_s(function: Function, a: Any) -> None:
    """The same results, in NumPy's own named tuple where it has one."""
    found, expected = function(og.Value(a)), function(a)
    assert type(found) is type(expected)
    for x, y in zip(found, expected, strict=True):
        np.testing.assert_allclose(og.stop_gradient(x), y, atol=1e-14)


ONE: list[tuple[Function, Any]] = [
    (lambda a: np.linalg.svd(a, compute_uv=False), TALL),
    (lambda a: np.linalg.qr(a, mode="r"), TALL),
    *((lambda a, n=n: np.linalg.matrix_power(a, n), STACK) for n in (-2, -1, 0, 1, 2, 7)),
]


@pytest.mark.parametrize(("function", "a"), ONE)
def test_one_result_is_numpy_s(function: Function, a: Any) -> None:
    """Functions that are made of ops give what NumPy's give."""
    np.testing.assert_allclose(og.stop_gradient(function(og.Value(a))), function(a), rtol=1e-12)


def test_rank_is_plain() -> None:
    """An integer, without a gradient."""
    assert np.linalg.matrix_rank(og.Value(TALL)) == 2


LOSSES: list[tuple[Function, Any]] = [
    (lambda a: np.linalg.slogdet(a).logabsdet, SQUARE),
    (lambda a: np.sum(np.linalg.eigh(a).eigenvectors[..., 0] ** 3), SYMMETRIC),
    (lambda a: np.sum(np.linalg.qr(a).Q ** 3), WIDE_STACK),
    (lambda a: np.sum(np.linalg.svd(a, full_matrices=False).Vh ** 3), TALL),
    (lambda a: np.sum(np.linalg.matrix_power(a, -3)), SQUARE),
    (lambda a: np.sum(np.linalg.lstsq(a, TALL[:, 0])[0] ** 2), TALL + 0.1),
    (lambda a: np.sum(np.linalg.lstsq(a, SQUARE)[1]), TALL),
]


@pytest.mark.parametrize(("loss", "a"), LOSSES)
def test_gradients_through_parts_of_results(loss: Function, a: Any) -> None:
    """They agree with differences of the same NumPy code."""
    np.testing.assert_allclose(og.grad(loss)(a), differences(loss, [a], 0), rtol=1e-6, atol=1e-7)


def test_gradient_of_a_singular_determinant() -> None:
    """It is the matrix of cofactors, which has no need of an inverse."""
    a = np.array([[1.0, 2.0, 0.0], [2.0, 4.0, 1.0], [0.0, 0.0, 3.0]])
    expected = [[12.0, -6.0, 0.0], [-6.0, 3.0, 0.0], [2.0, -1.0, 0.0]]
    np.testing.assert_allclose(og.grad(np.linalg.det)(a), expected, atol=1e-14)


def test_vectors_of_equal_eigenvalues_are_refused() -> None:
    """Also in a function that does not depend on their choice: no wrong gradient."""

    def trace(a: Any) -> Any:
        w, v = np.linalg.eigh(a)
        return np.sum((v * w) @ np.swapaxes(v, -1, -2) * SYMMETRIC)

    with pytest.raises(og.NotDifferentiable, match="equal values"):
        og.grad(trace)(np.eye(3))


def test_vectors_of_equal_singular_values_are_refused() -> None:
    """As those of equal eigenvalues."""
    with pytest.raises(og.NotDifferentiable, match="equal values"):
        og.grad(lambda a: np.sum(np.linalg.svd(a).U * SQUARE))(np.eye(3))


@pytest.mark.parametrize(
    ("function", "index"), [(np.linalg.eigh, "eigenvalues"), (np.linalg.svd, "S")]
)
def test_equal_values_alone_have_a_gradient(function: Function, index: str) -> None:
    """That of a function symmetric in them, though the vectors come from the same op."""
    found = og.grad(lambda a: np.sum(getattr(function(a), index) ** 2))(np.eye(3))
    np.testing.assert_allclose(found, 2 * np.eye(3), atol=1e-14)


def test_gradient_of_a_symmetric_argument_is_by_one_triangle() -> None:
    """NumPy reads the lower one only, so nothing depends on what is above the diagonal."""
    for loss in (np.linalg.cholesky, np.linalg.eigvalsh):
        found = og.grad(lambda a, f=loss: np.sum(f(a)))(SYMMETRIC)
        np.testing.assert_array_equal(np.triu(found, 1), 0)


def test_gradient_of_complex_eigenvalues() -> None:
    """Of a real matrix: real, and that of differences."""
    weights = np.array([0.3, -0.8, 1.1])

    def real(a: Any) -> float:
        return float(np.sum(weights * np.linalg.eigvals(a)).real)

    value = og.Value(SQUARE)
    out: Any = np.linalg.eigvals(value)
    assert out.dtype == complex
    found = og.backward(out, weights.astype(complex), [value])[value]
    np.testing.assert_allclose(found, differences(real, [SQUARE], 0), rtol=1e-6)


HOLOMORPHIC: list[Function] = [
    np.linalg.inv,
    np.linalg.det,
    np.linalg.eigvals,
    lambda a: np.linalg.solve(a, TALL),
    lambda a: np.linalg.matrix_power(a, 3),
]


@pytest.mark.parametrize("function", HOLOMORPHIC)
def test_gradients_of_complex_matrices(function: Function) -> None:
    """Holomorphic functions of complex matrices have the derivative along the real axis."""
    a = SQUARE + 1j * REAL_SPECTRUM
    weights = np.arange(1.0, 1 + np.size(function(a))).reshape(np.shape(function(a)))
    value = og.Value(a)
    found = og.backward(function(value), weights.astype(complex)[()], [value])[value]

    def part(take: Function) -> Any:
        return differences(lambda x: float(take(np.sum(weights * function(x)))), [a], 0)

    np.testing.assert_allclose(found, part(np.real) + 1j * part(np.imag), rtol=1e-6, atol=1e-6)


REFUSED: list[tuple[Function, Any]] = [
    (lambda a: np.sum(np.linalg.svd(a).U), TALL),
    (lambda a: np.sum(np.linalg.qr(a, mode="complete").Q), TALL),
    (lambda a: np.sum(np.linalg.eig(a).eigenvectors), REAL_SPECTRUM),
]


@pytest.mark.parametrize(("loss", "a"), REFUSED)
def test_what_is_arbitrary_has_no_derivative(loss: Function, a: Any) -> None:
    """Vectors that could as well be others."""
    with pytest.raises(og.NotDifferentiable):
        og.grad(loss)(a)


REAL_ONLY: list[Function] = [
    np.linalg.cholesky,
    np.linalg.pinv,
    np.linalg.eigvalsh,
    lambda a: np.linalg.eigh(a).eigenvectors,
    lambda a: np.linalg.qr(a).R,
    lambda a: np.linalg.svd(a).U,
    lambda a: np.linalg.svd(a, compute_uv=False),
    lambda a: np.linalg.slogdet(a).sign,
]


@pytest.mark.parametrize("function", REAL_ONLY)
def test_rules_for_real_matrices_refuse_complex_ones(function: Function) -> None:
    """No wrong gradient: an error, when it is asked for."""
    value = og.Value(SYMMETRIC.astype(complex))
    out = function(value)
    cotangent = np.ones(np.shape(out), np.asarray(og.stop_gradient(out)).dtype)[()]
    with pytest.raises(og.NotDifferentiable):
        og.backward(out, cotangent, [value])


def test_unknown_mode_of_qr() -> None:
    """It says which there are."""
    with pytest.raises(og.OpgradError, match="reduced, complete or r"):
        np.linalg.qr(og.Value(TALL), mode="raw")


def test_second_derivative_of_eigvals_is_refused() -> None:
    """Its rule calls foreign code: it is opaque."""
    with pytest.raises(og.NotDifferentiable):
        og.hessian(lambda a: np.sum(np.linalg.eigvals(a) ** 2))(REAL_SPECTRUM)


@pytest.mark.parametrize("compiled", [False, True])
def test_qr_of_dependent_columns_has_no_derivative(compiled: bool) -> None:
    """It is NaN, also where rounding hides that R is singular; the rest of a stack has its own."""
    nearly = np.array([[0.0, 0.0], [0.232, 1.88]])  # NumPy's R has 4e-16 on its diagonal
    stack = np.stack([SQUARE[:2, :2], nearly, np.zeros((2, 2))])
    gradient = og.grad(lambda a: np.sum(np.linalg.qr(a).Q * SQUARE[1:, 1:]))
    given = (og.compile(gradient, backend="python") if compiled else gradient)(stack)
    np.testing.assert_allclose(given[0], gradient(stack[0]), rtol=1e-12, atol=1e-14)
    assert np.all(np.isfinite(given[0]))
    assert np.all(np.isnan(given[1:]))


def test_lstsq_of_complex_numbers() -> None:
    """The residuals are real, sums of squared sizes; gradients are refused."""
    a, b = np.array([[1.0], [1.0], [1.0]]), np.array([1 - 1j, 2j, -1.0])
    given, expected = np.linalg.lstsq(og.Value(a), b), np.linalg.lstsq(a, b)
    for part, other in zip(given, expected, strict=True):
        data = part.data if isinstance(part, og.Value) else part
        np.testing.assert_allclose(data, other, rtol=1e-13)
        assert np.asarray(data).dtype == np.asarray(other).dtype
    with pytest.raises(og.NotDifferentiable, match="real matrices only"):
        og.grad(lambda a: np.sum(np.linalg.lstsq(a, b)[1]))(a)
