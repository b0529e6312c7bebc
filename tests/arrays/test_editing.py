"""Elements inserted, deleted and repeated; blocks; functions of the user's applied to parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import opgrad as og
from tests.arrays.derivatives import assert_derivatives_are_right

VECTOR = np.array([0.3, -1.2, 2.1, 0.7])
MATRIX = np.array([[0.3, -1.2, 2.1], [1.7, 0.4, -0.6]])
CUBE = np.linspace(-1.3, 2.1, 24).reshape(2, 3, 4)
EMPTY = np.zeros((0, 3))

Function = Callable[..., Any]

CASES: list[tuple[Function, tuple[Any, ...]]] = [
    (lambda x, y: np.insert(x, 1, y), (VECTOR, 5.0)),
    (lambda x, y: np.insert(x, 1, y), (VECTOR, VECTOR)),
    (lambda x, y: np.insert(x, [3, 0, 3], y), (VECTOR, VECTOR[:3])),
    (lambda x, y: np.insert(x, [3, 0], y), (VECTOR, 5.0)),
    (lambda x, y: np.insert(x, slice(0, 2), y), (VECTOR, VECTOR[:2])),
    (lambda x, y: np.insert(x, VECTOR > 0, y), (VECTOR, VECTOR[:3])),
    (lambda x, y: np.insert(x, 2, y), (MATRIX, 5.0)),
    (lambda x, y: np.insert(x, -1, y, axis=1), (MATRIX, VECTOR[:2])),
    (lambda x, y: np.insert(x, [1], y, axis=1), (MATRIX, MATRIX[:, :1])),
    (lambda x, y: np.insert(x, [0, 2], y, axis=-1), (MATRIX, MATRIX[:, :2])),
    (lambda x, y: np.insert(x, 0, y, axis=0), (EMPTY, VECTOR[:3])),
    (lambda x: np.insert(VECTOR, 1, x), (5.0,)),
    (lambda x: np.delete(x, 1), (VECTOR,)),
    (lambda x: np.delete(x, [0, -1]), (MATRIX,)),
    (lambda x: np.delete(x, slice(None, None, 2), axis=1), (MATRIX,)),
    (lambda x: np.delete(x, VECTOR > 0), (VECTOR,)),
    (lambda x: np.resize(x, (3, 4)), (MATRIX,)),
    (lambda x: np.resize(x, 2), (MATRIX,)),
    (lambda x: np.resize(x, (2, 2)), (EMPTY,)),
    (np.block, (MATRIX,)),
    (lambda x: np.block([x, 2.0, x]), (VECTOR,)),
    (lambda x, y: np.block([[x, y], [np.zeros((1, 4))]]), (MATRIX, MATRIX[:, :1])),
    (lambda x, y: np.block([[[x]], [[y]]]), (MATRIX, MATRIX)),
    (lambda x: np.piecewise(x, [x < 0, x >= 1], [lambda t: t * t, 5.0, np.exp]), (VECTOR,)),
    (lambda x: np.piecewise(x, x < 0, [lambda t, a: a * t, lambda t, a: t], 3.0), (VECTOR,)),
    (lambda x: np.piecewise(x, [x > 0], [np.sin]), (VECTOR,)),
    (lambda x: np.apply_along_axis(lambda row: row * row.sum(), 1, x), (MATRIX,)),
    (lambda x: np.apply_along_axis(np.sum, 0, x), (CUBE,)),
    (lambda x: np.apply_along_axis(lambda row: np.outer(row, row), 1, x), (CUBE,)),
    (lambda x: np.apply_along_axis(lambda row, a: a * row[:2], -1, x, 3.0), (CUBE,)),
    (lambda x: np.apply_over_axes(np.sum, x, [0, -1]), (CUBE,)),
    (lambda x: np.choose([0, 1, 1, 0], [x, x * x]), (VECTOR,)),
    (lambda x: np.choose([[5], [-4]], [x, x * x, 0.5], mode="wrap"), (VECTOR,)),
    (lambda x: np.choose([5, -4, 0, 1], [x, x * x], mode="clip"), (VECTOR,)),
    (lambda w: np.bincount([0, 3, 1, 0], w, minlength=6), (VECTOR,)),
    (lambda x: x[np.where(x > 0)], (MATRIX,)),
    (lambda x: x[np.tril_indices_from(x)], (MATRIX,)),
    (lambda x: x[np.triu_indices_from(x, 1)], (MATRIX,)),
    (lambda x: x[np.diag_indices_from(x)], (MATRIX[:, :2],)),
    (lambda x: x.compress(VECTOR > 0)[x.compress(VECTOR > 0).nonzero()].copy(), (VECTOR,)),
]


@pytest.mark.parametrize(("function", "args"), CASES)
def test_derivatives(function: Function, args: tuple[Any, ...]) -> None:
    """NumPy's result, and right first and second derivatives, by all arguments."""
    assert_derivatives_are_right(function, *args)


@pytest.mark.parametrize(
    ("function", "error"),
    [
        (lambda x: np.insert(x, 9, 1.0), IndexError),
        (lambda x: np.delete(x, 9), IndexError),
        (lambda x: np.block([[x], x]), ValueError),
        (lambda x: np.block([[], x]), ValueError),
        (lambda x: np.piecewise(x, [x > 0], []), ValueError),
        (lambda x: np.choose([2, 0, 0, 0], [x, x]), ValueError),
        (lambda x: np.apply_along_axis(np.sum, 1, x[None][:0]), ValueError),
    ],
)
def test_what_numpy_refuses_is_refused(function: Function, error: type[Exception]) -> None:
    """The same exceptions as NumPy's."""
    for x in (VECTOR, og.Value(VECTOR)):
        with pytest.raises(error):
            function(x)


def test_insert_keeps_the_dtype() -> None:
    """What is inserted takes the precision of the array, and gets its gradient in its own."""
    x, y = np.zeros(2, np.float32), np.array([1.5])
    out, pull = og.vjp(lambda x, y: np.insert(x, 1, y), x, y)
    cts = pull(np.ones(3, np.float32))
    assert [a.dtype for a in (out, *cts)] == [np.float32, np.float32, np.float64]


@given(st.data())
@settings(max_examples=60)
def test_insert_and_delete_anywhere(data: st.DataObject) -> None:
    """At any places along any axis, NumPy's results; and a cotangent for each element."""
    shape = data.draw(hnp.array_shapes(max_dims=3, max_side=4))
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    n = shape[axis]
    places = data.draw(st.lists(st.integers(-n, n - 1), min_size=1, max_size=4))
    x = np.arange(1.0, 1 + np.prod(shape)).reshape(shape)
    v: Any = og.Value(x)
    functions: list[Function] = [
        lambda x: np.insert(x, places, 9.5, axis=axis),
        lambda x: np.delete(x, places, axis=axis),
    ]
    for function in functions:
        out, expected = function(v), function(x)
        np.testing.assert_array_equal(out.data, expected)
        ones = np.ones(expected.shape)
        gradient = og.backward(out, ones).get(v, np.zeros(shape))
        np.testing.assert_array_equal(gradient, np.isin(x, expected))
