"""Indexing, its gradient, and functional updates: against loops over NumPy's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import opgrad as og

CUBE = np.linspace(-1.3, 2.1, 24).reshape(2, 3, 4)
SHAPES = hnp.array_shapes(max_dims=3, max_side=4)

INDICES = [
    0,
    -1,
    np.int64(1),
    slice(None, None, -1),
    ...,
    None,
    (),
    (0, 1, 2),
    (..., 0),
    (0, ..., None, slice(1, 3)),
    [0, 0, 1],
    [],
    np.array([[0, 1], [1, 1]]),
    np.array([], int),
    ([0, 1, 0], [2, 2, 2]),
    ([0, 1], slice(None), [3, 3]),
    (slice(None), [[0], [2]], [1, 1, 3]),
    CUBE > 0.4,
    np.zeros((2, 3, 4), bool),
    (np.array([True, False]), [0, 2]),
    (0, np.array([True, False, True])),
    (slice(None), slice(2, 2)),
    True,
    np.ix_([0, 1], [0, 0], [3, 1]),
]
EACH_INDEX = pytest.mark.parametrize("index", INDICES, ids=repr)


def gradient_at(x: Any, index: Any, weights: Any) -> Any:
    """The gradient of the weighted sum of x[index], by adding up element by element."""
    gradient = np.zeros(x.shape)
    places = np.arange(x.size).reshape(x.shape)[index]
    for place, weight in zip(np.ravel(places), np.ravel(weights), strict=True):
        gradient.flat[place] += weight
    return gradient


def weights_of(x: Any) -> Any:
    """Numbers of a shape, none of them equal."""
    return np.linspace(0.5, 1.5, np.size(x)).reshape(np.shape(x))


def check(x: Any, index: Any) -> None:
    """Values and gradient are NumPy's, and those of an element-by-element sum."""
    v = og.Value(x)
    out = v[index]
    np.testing.assert_array_equal(out.data, x[index])
    weights = weights_of(x[index])
    gradient = og.backward(out, weights)[v]
    np.testing.assert_allclose(gradient, gradient_at(x, index, weights), rtol=1e-14)


@EACH_INDEX
def test_gradient_of_indexing(index: Any) -> None:
    """Each kind of index: basic, advanced, boolean, mixed, empty."""
    check(CUBE, index)


@given(st.data())
@settings(max_examples=50)
def test_gradient_of_any_basic_index(data: st.DataObject) -> None:
    """Integers, slices, Ellipsis and newaxis in any combination."""
    shape = data.draw(SHAPES)
    index = data.draw(hnp.basic_indices(shape, allow_newaxis=True))
    check(np.arange(1.0, 1 + np.prod(shape)).reshape(shape), index)


@given(st.data())
@settings(max_examples=50)
def test_gradient_of_any_array_of_integers(data: st.DataObject) -> None:
    """Arrays of integers that broadcast, with repetitions."""
    shape = data.draw(SHAPES)
    index = data.draw(hnp.integer_array_indices(shape))
    check(np.arange(1.0, 1 + np.prod(shape)).reshape(shape), index)


@given(st.data())
@settings(max_examples=25)
def test_gradient_of_any_mask(data: st.DataObject) -> None:
    """Masks of the whole array or of its first axes."""
    shape = data.draw(SHAPES)
    leading = data.draw(st.integers(1, len(shape)))
    mask = data.draw(hnp.arrays(bool, shape[:leading]))
    check(np.arange(1.0, 1 + np.prod(shape)).reshape(shape), mask)


def test_index_may_be_a_value() -> None:
    """Values of integers and masks index as their data do."""
    v = og.Value(CUBE)
    np.testing.assert_array_equal(v[v > 0.4].data, CUBE[CUBE > 0.4])
    np.testing.assert_array_equal(
        v[og.Value(1), :, og.Value(np.array([0, 0]))].data, CUBE[1, :, [0, 0]]
    )


def test_changing_an_index_later_changes_nothing() -> None:
    """The index is kept as a copy."""
    index, v = np.array([0, 0]), og.Value(np.arange(3.0))
    out = v[index]
    index[:] = 2
    np.testing.assert_array_equal(og.backward(out, np.ones(2))[v], [2.0, 0.0, 0.0])


def test_iteration_is_differentiated() -> None:
    """Looping over a Value, and unpacking it, keeps the gradient."""
    v = og.Value(np.array([2.0, 3.0, 5.0]))
    a, b, c = v
    gradient = og.backward(a * b * c)[v]
    np.testing.assert_array_equal(gradient, [15.0, 10.0, 6.0])


@EACH_INDEX
def test_set_is_assignment_to_a_copy(index: Any) -> None:
    """og.at(v, index).set(y) is NumPy's x[index] = y, on a copy."""
    expected = CUBE.copy()
    y = weights_of(CUBE[index])
    expected[index] = y
    v = og.Value(CUBE)
    np.testing.assert_array_equal(og.at(v, index).set(y).data, expected)
    np.testing.assert_array_equal(v.data, CUBE)


@EACH_INDEX
def test_add_is_addition_to_a_copy(index: Any) -> None:
    """og.at(v, index).add(y) adds once for each time an element is named."""
    y = weights_of(CUBE[index])
    expected = CUBE + gradient_at(CUBE, index, y)
    np.testing.assert_allclose(og.at(og.Value(CUBE), index).add(y).data, expected, rtol=1e-14)


@EACH_INDEX
def test_gradients_of_set(index: Any) -> None:
    """The cotangent goes to y where y was put, to x elsewhere; a repeated index keeps the last."""
    owner = np.full(CUBE.shape, -1)  # the element of y that each element came from
    owner[index] = np.arange(np.size(CUBE[index])).reshape(np.shape(CUBE[index]))
    g = weights_of(CUBE)
    x, y = og.Value(CUBE), og.Value(np.asarray(weights_of(CUBE[index])))
    gradients = og.backward(og.at(x, index).set(y), g)
    np.testing.assert_array_equal(gradients[x], np.where(owner < 0, g, 0))
    expected = np.zeros(y.size)
    expected[owner[owner >= 0]] = g[owner >= 0]
    np.testing.assert_array_equal(gradients[y].ravel(), expected)


@EACH_INDEX
def test_gradients_of_add(index: Any) -> None:
    """The cotangent goes to x whole, and to y from where it was added."""
    g = weights_of(CUBE)
    x, y = og.Value(CUBE), og.Value(np.asarray(weights_of(CUBE[index])))
    gradients = og.backward(og.at(x, index).add(y), g)
    np.testing.assert_array_equal(gradients[x], g)
    np.testing.assert_array_equal(gradients[y], g[index])


def test_update_of_raw_data_by_raw_data_is_raw() -> None:
    """Without a Value, og.at gives an array."""
    assert type(og.at(np.zeros(2), 0).set(1.0)) is np.ndarray


def test_update_of_raw_data_by_a_value_is_differentiated() -> None:
    """A Value put into an array keeps its gradient."""
    assert og.grad(lambda x: np.sum(og.at(np.zeros(3), [0, 1]).set(x) * 2.0))(1.5) == 4.0


def test_update_keeps_the_dtype() -> None:
    """The array's precision stays, and each gradient has that of its primal."""
    x, y = og.Value(np.zeros(3, np.float32)), og.Value(np.array([1.5]))
    out = og.at(x, slice(0, 1)).add(y)
    gradients = og.backward(out, np.ones(3, np.float32))
    assert (out.dtype, gradients[x].dtype, gradients[y].dtype) == (
        np.float32,
        np.float32,
        np.float64,
    )


@pytest.mark.parametrize("y", [1.5, 1j])
def test_update_refuses_what_the_dtype_cannot_hold(y: complex) -> None:
    """A fraction does not go into an array of integers."""
    with pytest.raises(TypeError, match="astype"):
        og.at(og.Value(np.arange(3)), 0).set(y)
