"""What ops with kinks are written with: `og.zero_where` and `og.ordered`."""

from __future__ import annotations

import numpy as np
import pytest

import opgrad as og


def test_an_infinite_cotangent_is_zero_where_the_op_is_flat() -> None:
    """A product with the mask would be NaN."""
    found = og.zero_where(np.array([True, False]), np.array([np.inf, 2.0]))
    np.testing.assert_array_equal(found, [0.0, 2.0])


@pytest.mark.parametrize("g", [2.5, 10**30, True])
def test_a_python_number_keeps_its_type_and_its_digits(g: float) -> None:
    """No NumPy is in between."""
    assert type(og.zero_where(True, g)) is type(og.zero_where(False, g)) is type(g)
    assert (og.zero_where(True, g), og.zero_where(False, g)) == (0, g)


def test_a_choice_between_values_is_recorded() -> None:
    """So a rule that uses it can be differentiated."""
    g = og.Value(np.array([3.0, 4.0]))
    og.zero_where(np.array([True, False]), g).backward(np.ones(2))
    np.testing.assert_array_equal(g.grad, [0.0, 1.0])


@pytest.mark.parametrize("x", [1.5, 2, np.float32(1), np.array([1.0, np.nan])])
def test_real_numbers_are_ordered(x: object) -> None:
    """They come back as they are."""
    assert og.ordered(x) is x


@pytest.mark.parametrize("x", [1j, np.complex64(1), np.array([1 + 0j])])
def test_complex_numbers_are_not_ordered(x: object) -> None:
    """An imaginary part of zero does not help."""
    with pytest.raises(TypeError, match="complex numbers have no order"):
        og.ordered(x)
