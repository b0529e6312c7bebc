"""NumPy functions of shapes, axes and order: on Values, NumPy's results and right gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import opgrad as og
from tests.arrays.differences import arbitrary, differences, paired

VECTOR = np.array([0.3, -1.2, 2.1, 0.7])
MATRIX = np.array([[0.3, -1.2, 2.1], [1.7, 0.4, -0.6]])
SQUARE = np.linspace(-0.8, 1.3, 9).reshape(3, 3)
CUBE = np.linspace(-1.3, 2.1, 24).reshape(2, 3, 4)
EMPTY = np.zeros((0, 3))
NUMBER = np.array(1.5)

Function = Callable[..., Any]

OF_ONE: list[tuple[Function, Any]] = [
    (lambda x: np.reshape(x, (4, -1)), CUBE),
    (lambda x: np.reshape(x, (4, 6), order="F"), CUBE),
    (lambda x: np.reshape(x, -1), EMPTY),
    (np.ravel, CUBE),
    (lambda x: np.ravel(x, order="F"), CUBE),
    (np.ravel, NUMBER),
    (np.transpose, CUBE),
    (lambda x: np.transpose(x, (-1, 0, 1)), CUBE),
    (lambda x: np.permute_dims(x, (1, 0)), EMPTY),
    (lambda x: np.swapaxes(x, 0, -1), CUBE),
    (np.matrix_transpose, CUBE),
    (lambda x: np.moveaxis(x, 0, -1), CUBE),
    (lambda x: np.moveaxis(x, (0, 1), (-1, 0)), CUBE),
    (lambda x: np.moveaxis(x, [2, 0], [0, 1]), CUBE),
    (lambda x: np.rollaxis(x, 2), CUBE),
    (lambda x: np.rollaxis(x, 0, 3), CUBE),
    (lambda x: np.rollaxis(x, -1, -2), CUBE),
    (np.squeeze, CUBE[:1, :, :1]),
    (lambda x: np.squeeze(x, axis=-1), CUBE[:1, :, :1]),
    (lambda x: np.squeeze(x, axis=(0, 2)), CUBE[:1, :, :1]),
    (lambda x: np.expand_dims(x, 1), MATRIX),
    (lambda x: np.expand_dims(x, (0, -1)), EMPTY),
    (lambda x: np.broadcast_to(x, (2, 2, 3)), MATRIX),
    (lambda x: np.broadcast_to(x, 3), NUMBER),
    (np.atleast_1d, NUMBER),
    (np.atleast_2d, VECTOR),
    (np.atleast_3d, MATRIX),
    (lambda x: np.astype(x, np.complex128), MATRIX),
    (lambda x: x.astype(np.float64), MATRIX),
    (np.real, MATRIX + 1j),
    (np.imag, MATRIX + 1j),
    (np.conj, MATRIX + 1j * MATRIX[::-1]),
    (lambda x: x.conj().T.imag, MATRIX + 1j),
    (lambda x: np.tile(x, 3), VECTOR),
    (lambda x: np.tile(x, (2, 3)), MATRIX),
    (lambda x: np.tile(x, (2, 1, 1)), MATRIX),
    (lambda x: np.tile(x, 2), CUBE),
    (lambda x: np.tile(x, 0), MATRIX),
    (lambda x: np.tile(x, 2), NUMBER),
    (lambda x: np.tile(x, ()), MATRIX),
    (lambda x: np.repeat(x, 2), MATRIX),
    (lambda x: np.repeat(x, 3, axis=-1), MATRIX),
    (lambda x: np.repeat(x, [2], axis=0), MATRIX),
    (lambda x: np.repeat(x, [2, 0, 1], axis=1), MATRIX),
    (lambda x: np.repeat(x, 0, axis=0), MATRIX),
    (lambda x: np.repeat(x, 2), NUMBER),
    (lambda x: np.roll(x, 2), MATRIX),
    (lambda x: np.roll(x, (1, -2), axis=(0, 1)), MATRIX),
    (lambda x: np.roll(x, 1, axis=(0, 1)), MATRIX),
    (lambda x: np.roll(x, (1, 2), axis=1), MATRIX),
    (lambda x: np.roll(x, np.array([1, 2]), axis=(0, 1)), MATRIX),
    (np.flip, CUBE),
    (lambda x: np.flip(x, (0, -1)), CUBE),
    (np.fliplr, MATRIX),
    (np.flipud, MATRIX),
    (np.rot90, MATRIX),
    (lambda x: np.rot90(x, 2), MATRIX),
    (lambda x: np.rot90(x, -1, axes=(1, 2)), CUBE),
    (lambda x: np.rot90(x, 1, axes=(-1, 0)), CUBE),
    (lambda x: np.rot90(x, 4), MATRIX),
    (lambda x: np.pad(x, 1), MATRIX),
    (lambda x: np.pad(x, ((1, 2), (0, 1)), constant_values=2.5), MATRIX),
    (lambda x: np.pad(x, (1, 2), constant_values=((1, 2), (3, 4))), MATRIX),
    (lambda x: np.pad(x, 2), EMPTY),
    (lambda x: np.pad(x, ((1, 2), (0, 3)), "edge"), MATRIX),
    (lambda x: np.pad(x, ((3, 2), (5, 4)), "wrap"), MATRIX),
    (lambda x: np.pad(x, ((3, 2), (4, 5)), "reflect"), MATRIX),
    (lambda x: np.pad(x, ((3, 2), (4, 5)), mode="symmetric"), MATRIX),
    (np.triu, SQUARE),
    (lambda x: np.triu(x, -1), CUBE),
    (lambda x: np.tril(x, k=1), MATRIX),
    (np.tril, VECTOR),
    (np.diag, VECTOR),
    (lambda x: np.diag(x, -2), VECTOR),
    (lambda x: np.diag(x, k=1), MATRIX),
    (lambda x: np.diag(x, -5), MATRIX),
    (np.diagflat, MATRIX),
    (np.diagonal, CUBE),
    (lambda x: np.diagonal(x, -1, axis1=2, axis2=0), CUBE),
    (lambda x: np.diagonal(x, 9), MATRIX),
    (lambda x: np.split(x, 3, axis=1)[1], MATRIX),
    (lambda x: np.split(x, [1, 3])[2], VECTOR),
    (lambda x: np.split(x, [3, 1])[1], VECTOR),
    (lambda x: np.array_split(x, 3)[0], VECTOR),
    (lambda x: np.array_split(x, 2, axis=-1)[1], MATRIX),
    (lambda x: np.hsplit(x, 3)[2], MATRIX),
    (lambda x: np.vsplit(x, 2)[1], MATRIX),
    (lambda x: np.dsplit(x, 2)[1], CUBE),
    (lambda x: np.take(x, [0, 0, -1]), MATRIX),
    (lambda x: np.take(x, [[0, 2], [2, 2]], axis=1), MATRIX),
    (lambda x: np.take(x, 1, axis=-1), CUBE),
    (lambda x: np.take(x, [5, -4], axis=1, mode="wrap"), MATRIX),
    (lambda x: np.take(x, [5, -4], axis=1, mode="clip"), MATRIX),
    (lambda x: np.take(x, [], axis=0), MATRIX),
    (lambda x: np.take_along_axis(x, np.array([[0, 0], [2, 1]]), axis=1), MATRIX),
    (lambda x: np.take_along_axis(x, np.array([[1, 0, 1]]), axis=0), MATRIX),
    (lambda x: np.take_along_axis(x, np.array([4, 0, 4]), axis=None), MATRIX),
    (lambda x: np.take_along_axis(x, np.argsort(x, axis=-1), axis=-1), MATRIX),
    (lambda x: np.compress([True, False, True], x, axis=1), MATRIX),
    (lambda x: np.extract(x > 0, x), MATRIX),
    (lambda x: np.select([x > 1, x > 0], [x * x, 3 * x], -x), MATRIX),
    (lambda x: np.select([x > 1], [x * x]), MATRIX),
    (lambda x: np.select([[True, False], x[0, :2] > 9], [x[0, :2], [1, 2]], [3, 4]), MATRIX),
    (lambda x: x.reshape(3, 2).T.ravel(), MATRIX),
    (lambda x: x.transpose(2, 0, 1).swapaxes(0, 1), CUBE),
    (lambda x: x.repeat(2, axis=0).take([0, 3], axis=0).diagonal(), MATRIX),
]

OF_TWO: list[tuple[Function, Any, Any]] = [
    (lambda x, y: np.concatenate([x, y]), MATRIX, SQUARE),
    (lambda x, y: np.concatenate((x, y, x), axis=-1), MATRIX, MATRIX * 0.3),
    (lambda x, y: np.concatenate([x, y], axis=None), MATRIX, VECTOR),
    (lambda x, y: np.concatenate([x, y], dtype=np.complex128), MATRIX, EMPTY),
    (lambda x, y: np.stack([x, y]), MATRIX, MATRIX * 0.3),
    (lambda x, y: np.stack((x, y), axis=-1), MATRIX, MATRIX * 0.3),
    (lambda x, y: np.stack([x, y]), NUMBER, NUMBER),
    (lambda x, y: np.stack([x, 2.0, y]), NUMBER, NUMBER),
    (lambda x, y: np.hstack([x, y]), VECTOR, VECTOR[:2]),
    (lambda x, y: np.hstack([x, y]), MATRIX, MATRIX[:, :1]),
    (lambda x, y: np.hstack([x, y]), NUMBER, VECTOR),
    (lambda x, y: np.vstack([x, y]), MATRIX, MATRIX[0]),
    (lambda x, y: np.dstack([x, y]), MATRIX, MATRIX * 0.3),
    (lambda x, y: np.column_stack([x, y]), MATRIX, VECTOR[:2]),
    (lambda x, y: np.column_stack([x, y]), NUMBER, NUMBER),
    (lambda x, y: np.reshape(x, np.array([y.size, -1])), MATRIX, VECTOR[:2]),
    (lambda x, y: np.append(x, y), MATRIX, VECTOR),
    (lambda x, y: np.append(x, y, axis=0), MATRIX, SQUARE),
    (lambda x, y: np.broadcast_arrays(x, y)[1], MATRIX, NUMBER),
    (lambda x, y: np.atleast_2d(x, y)[1] * np.atleast_1d(x), NUMBER, VECTOR),
    (lambda x, y: np.select([MATRIX > 0, MATRIX < -1], [x, y], 0.5), MATRIX, NUMBER),
    (lambda x, y: np.full_like(x, y), MATRIX, NUMBER),
]


@pytest.mark.parametrize(("function", "x"), OF_ONE)
def test_functions_of_one_array(function: Function, x: Any) -> None:
    """NumPy's result, and the gradient of central differences."""
    check(function, x)


@pytest.mark.parametrize(("function", "x", "y"), OF_TWO)
def test_functions_of_two_arrays(function: Function, x: Any, y: Any) -> None:
    """NumPy's result, and the gradients of central differences, by both."""
    check(function, x, y)


@pytest.mark.parametrize(("function", "x", "y"), OF_TWO[:-1])
def test_functions_of_a_value_and_an_array(function: Function, x: Any, y: Any) -> None:
    """Either of the arguments may be raw."""
    expected = function(x, y)
    np.testing.assert_array_equal(function(og.Value(x), y).data, expected)
    np.testing.assert_array_equal(function(x, og.Value(y)).data, expected)


@pytest.mark.parametrize(("function", "x"), [case for case in OF_ONE if case[1].dtype == float])
def test_single_precision_is_kept(function: Function, x: Any) -> None:
    """The result has NumPy's dtype, and the gradient that of the argument."""
    v = og.Value(x.astype(np.float32))
    out = function(v)
    assert out.dtype == function(x.astype(np.float32)).dtype
    assert og.backward(out, np.ones(out.shape, out.dtype))[v].dtype == np.float32


def test_python_numbers_stack() -> None:
    """Values of Python numbers become an array, and their gradients are Python numbers."""
    gradient = og.grad(lambda x: np.sum(np.stack([x, x * x]) * np.array([2.0, 3.0])))(1.5)
    assert (type(gradient), gradient) == (float, 11.0)


def test_unstack_is_differentiated() -> None:
    """np.unstack, where NumPy has it, and unpacking give the same."""
    if hasattr(np, "unstack"):
        check(lambda x: np.unstack(x, axis=1)[2], MATRIX)
    check(lambda x: tuple(x)[1], MATRIX)


def test_pad_widths_by_axis() -> None:
    """A mapping from axes to widths, which newer NumPys take, leaves the other axes alone."""
    padded = np.pad(og.Value(MATRIX), {-1: (1, 2)})
    np.testing.assert_array_equal(padded.data, np.pad(MATRIX, ((0, 0), (1, 2))))


def test_second_derivatives_through_a_chain_of_functions() -> None:
    """The Hessian of a function of many such steps is that of the same elements written out."""

    def chained(x: Any) -> Any:
        padded = np.pad(np.concatenate([x, np.flip(x[1:])]), (1, 2), mode="wrap")
        return np.sum(np.stack([padded, np.roll(padded, 1)])[0, [0, 0, 3]] ** 3 * x[2])

    def written_out(x: Any) -> Any:  # padded is x1, x0, x1, x2, x2, x1, x0, x1
        return (2 * x[1] ** 3 + x[2] ** 3) * x[2]

    x = np.array([0.3, -1.2, 2.1])
    assert chained(x) == pytest.approx(written_out(x))
    np.testing.assert_allclose(og.hessian(chained)(x), og.hessian(written_out)(x), rtol=1e-12)


@pytest.mark.parametrize(
    ("function", "error"),
    [
        (lambda x: np.reshape(x, (5, 5)), ValueError),
        (lambda x: np.moveaxis(x, 0, 5), np.exceptions.AxisError),
        (lambda x: np.squeeze(x, axis=0), ValueError),
        (lambda x: np.expand_dims(x, 7), np.exceptions.AxisError),
        (lambda x: np.stack([x, x[0]]), ValueError),
        (lambda x: np.stack([x, x], axis=7), np.exceptions.AxisError),
        (lambda x: np.concatenate([x, x[0]]), ValueError),
        (lambda x: np.split(x, 2, axis=1), ValueError),
        (lambda x: np.take(x, [9]), IndexError),
        (lambda x: np.rot90(x, axes=(0, 0)), ValueError),
        (lambda x: np.pad(x, -1), ValueError),
        (lambda x: np.select([x > 0], []), ValueError),
        (lambda x: x[5], IndexError),
    ],
)
def test_what_numpy_refuses_is_refused(function: Function, error: type[Exception]) -> None:
    """The same exceptions as NumPy's."""
    with pytest.raises(error):
        function(MATRIX)
    with pytest.raises(error):
        function(og.Value(MATRIX))


@given(st.data())
@settings(max_examples=40)
def test_any_shape_and_axes(data: st.DataObject) -> None:
    """Moves, rolls, flips, repeats, tiles and pads of arrays of any shape along any axes."""
    shape = data.draw(hnp.array_shapes(max_dims=3, max_side=3, min_side=0))
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    n = data.draw(st.integers(0, 3))
    x = np.linspace(-1.0, 2.0, int(np.prod(shape))).reshape(shape)
    reps = data.draw(st.lists(st.integers(0, 2), min_size=1, max_size=4))
    functions: list[Function] = [
        lambda x: np.moveaxis(x, axis, 0),
        lambda x: np.roll(x, n, axis),
        lambda x: np.flip(x, axis),
        lambda x: np.repeat(x, n, axis),
        lambda x: np.tile(x, reps),
        lambda x: np.pad(x, n),
        lambda x: np.concatenate([x, x], axis),
        lambda x: np.stack([x, x], axis),
        lambda x: np.array_split(x, n + 1, axis)[n],
    ]
    for function in functions:
        check_linear(function, x)


def check_linear(function: Function, x: Any) -> None:
    """Of a function that moves elements, the VJP's pairing with x is the cotangent's with it."""
    v = og.Value(x)
    out, expected = function(v), function(x)
    np.testing.assert_array_equal(out.data, expected)
    cotangent = arbitrary(expected)
    gradient = og.backward(out, cotangent).get(v, np.zeros(x.shape))
    assert np.sum(gradient * x) == pytest.approx(np.sum(cotangent * expected))


def check(function: Function, *arrays: Any) -> None:
    """Result, gradients and their dtypes and shapes."""
    values = [og.Value(x) for x in arrays]
    out, expected = function(*values), function(*arrays)
    np.testing.assert_array_equal(out.data, expected)
    assert (out.shape, out.dtype) == (expected.shape, expected.dtype)
    cotangent = arbitrary(expected)
    gradients = og.backward(out, cotangent)

    def loss(*arrays: Any) -> float:
        return paired(cotangent, function(*arrays))

    for i, (value, x) in enumerate(zip(values, arrays, strict=True)):
        gradient = gradients.get(value, np.zeros(x.shape))
        np.testing.assert_allclose(gradient, differences(loss, arrays, i), rtol=1e-6, atol=1e-7)
        assert np.shape(gradient) == x.shape


@pytest.mark.parametrize("function", [np.linspace, np.geomspace])
@pytest.mark.parametrize(
    "ends", [(np.inf, 1.0), (1.0, np.inf), (np.nan, 2.0), (-np.inf, 1.0), (5, 1), (True, 2)]
)
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_rows_end_where_they_should(function: Function, ends: tuple[Any, Any]) -> None:
    """The last number is the end itself, whatever the first is; between, NumPy's own."""
    given = function(og.Value(ends[0]), ends[1], 4).data
    np.testing.assert_allclose(given, function(*ends, 4), rtol=1e-14)


def test_full_like_drops_axes_of_one() -> None:
    """As NumPy's does, where what it is filled with has more axes."""
    x = np.array([[2.5]])
    for like in (np.float64(0.0), np.zeros(3)):
        out, pull = og.vjp(lambda x, like=like: np.full_like(og.Value(like), x), x)
        np.testing.assert_array_equal(out, np.full_like(like, x))
        np.testing.assert_array_equal(pull(np.ones_like(out))[0], [[np.size(like)]])
