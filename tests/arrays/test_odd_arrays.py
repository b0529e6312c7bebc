"""Arrays of any memory layout, precision and shape; of nothing; and of what is not finite."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import opgrad as og
from tests.arrays.derivatives import assert_derivatives_are_right

VECTOR = np.array([1.0, 2.0, 3.0])


def _loss(x: Any) -> Any:
    return np.sum(np.cumsum(x, axis=-1) * x[..., ::-1] ** 2)


CUBE = np.linspace(-1.0, 2.0, 24).reshape(2, 3, 4)


def _read_only(x: Any) -> Any:
    x = x.copy()
    x.flags.writeable = False
    return x


@pytest.mark.parametrize(
    "x",
    [
        CUBE[::-1, ::2, ::-3],
        CUBE.transpose(2, 0, 1),
        np.asfortranarray(CUBE),
        np.broadcast_to(CUBE[0], (2, 3, 4)),
        _read_only(CUBE),
        CUBE.astype(">f8"),
        np.frombuffer(CUBE.tobytes(), CUBE.dtype).reshape(CUBE.shape),
    ],
    ids=["strided", "transposed", "fortran", "broadcast", "read-only", "big-endian", "buffer"],
)
def test_memory_makes_no_difference(x: Any) -> None:
    """The gradient of any layout is that of a copy, and can be written to."""
    gradient = og.grad(_loss)(x)
    np.testing.assert_array_equal(gradient, og.grad(_loss)(np.array(x, float, order="C")))
    assert gradient.flags.writeable


def test_memory_maps(tmp_path: Path) -> None:
    """A file in memory is differentiated as any array."""
    x = np.memmap(tmp_path / "x", float, "w+", shape=(3,))
    x[:] = VECTOR
    np.testing.assert_array_equal(og.grad(lambda x: np.sum(x**2))(x), 2 * VECTOR)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_every_precision_is_kept(dtype: Any) -> None:
    """The gradient has the dtype of its argument."""
    gradient = og.grad(lambda x: np.sum(x * x))(VECTOR.astype(dtype))
    assert gradient.dtype == dtype


def test_arrays_without_axes() -> None:
    """A 0-d array is as good as a number."""
    gradient = og.grad(lambda x: np.sum(x**2) * np.mean(x[None]) + x.reshape(1)[0])(np.array(3.0))
    assert (np.shape(gradient), gradient) == ((), 28.0)


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0), (2, 0, 3)])
@pytest.mark.parametrize(
    "function",
    [
        np.sum,
        np.prod,
        np.exp,
        lambda x: np.sum(x, axis=-1, keepdims=True),
        lambda x: np.cumsum(x, axis=0),
        lambda x: x @ np.swapaxes(x, -1, -2) if x.ndim > 1 else x @ x,
        lambda x: np.concatenate([x, x], axis=-1),
        lambda x: np.sort(x, axis=0),
        lambda x: np.reshape(x, (0, 5)),
        lambda x: x[..., None] * x[..., None, :],
        lambda x: x[x > 0],
        lambda x: np.einsum("...i,...i", x, x),
        lambda x: np.pad(x, 1),
    ],
)
def test_nothing_has_no_gradient(function: Callable[..., Any], shape: tuple[int, ...]) -> None:
    """Arrays of no elements give NumPy's results, and gradients of no elements."""
    assert_derivatives_are_right(function, np.zeros(shape))


def test_extremes_of_nothing_are_numpy_s_error() -> None:
    """They have no value."""
    with pytest.raises(ValueError, match="zero-size array"):
        np.max(og.Value(np.zeros((0, 3))), axis=0)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_stays_where_it_is(bad: float) -> None:
    """NaN and infinity in one element leave the gradients of the others as they are."""
    x = np.array([0.5, bad, 2.0])
    with np.errstate(all="ignore"):
        gradient = og.grad(lambda x: np.sum(np.tanh(x) * np.exp(-np.abs(x))))(x)
        expected = og.grad(lambda x: np.sum(np.tanh(x) * np.exp(-np.abs(x))))(x[::2])
    np.testing.assert_allclose(gradient[::2], expected)


# -- any shapes ------------------------------------------------------------------------------------


@given(hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3, min_side=0))
@settings(max_examples=60)
def test_any_shapes_that_broadcast(shapes: Any) -> None:
    """Elementwise ops on any pair of shapes: NumPy's result, right derivatives by both."""
    x, y = (np.linspace(0.5, 1.5, int(np.prod(s))).reshape(s) for s in shapes.input_shapes)
    assert_derivatives_are_right(lambda x, y: np.arctan2(x, y) * y - x, x, y, second=False)


@given(st.data())
@settings(max_examples=60)
def test_any_reduction_over_any_axes(data: st.DataObject) -> None:
    """NumPy's result and right derivatives, over any axes, negative ones too, kept or not."""
    shape = data.draw(hnp.array_shapes(max_dims=3, max_side=3))
    axes = data.draw(st.none() | hnp.valid_tuple_axes(len(shape), min_size=1))
    axis = axes[0] if axes and len(axes) == 1 else axes
    keepdims = data.draw(st.booleans())
    reduction: Any = data.draw(st.sampled_from([np.sum, np.mean, np.prod, np.max, np.min, np.var]))
    x = np.random.default_rng(1).permutation(np.linspace(0.5, 2.0, int(np.prod(shape))))
    assert_derivatives_are_right(
        lambda x: reduction(x, axis=axis, keepdims=keepdims), x.reshape(shape), second=False
    )


@given(st.data())
@settings(max_examples=40)
def test_any_products_of_any_shapes(data: st.DataObject) -> None:
    """x @ y wherever NumPy has it, broadcast stacks, vectors and empty ones included."""
    shapes = data.draw(
        hnp.mutually_broadcastable_shapes(signature=np.matmul.signature, max_dims=2, min_side=0)
    )
    x, y = (np.random.default_rng(2).normal(size=s) for s in shapes.input_shapes)
    assert_derivatives_are_right(lambda x, y: x @ y, x, y, second=False)
