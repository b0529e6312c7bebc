"""Sorting, and the orders that sort."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import opgrad as og
from tests.arrays.derivatives import assert_derivatives_are_right

CUBE = np.sin(np.arange(1.0, 25.0) ** 2).reshape(2, 3, 4)


@pytest.mark.parametrize("axis", [None, 0, 1, -1])
def test_sort(axis: int | None) -> None:
    """np.sort along each axis, or of all elements."""
    assert_derivatives_are_right(lambda x: np.sort(x, axis) ** 3, CUBE)


@pytest.mark.parametrize("axis", [None, 0, -1])
def test_partition(axis: int | None) -> None:
    """np.partition along an axis, or of all elements."""
    assert_derivatives_are_right(lambda x: np.partition(x, 1, axis) ** 3, CUBE)


def test_sort_of_nothing() -> None:
    """What has no elements has a gradient of its shape."""
    assert og.vjp(np.sort, np.ones((2, 0)))[1](np.ones((2, 0)))[0].shape == (2, 0)


@pytest.mark.parametrize("function", [np.argsort, np.argmax, np.argmin], ids=lambda f: f.__name__)
def test_orders_are_plain_integers(function: Callable[..., Any]) -> None:
    """Where elements are has no gradient, and is no Value."""
    found = function(og.Value(CUBE), axis=1)
    assert not isinstance(found, og.Value)
    np.testing.assert_array_equal(found, function(CUBE, axis=1))
