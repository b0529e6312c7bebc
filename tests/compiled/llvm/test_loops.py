"""Loops: shapes, broadcasting, views, reductions; one kernel and several."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from opgrad_llvm.plan import LONGEST
from tests.compiled.llvm.programs import MANY, assert_same, called_back, program_of

REDUCTIONS: dict[str, Callable[..., Any]] = {
    "sum": np.sum,
    "prod": np.prod,
    "max": np.max,
    "min": np.min,
    "mean": np.mean,
    "any": np.any,
    "all": np.all,
}
SHAPES = [(1,), (5,), (8,), (3, 1), (1, 9), (4, 8), (5, 7), (2, 3, 4), (3, 1, 17), (2, 1, 1, 5)]


def uniform(*shape: int) -> Any:
    """Numbers from 0.5 to 1.5."""
    return np.random.default_rng(0).uniform(0.5, 1.5, shape)


@pytest.mark.parametrize("length", MANY)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_every_length(length: int, dtype: Any) -> None:
    """Whether or not it fills vectors and blocks."""
    x = uniform(length).astype(dtype)
    assert_same(lambda x: (x * 2.0 + np.exp(x), np.sum(x), np.max(x * x), x > 1.0), x, ulps=64)


@pytest.mark.parametrize("name", REDUCTIONS)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_reductions_over_every_axis(name: str, shape: tuple[int, ...], dtype: Any) -> None:
    """One, all, and the outer ones; of an input, and of what was computed from it."""
    reduce = REDUCTIONS[name]
    x = uniform(*shape).astype(dtype)

    def f(x: Any) -> Any:
        axes: list[Any] = [*range(len(shape)), None, tuple(range(len(shape)))]
        if len(shape) > 2:
            axes.append((0, len(shape) - 1))
        return [(reduce(x, axis=axis), reduce(x * 1.25 > 1.0, axis=axis)) for axis in axes]

    assert_same(f, x, ulps=64)


@pytest.mark.parametrize("dtype", ["i8", "i4", "u1", "?"])
def test_sums_of_integers(dtype: str) -> None:
    """In the integers that NumPy adds up in."""
    x = (np.arange(35).reshape(5, 7) % 3).astype(dtype)
    assert_same(lambda x: (np.sum(x), np.sum(x, axis=0), np.sum(x, axis=1)), x)
    assert not called_back(program_of(np.sum, x))


def test_extremes_of_integers() -> None:
    """Of the smallest and largest there are, too."""
    x = np.array([[-(2**63), 5, 2**63 - 1], [3, -1, 0]])
    assert_same(lambda x: (np.max(x), np.min(x), np.max(x, axis=0), np.min(x, axis=1)), x)


def test_nan_wins() -> None:
    """In maxima and minima, whichever lane it is in."""
    x = uniform(20)
    for place in (0, 7, 8, 19):
        y = x.copy()
        y[place] = np.nan
        assert_same(lambda y: (np.max(y), np.min(y), np.max(y[:, None], axis=1)), y)


def test_long_sums_are_exact_enough() -> None:
    """A million float32 added up one after the other would lose three digits."""
    x = uniform(1_000_001).astype(np.float32)
    assert_same(np.sum, x, ulps=4)


@pytest.mark.parametrize(
    "shapes",
    [
        [(5, 7), (7,)],
        [(5, 7), (5, 1)],
        [(5, 1), (1, 7)],
        [(2, 3, 4), (3, 1), (4,)],
        [(2, 1, 4), (3, 1)],
        [(1, 8), (4, 1), (1, 1)],
        [(3, 1, 5), (2, 1)],
        [(6, 3), (1, 3), ()],
    ],
)
def test_broadcasting(shapes: list[tuple[int, ...]]) -> None:
    """Of any ranks, with what follows from the result."""
    arrays = [uniform(*shape) if shape else np.float64(1.5) for shape in shapes]

    def f(*arrays: Any) -> Any:
        out = arrays[0]
        for x in arrays[1:]:
            out = out * x + 1.0
        return out, np.sum(out, axis=0), np.sum(out, axis=-1), np.sum(out)

    assert_same(f, *arrays, ulps=32)


VIEWS: dict[str, Callable[[Any], Any]] = {
    "transposed": lambda x: x.T,
    "every other": lambda x: x[:, ::2],
    "backwards": lambda x: x[::-1, ::-1],
    "row": lambda x: x[2],
    "column": lambda x: x[:, 3],
    "new axis": lambda x: x[:, None, 1:],
    "reshaped": lambda x: x.reshape(3, 4, 2),
    "flat": lambda x: x.reshape(-1),
    "transposed and flat": lambda x: x.T.reshape(-1),
    "broadcast": lambda x: np.broadcast_to(x[:, :1], (6, 5)),
    "empty": lambda x: x[2:2],
    "dots": lambda x: x[..., 1],
    "negative": lambda x: x[-2:, -1],
}


@pytest.mark.parametrize("name", VIEWS)
def test_views(name: str) -> None:
    """Of an input, and of what was computed; as a result, and in a loop."""
    view = VIEWS[name]

    def f(x: Any) -> Any:
        y = np.sin(x)
        return view(x), view(y), view(x) * 2.0 + view(y), np.sum(view(y) * view(x))

    assert_same(f, uniform(6, 4))


def test_results_are_nobody_else_s() -> None:
    """Writing to a result changes neither the argument nor the next call's result."""
    f = program_of(lambda x: (x[1:], np.exp(x)[1:], x.reshape(2, 2), np.full(3, 2.0)), np.ones(4))
    x = np.ones(4)
    first = f(x)
    kept = [np.array(y) for y in first]
    for y in first:
        if y.flags.writeable:
            y[...] = 7
    assert np.array_equal(x, np.ones(4))
    for y, expected in zip(f(x), kept, strict=True):
        np.testing.assert_array_equal(y, expected)


@pytest.mark.parametrize("length", [8, 13, 64, 100, 1000])
@pytest.mark.parametrize("rows", [1, 3])
def test_very_many_nodes(length: int, rows: int) -> None:
    """Several kernels take turns, and hand values to each other through memory."""

    def f(x: Any, y: Any) -> Any:
        values = [x, y, x * y]
        for k in range(LONGEST + 200):
            values.append(
                np.maximum(values[-1] * 0.5, values[-3] - 0.125 * (k % 7)) + values[k // 2]
            )
            values[-1] = values[-1] * 0.25
        used = values[:: LONGEST // 10]
        return values[-1], [np.sum(v) for v in used], np.sum(values[-1] > values[50], axis=0)

    x = uniform(rows, length)
    assert_same(f, x, x[:1] - 1.0, ulps=256)


def test_very_many_sums() -> None:
    """More than there are registers for."""

    def f(x: Any) -> Any:
        return [np.sum(x * float(k)) for k in range(40)], np.max(x, axis=0)

    assert_same(f, uniform(77), ulps=32)
    assert_same(f, uniform(7, 11), ulps=32)


def test_a_value_for_a_later_loop_is_computed_there() -> None:
    """It needs no array in between."""

    def f(x: Any) -> Any:
        total = np.sum(x)
        return np.exp(x * 2.0) * total

    x = uniform(50)
    assert_same(f, x)
    report = program_of(f, x).report()
    assert any(line.startswith("buffers: 64 bytes") for line in report), report


def test_small_buffers_share_the_place_of_a_large_one() -> None:
    """What is left of a place that only a part was taken of is given away, too."""

    def f(x: Any) -> Any:
        t = np.exp(x)
        total = np.sum(t * np.sum(t))  # the last that needs the large buffer
        a, b, c = np.sum(x * total, axis=0), np.sum(x + total, axis=1), np.sum(x - total, axis=0)
        return np.sum(np.outer(a, b) * c * np.sum(a * b))

    x = uniform(64, 64)
    assert_same(f, x, ulps=256)
    report = program_of(f, x).report()
    assert f"buffers: {x.nbytes + 64} bytes" in "\n".join(report), report
