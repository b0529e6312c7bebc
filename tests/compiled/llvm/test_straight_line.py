"""Straight-line code: chunks, numbers that cross them, elements of arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import opgrad as og
from opgrad_llvm.scalar import CHUNK
from tests.compiled.llvm.programs import assert_same, called_back, program_of


@pytest.mark.parametrize("count", [1, CHUNK - 1, CHUNK, 7 * CHUNK])
def test_chunks(count: int) -> None:
    """Numbers cross them, near and far, and their words are used again."""

    def f(x: Any, y: Any) -> Any:
        values = [x, y]
        for k in range(count):
            values.append(values[-1] * 0.5 + values[k // 3] - values[k // 2] * 0.25)
        return values[-1], values[len(values) // 2], np.exp(-values[-1] * values[-1])

    assert_same(f, 0.5, 1.5, ulps=256)
    assert_same(f, np.float32(0.5), np.float32(1.5), ulps=256)


def test_elements_of_an_array() -> None:
    """Read where they are; written where they go."""

    def f(p: Any) -> Any:
        return p[0, 1] * p[1, 0] + np.sin(p[-1, -1]) * p[0, 1]

    p = np.linspace(1, 2, 6).reshape(2, 3)
    assert_same(f, p)
    assert_same(og.value_and_grad(f), p)


def test_stacking_numbers() -> None:
    """Into arrays of any rank, in straight-line code."""

    def f(x: Any, y: Any) -> Any:
        row = np.stack([x * y, x, y])
        return row, np.stack([x, y]) * 2.0, np.stack([row, row * 2.0])

    assert_same(f, 1.5, 2.5)
    assert not called_back(program_of(lambda x, y: np.stack([x * y, x, y]), 1.5, 2.5))


def test_numbers_of_all_kinds() -> None:
    """Each comes back as the type that it has without compiling."""

    def f(x: Any, n: Any, b: Any, s: Any) -> Any:
        return x, n, b, s, x > n, x * n, s * x, np.float64(2.0) * x, n * n, b & (x > 0)

    assert_same(f, 1.5, 3, True, np.float32(2.5))
    assert_same(f, np.float64(1.5), np.int32(3), np.bool_(False), np.float64(2.5))


def test_zero_dimensional_arrays() -> None:
    """They are numbers to native code."""
    assert_same(lambda x: x * 2.0 + np.exp(x), np.array(1.5))


def test_guards() -> None:
    """Decisions on values are part of the code."""
    f = og.compile(lambda x: x * 2 if x > 1 else -x, backend="llvm")
    assert [f(2.0), f(0.5), f(3.0), f(0.25)] == [4.0, -0.5, 6.0, -0.25]
    assert len(f.programs) == 2


def test_constants_of_all_sizes() -> None:
    """Infinities, NaN, the smallest, integers beyond 64 bits."""

    def f(x: Any) -> Any:
        return [x + c for c in (np.inf, -np.inf, np.nan, 5e-324, -0.0, 2**70, 1e308)]

    assert_same(f, 1.0)
    assert_same(f, np.array([1.0, 2.0]))


def test_no_inputs_and_no_outputs() -> None:
    """Nothing to do is done."""
    assert_same(lambda x: 1.0, 2.0)
    assert_same(lambda: (), ulps=1)
