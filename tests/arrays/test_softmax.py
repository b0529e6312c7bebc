"""Sums of exponentials, and norms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.special

import opgrad as og
from tests.arrays.derivatives import assert_derivatives_are_right

CUBE = np.sin(np.arange(1.0, 25.0) ** 2).reshape(2, 3, 4)
EACH_AXIS = pytest.mark.parametrize("axis", [None, 0, -1, (0,), (0, -1), (0, 1, 2)])


def _on_both(op: Any, raw: Callable[..., Any], **params: Any) -> Callable[[Any], Any]:
    """The op on Values, its reference on plain data."""

    def function(x: Any) -> Any:
        return op(x, **params) if isinstance(x, og.Value) else raw(x, **params)

    return function


@EACH_AXIS
@pytest.mark.parametrize("keepdims", [False, True])
def test_logsumexp(axis: Any, keepdims: bool) -> None:
    """og.ops.logsumexp is SciPy's, with right first and second derivatives."""
    f = _on_both(og.ops.logsumexp, scipy.special.logsumexp, axis=axis, keepdims=keepdims)
    assert_derivatives_are_right(f, CUBE)


@pytest.mark.parametrize("params", [{}, {"axis": -1}, {"axis": 1, "keepdims": True}])
def test_logaddexp_reduce(params: dict[str, Any]) -> None:
    """np.logaddexp.reduce is logsumexp, over the first axis unless told otherwise."""
    assert_derivatives_are_right(lambda x: np.logaddexp.reduce(x, **params), CUBE)


@EACH_AXIS
@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_softmax(name: str, axis: Any) -> None:
    """og.ops.softmax and log_softmax are SciPy's, with right first and second derivatives."""
    f = _on_both(getattr(og.ops, name), getattr(scipy.special, name), axis=axis)
    assert_derivatives_are_right(f, CUBE)


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "logsumexp"])
def test_large_numbers_do_not_overflow(name: str) -> None:
    """Adding a constant to all changes no gradient, be it as large as 1e4."""
    op = getattr(og.ops, name)
    x, ct = np.array([0.3, -1.2, 2.0]), np.array([1.0, 2.0, -0.5])
    pulls = [og.vjp(lambda x: op(x, axis=-1), x + shift)[1] for shift in (0.0, 1e4, -1e4)]
    near, high, low = (pull(ct if name != "logsumexp" else 1.0)[0] for pull in pulls)
    np.testing.assert_allclose(high, near, rtol=1e-11)
    np.testing.assert_allclose(low, near, rtol=1e-11)


def test_logsumexp_leaves_out_minus_infinity() -> None:
    """-inf, the logarithm of 0, has no share; where all are, the gradient is 0."""
    x = np.array([[0.0, -np.inf], [-np.inf, -np.inf]])
    out, pull = og.vjp(lambda x: og.ops.logsumexp(x, axis=1), x)
    np.testing.assert_array_equal(out, [0.0, -np.inf])
    np.testing.assert_array_equal(pull(np.ones(2))[0], [[1.0, 0.0], [0.0, 0.0]])


def test_logsumexp_of_nothing() -> None:
    """The logarithm of an empty sum is -inf."""
    out, pull = og.vjp(lambda x: og.ops.logsumexp(x, axis=1), np.ones((2, 0)))
    np.testing.assert_array_equal(out, [-np.inf, -np.inf])
    assert pull(np.ones(2))[0].shape == (2, 0)


def test_softmax_goes_along_the_last_axis_unless_told_otherwise() -> None:
    """The default axis of softmax and log_softmax is -1."""
    np.testing.assert_allclose(og.ops.softmax(CUBE).data, scipy.special.softmax(CUBE, axis=-1))


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "logsumexp"])
def test_complex_numbers_are_refused(name: str) -> None:
    """Imaginary parts are not lost silently."""
    with pytest.raises(TypeError, match="real numbers only"):
        getattr(og.ops, name)(CUBE + 1j)


@pytest.mark.parametrize("axis", [None, 0, -1, (0, 1), (2, 0)])
@pytest.mark.parametrize("keepdims", [False, True])
def test_norm(axis: Any, keepdims: bool) -> None:
    """np.linalg.norm: Euclidean over an axis, Frobenius over two, of all elements over None."""
    assert_derivatives_are_right(lambda x: np.linalg.norm(x, axis=axis, keepdims=keepdims), CUBE)


@pytest.mark.parametrize("order", [1, 2, 3, 0.5, np.inf, -np.inf])
def test_norms_of_vectors(order: float) -> None:
    """All orders of the norms of vectors."""
    assert_derivatives_are_right(lambda x: np.linalg.norm(x, order, axis=1), CUBE)


@pytest.mark.parametrize("order", ["fro", 1, -1, np.inf, -np.inf])
@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axis", [(0, 1), (2, 1)])
def test_norms_of_matrices(order: Any, axis: tuple[int, int], keepdims: bool) -> None:
    """The norms of matrices that need no decomposition."""
    assert_derivatives_are_right(
        lambda x: np.linalg.norm(x, order, axis=axis, keepdims=keepdims), CUBE
    )


@pytest.mark.parametrize("order", [2, -2, "nuc"])
@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axis", [(0, 1), (2, 1)])
def test_norms_by_singular_values(order: Any, axis: tuple[int, int], keepdims: bool) -> None:
    """The norms of matrices that their singular values make."""
    assert_derivatives_are_right(
        lambda x: np.linalg.norm(x, order, axis=axis, keepdims=keepdims), CUBE, second=False
    )


def test_an_unknown_norm_is_refused() -> None:
    """It is a ValueError, as NumPy's."""
    with pytest.raises(ValueError, match="no ord='nuc' for 1 axes"):
        np.linalg.norm(og.Value(CUBE[0, 0]), "nuc")


def test_norm_of_zero_has_gradient_zero() -> None:
    """At its kink the norm has the gradient 0, not NaN; a second derivative it has none."""
    f = og.grad(lambda x: np.linalg.norm(x))
    np.testing.assert_array_equal(f(np.zeros(3)), np.zeros(3))
    assert not np.isfinite(og.grad(lambda x: np.sum(f(x)))(np.zeros(3))).any()


def test_norm_of_complex_numbers() -> None:
    """The gradient of a complex norm is conj(z) / |z|."""
    z = np.array([3.0 + 1j, 4.0 - 2j])
    np.testing.assert_allclose(og.vjp(np.linalg.norm, z)[1](1.0)[0], z.conj() / np.sqrt(30))


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
@pytest.mark.parametrize(
    "x",
    [
        np.array([np.inf, 2.0]),
        np.array([-np.inf, 2.0]),
        np.array([-np.inf, -np.inf]),
        np.array([np.nan, 2.0]),
        np.array([1, -2], np.int8),
        np.array([1, -2], np.int16),
        np.array([1, -2], np.float16),
    ],
    ids=lambda x: f"{x.dtype} {x[0]}",
)
@pytest.mark.filterwarnings("ignore:invalid value encountered in subtract:RuntimeWarning")
def test_infinities_and_small_integers(name: str, x: Any) -> None:
    """Elements and dtype are SciPy's: beside inf all is NaN, and integers are as NumPy's exp."""
    given = og.ops[f"arrays.{name}"](og.Value(x), axis=-1).data
    expected = getattr(scipy.special, name)(x, axis=-1)
    np.testing.assert_array_equal(given, expected)
    assert given.dtype == expected.dtype
