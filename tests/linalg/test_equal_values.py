"""Equal eigenvalues and singular values: derivatives are right, NaN, or refused.

Each function is written twice: with a decomposition, and without one, by products of matrices,
whose derivatives know of no gaps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import opgrad as og

Function = Callable[..., Any]

W = np.arange(9.0).reshape(3, 3) - 2.5
DIGITS = 1e-5
"""Two thirds of the digits may be lost before a derivative is refused."""


def _half(x: Any) -> Any:
    return (x + np.transpose(x)) / 2


def _by_eigh(phi: Function) -> Function:
    """A function of a symmetric matrix, by its eigenvalues and eigenvectors."""

    def f(x: Any) -> Any:
        w, v = np.linalg.eigh(_half(x))
        return np.sum(((v * phi(w)) @ np.transpose(v)) * W)

    return f


def _by_svd(x: Any) -> Any:
    u, s, vh = np.linalg.svd(x)
    return np.sum(((u * s**3) @ vh) * W)


def _cubes(x: Any) -> Any:
    return np.trace(x @ x @ x)


def _largest(x: Any) -> Any:
    return np.sum(np.linalg.eigh(_half(x)).eigenvectors[:, -1] ** 4)


def _gram(x: Any) -> Any:
    return x @ np.transpose(x) + np.eye(3)


def _lower_as_symmetric(x: Any) -> Any:
    below = np.tril(x, -1)
    return below + np.transpose(below) + x * np.eye(3)


def _inverse(x: Any) -> Any:
    return np.sum(np.linalg.inv(x + 4 * np.eye(3)) * W)


PAIRS: list[tuple[str, Function, Function]] = [
    ("w", _by_eigh(lambda w: w), lambda x: np.sum(_half(x) * W)),
    ("w squared", _by_eigh(lambda w: w * w), lambda x: np.sum((_half(x) @ _half(x)) * W)),
    ("1 + w", _by_eigh(lambda w: 1 + w), lambda x: np.sum((np.eye(3) + _half(x)) * W)),
    ("u s3 v", _by_svd, lambda x: np.sum((x @ np.transpose(x) @ x) * W)),
    (
        "sum of eigvalsh",
        lambda x: np.sum(np.linalg.eigvalsh(_half(x)) ** 3),
        lambda x: np.trace(_half(x) @ _half(x) @ _half(x)),
    ),
    (
        "sum of eigh",
        lambda x: np.sum(np.linalg.eigh(_half(x)).eigenvalues ** 2),
        lambda x: np.sum(_half(x) ** 2),
    ),
    ("sum of svd", lambda x: np.sum(np.linalg.svd(x).S ** 2), lambda x: np.sum(x * x)),
    ("sum of svdvals", lambda x: np.sum(np.linalg.svdvals(x) ** 2), lambda x: np.sum(x * x)),
    (
        "sum of eigvals",
        lambda x: np.real(np.sum(np.linalg.eigvals(x) ** 3)),
        _cubes,
    ),
    ("norm nuc", lambda x: np.linalg.norm(_gram(x), "nuc"), lambda x: np.trace(_gram(x))),
    (
        "sum of hermitian svd",
        lambda x: np.sum(np.linalg.svd(x, hermitian=True).S ** 2),
        lambda x: np.sum(_lower_as_symmetric(x) ** 2),
    ),
    ("pinv", lambda x: np.sum(np.linalg.pinv(x + 4 * np.eye(3)) * W), _inverse),
]


def _matrices() -> Iterator[Any]:
    q = np.linalg.qr(W + 6 * np.eye(3)).Q
    for turn in (np.eye(3), q):
        for values in ([1.0, 0, 0], [0.0, 0, 0], [2.0, 2, 2], [1.0, 1, 3], [0.0, 1, 2], [1, -1, 1]):
            yield (turn * values) @ turn.T
        for gap, scale in ((1e-16, 1.0), (3e-15, 1e-3), (1e-10, 1e4), (1e-7, 1.0), (1e-4, 1e3)):
            yield scale * (turn * [1.0, 1.0 + gap, 3.0]) @ turn.T
            yield scale * (turn * [0.0, gap, 3.0]) @ turn.T


MATRICES = list(_matrices())


def _is_right(found: Function, expected: Any, least: float = 0.0) -> bool:
    """Whether there was a number, which is right then; else it was NaN, or refused.

    Args:
        found: computes the derivative.
        expected: what it is.
        least: how large, at least, are the numbers that it is made of.
    """
    try:
        derivative = found()
    except og.NotDifferentiable:
        return False
    known = ~np.isnan(derivative)
    size = max(least, float(np.max(np.abs(expected), initial=0)))
    error = np.max(np.abs(derivative - expected)[known], initial=0)
    assert error <= DIGITS * size, f"{derivative}, not {expected}"
    return bool(np.all(known))


EACH_PAIR = pytest.mark.parametrize(
    ("f", "plain"), [pytest.param(f, plain, id=name) for name, f, plain in PAIRS]
)


def _size(f: Function, a: Any, order: int) -> float:
    """How large, by its dimensions, a derivative of f is."""
    return float(abs(f(a)) / np.max(np.abs(a)) ** order) if np.any(a) else 1.0


@EACH_PAIR
def test_first_derivatives(f: Function, plain: Function) -> None:
    """Of exactly equal values, nearly equal ones, and zeros, on any scale, in both modes."""
    for a in MATRICES:
        expected, size = og.grad(plain)(a), _size(plain, a, 1)
        _is_right(lambda a=a: og.grad(f)(a), expected, size)
        along, size = np.sum(expected * W.T), 10 * max(size, np.max(np.abs(expected)))
        _is_right(lambda a=a: og.jvp(f, (a,), (W.T,))[1], along, size)


@EACH_PAIR
def test_second_derivatives(f: Function, plain: Function) -> None:
    """The Hessian, reverse over reverse and forward over reverse."""
    for a in MATRICES:
        expected, size = og.hessian(plain)(a), _size(plain, a, 2)
        _is_right(lambda a=a: og.hessian(f)(a), expected, size)
        along, size = np.tensordot(W, expected), 10 * max(size, np.max(np.abs(expected)))
        _is_right(lambda a=a: og.grad(lambda x: np.sum(W * og.grad(f)(x)))(a), along, size)


@EACH_PAIR
def test_distinct_values_have_derivatives(f: Function, plain: Function) -> None:
    """They are numbers, not NaN, and nothing is refused."""
    a = np.diag([0.1, 2.0, -1.0]) + 0.1 * W
    assert _is_right(lambda: og.grad(f)(a), og.grad(plain)(a))
    if plain is not _cubes:  # the rule of eigvals is opaque
        assert _is_right(lambda: og.hessian(f)(a), og.hessian(plain)(a), 1.0)


@pytest.mark.parametrize("name", ["sum of eigh", "sum of svd", "sum of eigvalsh", "norm nuc"])
def test_values_alone_have_a_derivative_where_they_are_equal(name: str) -> None:
    """Back and forward, of a function that is symmetric in them."""
    [(f, plain)] = [(f, plain) for each, f, plain in PAIRS if each == name]
    for a in (np.eye(3), np.diag([1.0, 1.0, 3.0])):
        assert _is_right(lambda a=a: og.grad(f)(a), og.grad(plain)(a))
        along = og.jvp(f, (a,), (W,))[1]
        np.testing.assert_allclose(along, np.sum(og.grad(plain)(a) * W), rtol=1e-12)


def test_the_matrix_made_again_of_equal_eigenvalues_is_refused() -> None:
    """Of a derivative that is 6 nothing arrives at the rule but zeros: it is not taken for 0."""

    def f(x: Any) -> Any:
        w, v = np.linalg.eigh((x + x.T) / 2)
        return np.sum(((v * w) @ v.T) * np.arange(9.0).reshape(3, 3))

    with pytest.raises(og.NotDifferentiable, match="equal values"):
        og.grad(f)(np.diag([1.0, 0, 0]))


@pytest.mark.parametrize(
    "vectors",
    [lambda a: np.linalg.eigh(a).eigenvectors, lambda a: np.linalg.svd(a).U],
    ids=["eigh", "svd"],
)
def test_tangents_of_vectors_of_equal_values_are_nan(vectors: Function) -> None:
    """They would depend on the choice of the vectors."""
    _, tangent = og.jvp(vectors, (np.eye(3),), (W,))
    assert np.all(np.isnan(tangent))


def test_vectors_apart_from_a_cluster_have_derivatives() -> None:
    """The largest principal component, though the others cannot be told from one another."""
    rng = np.random.default_rng(3)
    data = rng.normal(size=(3, 1)) @ rng.normal(size=(1, 5))  # of rank 1, but for rounding
    a = data @ data.T + 1e-17 * np.diag([1.0, 2.0, 3.0])
    step = 1e-6 * (W + W.T)
    expected = (_largest(a + step) - _largest(a - step)) / 2e-6
    assert og.jvp(_largest, (a,), (W + W.T,))[1] == pytest.approx(expected, rel=1e-6)
    assert np.sum(og.grad(_largest)(a) * (W + W.T)) == pytest.approx(expected, rel=1e-6)


DEFECTIVE = [np.array([[1.0, 1], [0, 1]]), np.array([[1.0, 1], [1e-15, 1]])]


@pytest.mark.parametrize("a", DEFECTIVE)
def test_eigenvalues_of_a_matrix_that_cannot_be_diagonalized(a: Any) -> None:
    """The gradient of the sum of their squares has a part that its eigenvectors do not reach."""
    with pytest.raises(og.NotDifferentiable, match="cannot be diagonalized"):
        og.grad(lambda x: np.real(np.sum(np.linalg.eigvals(x) ** 2)))(a)
