"""Numbers stay numbers, and float32 stays float32, forward and backward."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import opgrad as og
from opgrad_threaded import Threaded

SCHEDULERS = ["sequential", Threaded(2, inline_below=0)]


def test_python_integers_stay_integers() -> None:
    """`Value(2) * 3` holds the int 6, and so are the gradients."""
    x = og.Value(2)
    y = x * 3
    y.backward()
    assert [type(n) for n in (y.data, x.grad, y.grad)] == [int, int, int]


def test_python_floats_stay_floats() -> None:
    """No NumPy scalar shows up among Python's numbers."""
    x = og.Value(0.5)
    y = np.exp(x * 3.0) + x.tanh()
    y.backward()
    assert [type(n) for n in (y.data, x.grad, y.grad)] == [float, float, float]


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=str)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.complex64])
def test_a_floating_graph_keeps_its_dtype(dtype: Any, scheduler: Any) -> None:
    """Python's numbers do not widen arrays, forward or backward, nor does a float64 cotangent."""
    x = og.Value(np.array([1.0, 2.0], dtype))
    result = x * 2.0 + x * x + 1
    for cotangent in (np.ones(2, dtype), np.ones(2)):
        gradients = og.backward(result, cotangent, scheduler=scheduler)
        assert {g.dtype for g in gradients.values()} == {np.dtype(dtype)}
    result.backward(np.ones(2), scheduler=scheduler)
    assert x.grad.dtype == dtype


@pytest.mark.parametrize("cotangent", [None, 2, 2.0, np.float64(2.0), np.array(2.0)], ids=repr)
def test_a_float32_scalar_keeps_its_dtype(cotangent: Any) -> None:
    """The gradients of a float32 scalar are float32, whatever form the cotangent has."""
    x = og.Value(np.float32(3.0))
    gradients = og.backward(x * x, cotangent)
    assert {g.dtype for g in gradients.values()} == {np.dtype(np.float32)}
    assert gradients[x] == (6.0 if cotangent is None else 12.0)


@pytest.mark.parametrize("cotangent", [2.0, np.float64(2.0), np.array(2.0)], ids=repr)
def test_a_python_root_has_python_gradients(cotangent: Any) -> None:
    """A NumPy cotangent of a Python number becomes a Python number."""
    x = og.Value(3.0)
    assert {type(g) for g in og.backward(x * x, cotangent).values()} == {float}


def test_a_float32_leaf_in_a_float64_graph_gets_a_float32_gradient() -> None:
    """Each gradient has the dtype of its own primal."""
    x, y = og.Value(np.ones(2, np.float32)), og.Value(np.ones(2))
    gradients = og.backward(np.sum(x * y))
    assert (gradients[x].dtype, gradients[y].dtype) == (np.float32, np.float64)


@pytest.mark.parametrize("data", [np.array(3.0), np.float64(3.0)], ids=repr)
def test_zero_dimensional_arrays(data: Any) -> None:
    """0-d arrays and NumPy scalars are scalars: backward starts from 1."""
    x = og.Value(data)
    y = x * x
    y.backward()
    assert (y.data, x.grad) == (9.0, 6.0)
    assert isinstance(y.data, np.float64)


@pytest.mark.parametrize("data", [np.array([1, 2]), np.array([True, False])], ids=repr)
def test_integer_and_boolean_arrays(data: Any) -> None:
    """They take part, and their gradients are what the VJP gave, not rounded."""
    x, y = og.Value(data), og.Value(np.array([0.5, 0.25]))
    gradients = og.backward(np.sum(x * y))
    np.testing.assert_array_equal(gradients[x], [0.5, 0.25])
    np.testing.assert_array_equal(gradients[y], data)
    assert gradients[y].dtype == np.float64


def test_boolean_numbers() -> None:
    """True counts as 1."""
    x = og.Value(True)
    y = x * 3.0
    y.backward()
    assert (y.data, x.grad) == (3.0, 3.0)


def test_a_large_python_integer_is_exact() -> None:
    """Integers of any size go forward and back without rounding."""
    x = og.Value(10**30)
    y = x * x * 3
    y.backward()
    assert (y.data, x.grad) == (3 * 10**60, 6 * 10**30)


def test_empty_arrays() -> None:
    """An array of no elements has a gradient of no elements."""
    x = og.Value(np.ones((0, 3)))
    result = np.sum(x * 2.0)
    assert og.backward(result)[x].shape == (0, 3)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [((), 6.0), ((1,), [6.0]), ((3,), [2.0] * 3), ((2, 1), [[3.0]] * 2), ((1, 1), [[6.0]])],
)
def test_broadcast_inputs_get_gradients_of_their_shape(shape: Any, expected: Any) -> None:
    """What was broadcast to (2, 3) is summed back."""
    x = og.Value(np.ones(shape))
    gradient = og.backward(np.sum(x * np.ones((2, 3))), wrt=[x])[x]
    np.testing.assert_array_equal(gradient, expected)
    assert np.shape(gradient) == shape


@pytest.mark.parametrize("dtype", [bool, np.int8, np.uint8, np.int32, np.int64], ids=str)
def test_gradients_of_integers_are_float64(dtype: Any) -> None:
    """Integer dtypes would wrap around, and hold no fraction."""
    x, y = og.Value(np.array([1], dtype)), og.Value(np.array([1.5]))
    (x * y * 200.0 + x * -1.0).backward(np.ones(1, dtype))
    assert x.grad.dtype == np.float64
    np.testing.assert_array_equal(x.grad, [299.0])


def test_an_unsigned_difference_has_a_negative_slope() -> None:
    """It does not wrap around to 255."""
    x, y = og.Value(np.uint8(3)), og.Value(np.uint8(2))
    (x - y).backward()
    assert (x.grad, y.grad) == (1.0, -1.0)


def test_the_real_part_of_a_complex_cotangent() -> None:
    """A real number that went into a complex one gets what moves the result along the real axis."""
    x = og.Value(3.0)
    (x * 1j).backward(1.0 + 2.0j)
    assert x.grad == -2.0


@pytest.mark.parametrize(
    "number", [type("Metres", (float,), {})(3.0), type("Count", (int,), {})(3)]
)
def test_subclasses_of_python_numbers(number: Any) -> None:
    """They are numbers like their parents."""
    x = og.Value(number)
    (x * x).backward()
    assert x.grad == 6
