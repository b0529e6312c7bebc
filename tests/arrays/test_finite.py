"""Finite differences and sums, grids, and polynomials at points."""

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
PLACES = np.array([0.0, 1.0, 1.5, 3.0])
MATRIX = np.array([[0.3, -1.2, 2.1], [1.7, 0.4, -0.6]])
CUBE = np.linspace(-1.3, 2.1, 24).reshape(2, 3, 4) ** 3

Function = Callable[..., Any]
numpy: Any = np  # its type stubs know neither Values nor what it refuses

CASES: list[tuple[Function, tuple[Any, ...]]] = [
    (np.gradient, (VECTOR,)),
    (lambda f: np.gradient(f)[1], (MATRIX,)),
    (lambda f: np.gradient(f, 0.5, axis=0), (MATRIX,)),
    (lambda f: np.gradient(f, 0.5, PLACES, axis=(0, 2))[1], (CUBE,)),
    (lambda f, h: np.gradient(f, h), (VECTOR, 0.7)),
    (lambda f, x: np.gradient(f, x), (VECTOR, PLACES)),
    (lambda f: np.gradient(f, edge_order=2), (VECTOR,)),
    (lambda f, x: np.gradient(f, x, edge_order=2), (VECTOR, PLACES)),
    (np.trapezoid, (VECTOR,)),
    (lambda y, x: np.trapezoid(y, x), (VECTOR, PLACES)),
    (lambda y, x: np.trapezoid(y, x, axis=0), (MATRIX, PLACES[:2])),
    (lambda y, x: np.trapezoid(y, x), (MATRIX, MATRIX**2)),
    (lambda y, dx: np.trapezoid(y, dx=dx, axis=0), (MATRIX, 0.3)),
    (np.ediff1d, (MATRIX,)),
    (lambda x, y: np.ediff1d(x, to_begin=y, to_end=[2.0, 3.0]), (VECTOR, 0.7)),
    (np.unwrap, (3 * VECTOR,)),
    (lambda p: np.unwrap(p, axis=0, period=2.0), (3 * MATRIX,)),
    (lambda a, b: np.linspace(a, b, 5), (0.7, 2.5)),
    (lambda a, b: np.linspace(a, b, 4, endpoint=False, axis=-1), (VECTOR, 2.5)),
    (lambda a, b: np.linspace(a, b, 3, retstep=True)[1], (VECTOR, 2 * VECTOR)),
    (lambda a: np.linspace(a, 2.0, 1), (0.7,)),
    (lambda a, b: np.logspace(a, b, 4), (0.7, 1.5)),
    (lambda a, base: np.logspace(a, 1.5, 4, base=base), (0.7, 2.0)),
    (lambda a, b: np.geomspace(a, b, 4), (0.7, 2.5)),
    (lambda a: np.geomspace(a, -8.0, 4, endpoint=False), (-0.7,)),
    (lambda x, y: np.meshgrid(x, y)[0] * np.meshgrid(x, y)[1], (VECTOR, PLACES[:3])),
    (lambda x, y: np.meshgrid(x, y, indexing="ij", sparse=True)[1], (VECTOR, PLACES)),
    (lambda x: np.meshgrid(x, [1.0, 2.0], PLACES)[0], (VECTOR,)),
    (np.vander, (VECTOR,)),
    (lambda x: np.vander(x, 3, increasing=True), (VECTOR,)),
    (np.polyval, (VECTOR, MATRIX)),
    (lambda x: np.polyval([1.0, 2.0, 3.0], x), (0.7,)),
    (lambda x: np.poly1d([1.0, 2.0, 3.0])(x), (VECTOR,)),
]


@pytest.mark.parametrize(("function", "args"), CASES)
def test_derivatives(function: Function, args: tuple[Any, ...]) -> None:
    """NumPy's result, and right first and second derivatives, by all arguments."""
    assert_derivatives_are_right(function, *args)


@pytest.mark.parametrize(
    ("function", "error"),
    [
        (lambda f: np.gradient(f[:1]), ValueError),
        (lambda f: np.gradient(f, 1.0, 2.0), TypeError),
        (lambda f: numpy.gradient(f, edge_order=3), ValueError),
        (lambda x: numpy.meshgrid(x, x, indexing="xz"), ValueError),
    ],
)
def test_what_numpy_refuses_is_refused(function: Function, error: type[Exception]) -> None:
    """The same exceptions as NumPy's."""
    for x in (VECTOR, og.Value(VECTOR)):
        with pytest.raises(error):
            function(x)


def test_single_precision_is_kept() -> None:
    """A grid between float32 is float32."""
    x = og.Value(np.float32(0.5))
    assert np.linspace(x, np.float32(2), 3).dtype == np.float32
    assert np.gradient(og.Value(VECTOR.astype(np.float32))).dtype == np.float32


@given(st.data())
@settings(max_examples=40)
def test_gradients_of_any_shape(data: st.DataObject) -> None:
    """np.gradient along any axis, with any steps."""
    shape = data.draw(hnp.array_shapes(max_dims=3, min_side=3, max_side=5))
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    steps = st.lists(st.floats(0.1, 3), min_size=shape[axis], max_size=shape[axis])
    places = np.cumsum(data.draw(steps))
    edge_order = data.draw(st.sampled_from([1, 2]))
    x = np.random.default_rng(0).normal(size=shape)
    out = numpy.gradient(og.Value(x), places, axis=axis, edge_order=edge_order)
    expected = numpy.gradient(x, places, axis=axis, edge_order=edge_order)
    np.testing.assert_allclose(out.data, expected, rtol=1e-9, atol=1e-9)
