"""Decisions that Python takes from values: each way is a program, none is taken wrongly."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import opgrad as og
from tests.compiled.core.backends import EACH_BACKEND
from tests.compiled.core.same import assert_same


def _way(x: float) -> float:
    if x > 0:
        return x * 2
    return -x


@EACH_BACKEND
def test_other_outcome_other_program(backend: str) -> None:
    """Each way is traced once, and found again."""
    f = og.compile(_way, backend=backend)
    assert [f(x) for x in (1.0, -1.0, 3.0, -5.0, 0.0)] == [2.0, 1.0, 6.0, 5.0, 0.0]
    assert len(f.programs) == 2


@EACH_BACKEND
def test_nan_takes_its_own_way(backend: str) -> None:
    """No comparison holds with NaN, and not its opposite either."""

    def f(x: float) -> str:
        return "above" if x > 0 else "below" if x < 0 else "neither"

    compiled = og.compile(f, backend=backend)
    for x in (1.0, -1.0, np.nan, 0.0, -0.0, np.inf):
        assert compiled(x) == f(x)
    assert len(compiled.programs) == 3


@EACH_BACKEND
def test_loops_until_a_value_is_small(backend: str) -> None:
    """Newton's iteration: one program for each number of steps."""

    def root(a: float) -> tuple[float, int]:
        x, steps = a, 0
        while abs(x * x - a) > 1e-9:
            x, steps = (x + a / x) / 2, steps + 1
        return x, steps

    compiled = og.compile(root, backend=backend)
    for a in (2.0, 3.0, 100.0, 2.0, 1.0, 1e6):
        assert_same(compiled(a), root(a))
    assert len(compiled.programs) == len({root(a)[1] for a in (2.0, 3.0, 100.0, 1.0, 1e6)})


@EACH_BACKEND
def test_nested_decisions(backend: str) -> None:
    """All eight ways through three decisions, in any order of calls."""

    def f(x: float, y: float) -> float:
        z = x + y if x > y else x * y
        if z > 1:
            z = z - 1 if y > 0 else z + 1
        elif y > 0.5:
            z = -z
        return z

    compiled = og.compile(f, backend=backend)
    grid = [(x, y) for x in (-2.0, -0.3, 0.4, 3.0) for y in (-1.5, 0.1, 0.7, 2.0)]
    for x, y in [*grid, *reversed(grid)]:
        assert compiled(x, y) == f(x, y)
    assert len(compiled.programs) <= 8


@EACH_BACKEND
def test_max_min_and_sorted_compare(backend: str) -> None:
    """Python's own functions decide by ``<``."""

    def f(a: float, b: float, c: float) -> Any:
        return max(a, b, c), min(a, b), sorted([a, b, c])

    compiled = og.compile(f, backend=backend)
    for values in ((1.0, 2.0, 3.0), (3.0, 2.0, 1.0), (2.0, 2.0, 2.0), (1.0, 2.0, 3.0)):
        assert compiled(*values) == f(*values)


@EACH_BACKEND
def test_truth_and_membership(backend: str) -> None:
    """``not x``, ``x and y``, ``x in xs``, ``==``."""

    def f(x: float, y: float) -> Any:
        return (not x), (x and y), (x in [1.0, 2.0]), (1 if x == y else 2)

    compiled = og.compile(f, backend=backend)
    for values in ((0.0, 1.0), (1.0, 1.0), (2.0, 0.0), (0.0, 1.0), (-0.0, 0.0)):
        assert compiled(*values) == f(*values)


@EACH_BACKEND
def test_an_integer_that_indexes_a_list(backend: str) -> None:
    """``int(x)`` and ``xs[i]`` are decisions for one integer."""
    names = ["zero", "one", "two"]

    def f(x: float, i: int) -> Any:
        return names[int(x)], names[i], x * i

    compiled = og.compile(f, backend=backend)
    for x, i in ((0.5, 0), (1.5, 1), (2.9, 2), (1.1, 1)):
        assert compiled(x, i) == f(x, i)
    assert len(compiled.programs) == 3


@EACH_BACKEND
def test_int_rounds_towards_zero(backend: str) -> None:
    """Of negative numbers, too."""
    f = og.compile(lambda x: int(x), backend=backend)
    assert [f(x) for x in (1.5, -1.5, 1.9, -1.9, -0.5)] == [1, -1, 1, -1, 0]
    assert len(f.programs) == 3


@EACH_BACKEND
def test_a_range_of_an_argument(backend: str) -> None:
    """A loop of n rounds is one program for each n."""

    def f(n: int, x: float) -> float:
        total = 0.0
        for i in range(n):
            total += x**i
        return total

    compiled = og.compile(f, backend=backend)
    for n in (3, 1, 4, 3):
        assert_same(compiled(n, 0.5), f(n, 0.5))
    assert len(compiled.programs) == 3


@EACH_BACKEND
def test_a_decision_on_an_array(backend: str) -> None:
    """``np.any``, and an array of one element."""

    def f(x: Any) -> Any:
        if np.any(x > 2):
            return x - 2
        return x if x[:1] > 0 else -x

    compiled = og.compile(f, backend=backend)
    for x in ([1.0, 2.0], [-1.0, 2.0], [1.0, 3.0], [1.0, 1.0]):
        assert_same(compiled(np.array(x)), f(np.array(x)))
    assert len(compiled.programs) == 3


@EACH_BACKEND
def test_an_ambiguous_truth_is_numpy_s_error(backend: str) -> None:
    """An array of several elements is neither true nor false."""
    with pytest.raises(ValueError, match="ambiguous"):
        og.compile(lambda x: 1 if x > 0 else 2, backend=backend)(np.array([1.0, -1.0]))


@EACH_BACKEND
def test_decisions_in_gradients(backend: str) -> None:
    """The derivative is that of the way taken."""
    f = og.compile(og.grad(lambda x: x**2 if x > 0 else 3 * x), backend=backend)
    assert [f(x) for x in (2.0, -1.0, 5.0, -7.0)] == [4.0, 3.0, 10.0, 3.0]


@EACH_BACKEND
def test_what_another_way_would_raise_is_not_raised(backend: str) -> None:
    """A program that was made for another decision may fail before that is known."""

    def f(a: Any) -> Any:
        return np.linalg.cholesky(a) if np.all(a > 0) else a * 2

    compiled = og.compile(f, backend=backend)
    a = np.array([[2.0, 0.5], [0.5, 1.0]])
    assert_same([compiled(a), compiled(-a), compiled(a)], [f(a), f(-a), f(a)])
    with pytest.raises(np.linalg.LinAlgError):
        compiled(np.array([[1.0, 2.0], [2.0, 1.0]]))


@EACH_BACKEND
def test_shapes_that_depend_on_values(backend: str) -> None:
    """A program is for as many elements as were chosen when it was traced."""

    def f(x: Any) -> Any:
        return np.mean(x[x > 0])

    compiled = og.compile(og.value_and_grad(f), backend=backend)
    for x in ([1.0, -2.0, 3.0], [1.0, 2.0, 3.0], [-1.0, 2.0, 3.0], [-1.0, 2.0, -3.0]):
        assert_same(compiled(np.array(x)), og.value_and_grad(f)(np.array(x)))
    assert len(compiled.programs) == 3
