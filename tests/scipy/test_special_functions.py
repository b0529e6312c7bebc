"""The twins of SciPy's sums of exponentials: SciPy's numbers, and right derivatives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import special as scipys

import opgrad as og
from opgrad_scipy import special
from tests.arrays.derivatives import assert_derivatives_are_right

X = np.array([[0.3, -1.2, 2.1], [1.7, 0.4, -0.6]])
WEIGHTS = np.array([0.5, 2.0, 1.5])
EACH_AXIS = pytest.mark.parametrize("axis", [None, 0, -1, (0, 1)])


@pytest.mark.parametrize("name", ["logsumexp", "softmax", "log_softmax"])
@EACH_AXIS
def test_of_arrays_and_values(name: str, axis: Any) -> None:
    """SciPy's numbers, and right first and second derivatives."""
    ours, theirs = getattr(special, name), getattr(scipys, name)
    np.testing.assert_allclose(ours(X, axis), theirs(X, axis), rtol=1e-13)
    assert_derivatives_are_right(lambda x: ours(x, axis), X)


@EACH_AXIS
@pytest.mark.parametrize("keepdims", [False, True])
def test_logsumexp_with_factors(axis: Any, keepdims: bool) -> None:
    """By the exponents and by the factors."""
    found = special.logsumexp(og.Value(X), axis, WEIGHTS, keepdims)
    expected = scipys.logsumexp(X, axis, WEIGHTS, keepdims)
    np.testing.assert_allclose(found.data, expected, rtol=1e-13)
    assert_derivatives_are_right(lambda x, b: special.logsumexp(x, axis, b, keepdims), X, WEIGHTS)


@pytest.mark.parametrize("params", [{}, {"b": 2.0}, {"return_sign": True}], ids=repr)
def test_logsumexp_of_plain_data_is_a_number(params: dict[str, Any]) -> None:
    """Over all axes SciPy returns a number, no array without axes; so does this."""
    found, expected = special.logsumexp(X, **params), scipys.logsumexp(X, **params)
    if isinstance(expected, tuple):
        assert list(map(type, found)) == list(map(type, expected))
    else:
        assert type(found) is type(expected)


@pytest.mark.parametrize("name", ["logsumexp", "softmax", "log_softmax"])
def test_compiled_without_a_gradient(name: str) -> None:
    """Compiled, they run on arrays as well as on Values; a fall-back would warn."""
    function = getattr(special, name)
    expected = getattr(scipys, name)(X, axis=0)
    found = og.compile(lambda x: function(x, axis=0))(X)
    np.testing.assert_allclose(found, expected, rtol=1e-14)


def test_logsumexp_does_not_overflow() -> None:
    """Large exponents, with factors and without."""
    x = np.array([1000.0, 1001.0])
    for b in (None, np.ones(2)):
        np.testing.assert_allclose(special.logsumexp(x, b=b), scipys.logsumexp(x))


def test_numpy_s_own_bessel_function() -> None:
    """np.i0 is differentiated."""
    assert_derivatives_are_right(np.i0, np.array([0.3, 1.7]))
