"""Products of vectors, matrices and stacks of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import opgrad as og
from tests.arrays.derivatives import assert_derivatives_are_right

MATMUL_SHAPES = [
    ((3,), (3,)),
    ((2, 3), (3,)),
    ((3,), (3, 2)),
    ((2, 3), (3, 2)),
    ((4, 2, 3), (3,)),
    ((3,), (4, 3, 2)),
    ((4, 2, 3), (3, 2)),
    ((2, 3), (4, 3, 2)),
    ((4, 2, 3), (4, 3, 1)),
    ((1, 2, 3), (4, 3, 2)),
    ((4, 1, 2, 3), (2, 3, 2)),
    ((2, 1, 1, 3), (1, 2, 3, 1)),
    ((2, 0), (0, 3)),
    ((0, 2), (2, 3)),
    ((0, 2, 3), (3, 2)),
]


def _array(shape: tuple[int, ...], seed: int = 0) -> Any:
    return np.random.default_rng(seed).normal(size=shape)


@pytest.mark.parametrize(("left", "right"), MATMUL_SHAPES)
def test_matmul_of_all_shapes(left: tuple[int, ...], right: tuple[int, ...]) -> None:
    """The product of vectors, matrices and stacks, broadcast and empty ones, too."""
    assert_derivatives_are_right(lambda x, y: x @ y, _array(left), _array(right, 1))


@pytest.mark.parametrize(
    ("function", "left", "right"),
    [
        (np.dot, (), (2, 3)),
        (np.dot, (3,), (3,)),
        (np.dot, (2, 3), (3, 2)),
        (np.dot, (2, 3), (3,)),
        (np.dot, (3,), (3, 2)),
        (np.dot, (2, 2, 3), (2, 3, 2)),
        (np.dot, (0,), (0,)),
        (np.inner, (3,), (3,)),
        (np.inner, (2, 3), (2, 2, 3)),
        (np.inner, (2, 3), ()),
        (np.outer, (3,), (2,)),
        (np.outer, (2, 2), (3, 1)),
        (np.vdot, (2, 3), (2, 3)),
        (np.vecdot, (3,), (3,)),
        (np.vecdot, (2, 3), (4, 2, 3)),
        *(
            [(np.matvec, (2, 3), (4, 3)), (np.vecmat, (4, 2), (2, 3))]
            if hasattr(np, "matvec")
            else []
        ),
        (np.tensordot, (2, 3, 4), (3, 4, 2)),
        (np.kron, (2, 3), (3, 2)),
        (np.kron, (3,), (2, 2)),
        (np.kron, (1, 2, 2), (2,)),
        (np.cross, (3,), (3,)),
        (np.cross, (2, 3), (3,)),
        (np.cross, (4, 1, 3), (2, 3)),
    ],
)
def test_products_of_two(
    function: Callable[..., Any], left: tuple[int, ...], right: tuple[int, ...]
) -> None:
    """NumPy's products have its values, and right first and second derivatives."""
    assert_derivatives_are_right(function, _array(left), _array(right, 1))


@pytest.mark.parametrize("axes", [0, 1, ([0], [1]), (0, 1), ([-1, 0], [0, 1]), ([], [])])
def test_tensordot_over_any_axes(axes: Any) -> None:
    """Axes are given as a number of them, or as two lists."""
    assert_derivatives_are_right(
        lambda x, y: np.tensordot(x, y, axes), _array((2, 3, 2)), _array((2, 2, 2), 1)
    )


def test_tensordot_of_other_lengths_is_refused() -> None:
    """Axes of different lengths do not go together, even where sizes would."""
    with pytest.raises(ValueError, match="shape-mismatch"):
        np.tensordot(og.Value(_array((2, 3))), _array((3, 2)), ([0, 1], [0, 1]))


@pytest.mark.parametrize(
    "axes", [{"axis": 0}, {"axisa": 0, "axisb": 0}, {"axisa": 0, "axisb": 0, "axisc": 0}]
)
def test_cross_along_any_axis(axes: dict[str, int]) -> None:
    """np.cross takes where its vectors are."""
    assert_derivatives_are_right(
        lambda x, y: np.cross(x, y, **axes), _array((3, 2)), _array((3, 2), 1)
    )


@pytest.mark.parametrize("offset", [-3, -1, 0, 1, 4])
@pytest.mark.parametrize("axes", [(0, 1), (-1, 0), (1, 2)])
def test_trace_of_any_diagonal(offset: int, axes: tuple[int, int]) -> None:
    """np.trace takes which diagonal of which axes, also one that has no elements."""
    assert_derivatives_are_right(lambda x: np.trace(x, offset, *axes), _array((2, 3, 4)))


@pytest.mark.parametrize("product", [np.dot, np.outer, np.kron, np.matmul])
def test_products_of_complex_numbers(product: Callable[..., Any]) -> None:
    """The rules are holomorphic: nothing is conjugated."""
    x = _array((3,)) + 1j * _array((3,), 1)
    y = _array((3,), 2) + 1j * _array((3,), 3)
    assert_derivatives_are_right(product, x, y, second=False)
