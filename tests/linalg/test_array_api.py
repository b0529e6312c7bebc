"""The array API's names in numpy.linalg, and what is made of several matrices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import opgrad as og
from tests.arrays.derivatives import assert_derivatives_are_right

Function = Callable[..., Any]
numpy: Any = np  # its type stubs do not have all of its parameters


def _array(*shape: int) -> Any:
    return np.random.default_rng(sum(shape)).normal(size=shape)


CASES: list[tuple[Function, tuple[Any, ...]]] = [
    (np.linalg.matmul, (_array(2, 3), _array(3, 2))),
    (np.linalg.outer, (_array(3), _array(2))),
    (np.linalg.cross, (_array(2, 3), _array(3))),
    (lambda x, y: np.linalg.cross(x, y, axis=0), (_array(3, 2), _array(3, 4)[:, :2])),
    (np.linalg.tensordot, (_array(2, 3, 2), _array(3, 2))),
    (lambda x, y: np.linalg.tensordot(x, y, axes=1), (_array(2, 3), _array(3))),
    (np.linalg.vecdot, (_array(2, 3), _array(3))),
    (lambda x, y: numpy.linalg.vecdot(x, y, axis=0), (_array(3, 2), _array(3, 1))),
    (np.linalg.matrix_transpose, (_array(2, 3, 4),)),
    (lambda x: np.linalg.diagonal(x, offset=1), (_array(2, 3, 4),)),
    (lambda x: np.linalg.trace(x, offset=-1), (_array(2, 3, 4),)),
    (lambda x: np.linalg.trace(x, dtype=np.complex128), (_array(3, 3),)),
    (np.linalg.vector_norm, (_array(2, 3),)),
    (lambda x: numpy.linalg.vector_norm(x, keepdims=True), (_array(2, 3),)),
    (lambda x: np.linalg.vector_norm(x, axis=1, ord=3), (_array(2, 3),)),
    (lambda x: np.linalg.vector_norm(x, axis=(2, 0), keepdims=True), (_array(2, 3, 4),)),
    (np.linalg.matrix_norm, (_array(2, 3, 4),)),
    (lambda x: np.linalg.matrix_norm(x, ord=np.inf, keepdims=True), (_array(2, 3, 4),)),
    (np.linalg.svdvals, (_array(2, 3, 4),)),
    (np.linalg.cond, (_array(2, 3, 3),)),
    (lambda x: np.linalg.cond(x, -2), (_array(3, 3),)),
    (lambda x: np.linalg.cond(x, "fro"), (_array(3, 3),)),
    (lambda x, y: np.linalg.multi_dot([x, y, x]), (_array(2, 3), _array(3, 2))),
    (lambda *xs: np.linalg.multi_dot(xs), (_array(4), _array(4, 2), _array(2, 3), _array(3))),
    (lambda x: np.linalg.multi_dot([x, np.ones((3, 1))]), (_array(2, 3),)),
    (np.linalg.tensorinv, (_array(2, 3, 6),)),
    (lambda a: np.linalg.tensorinv(a, ind=1), (_array(4, 2, 2),)),
    (np.linalg.tensorsolve, (_array(2, 3, 6), _array(2, 3))),
    (lambda a, b: np.linalg.tensorsolve(a, b, (0, 2)), (_array(2, 4, 2), _array(4))),
]


@pytest.mark.parametrize(("function", "args"), CASES)
def test_derivatives(function: Function, args: tuple[Any, ...]) -> None:
    """NumPy's result, and right first derivatives, by all arguments."""
    assert_derivatives_are_right(function, *args, second=False)


def test_multi_dot_takes_the_cheapest_order() -> None:
    """A vector at the end is multiplied first: no product of two matrices is made."""
    x, v = og.Value(np.ones((3, 3))), np.ones(3)
    nodes = og.Graph.of(np.linalg.multi_dot([x, x, x, v])).nodes
    assert {np.shape(node.data) for node in nodes if node.op} == {(3,)}


def test_multi_dot_of_one_is_refused() -> None:
    """NumPy's error."""
    with pytest.raises(ValueError, match="two arrays or more"):
        np.linalg.multi_dot([og.Value(np.ones(3))])
