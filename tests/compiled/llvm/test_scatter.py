"""Scatters: zeros with values added at parts, compared with NumPy's assignment."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import opgrad as og
from opgrad.compiler.avals import aval_of
from opgrad.compiler.primitives import SCATTER, make
from opgrad_llvm import views
from opgrad_llvm.lowering import lower
from tests.compiled.llvm.programs import assert_same, called_back, program_of


def scattered(shape: tuple[int, ...], dtype: Any, indices: tuple[Any, ...], *values: Any) -> Any:
    """What native code makes of a scatter."""
    inputs = tuple(make(None, (), aval_of(value)) for value in values)
    params = {"shape": shape, "dtype": np.dtype(dtype), "indices": indices}
    node = make(SCATTER, inputs, aval_of(np.zeros(shape, dtype)), params)
    program = lower(og.Graph.of(node), inputs)
    assert not called_back(program)
    (found,) = program(*values)
    return found


def expected(shape: tuple[int, ...], dtype: Any, indices: tuple[Any, ...], *values: Any) -> Any:
    """What NumPy makes of it."""
    out = np.zeros(shape, dtype)
    for index, value in zip(indices, values, strict=True):
        out[index] += value
    return out


slices = st.builds(
    slice,
    st.none() | st.integers(-9, 9),
    st.none() | st.integers(-9, 9),
    st.sampled_from([None, 1, 2, 3, -1, -2]),
)


@given(
    st.sampled_from([(7,), (8,), (5, 9), (1, 16), (3, 2, 9)]),
    st.lists(st.tuples(*[slices | st.integers(-1, 0)] * 3), min_size=1, max_size=4),
    st.sampled_from(["f8", "f4", "i8"]),
)
def test_random_parts(shape: tuple[int, ...], indices: list[tuple[Any, ...]], dtype: str) -> None:
    """Of any strides, next to each other or one over the other."""
    cut = tuple(index[: len(shape)] for index in indices)
    parts = [np.zeros(shape, dtype)[index] for index in cut]
    values = [np.arange(part.size).astype(dtype).reshape(part.shape) + part for part in parts]
    found = scattered(shape, dtype, cut, *values)
    np.testing.assert_array_equal(found, expected(shape, dtype, cut, *values))


def test_values_of_other_shapes_and_dtypes() -> None:
    """They are broadcast and cast."""
    values = [np.arange(4, dtype=np.float32), 2.5, np.arange(3)[:, None], np.float32(0.5)]
    indices = (slice(None), (0, slice(1, None)), (slice(None), slice(2)), (2, 3))
    found = scattered((3, 4), "f8", indices, *values)
    np.testing.assert_array_equal(found, expected((3, 4), "f8", indices, *values))


def test_numbers_at_one_place() -> None:
    """They add up."""
    indices = (3, 1, 3, -1)
    found = scattered((5,), "f8", indices, 1.5, 2.0, 4.0, 0.25)
    np.testing.assert_array_equal(found, [0, 2, 0, 5.5, 0.25])


def test_truth_values() -> None:
    """Where no two meet, they are stored."""
    values = [np.array([True, False]), True]
    found = scattered((4,), "?", (slice(2), 3), *values)
    np.testing.assert_array_equal(found, [True, False, False, True])


def test_parts_too_large_to_be_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are added, as they might overlap."""
    monkeypatch.setattr(views, "COUNTED", 3)
    values = [np.arange(3.0), np.arange(4.0)]
    indices = (slice(3), slice(1, 5))
    found = scattered((6,), "f8", indices, *values)
    np.testing.assert_array_equal(found, expected((6,), "f8", indices, *values))


def test_gradients_of_slices() -> None:
    """They are scatters, without a call of Python."""
    x = np.linspace(0, 1, 23)

    def f(x: Any) -> Any:
        return np.sum(x[1:] * x[:-1]) + x[3] * x[-1] + np.sum(x[::3] ** 2)

    assert_same(og.value_and_grad(f), x)
    assert not called_back(program_of(og.grad(f), x))
