"""What a compiled function takes from outside and leaves there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import opgrad as og
from opgrad.errors import LeakedTraceError
from tests.compiled.core.backends import EACH_BACKEND
from tests.compiled.core.same import assert_same

X = np.array([0.5, -1.0, 2.0])


@EACH_BACKEND
def test_captured_data_are_constants(backend: str) -> None:
    """They are copied when the function is traced: later changes have no effect."""
    table = np.array([1.0, 2.0])
    state = {"scale": 3.0}
    f = og.compile(lambda x: x * table * state["scale"], backend=backend)
    f(np.ones(2))
    table[0], state["scale"] = 100.0, 200.0
    assert_same(f(np.ones(2)), np.array([3.0, 6.0]))
    assert_same(f(np.ones((1, 2))), np.array([[20000.0, 400.0]]))  # traced now


@EACH_BACKEND
def test_captured_views_are_copied(backend: str) -> None:
    """Of an array that changes, a read-only view changes as well."""
    table = np.array([1.0, 2.0])
    view = table[:]
    view.flags.writeable = False
    f = og.compile(lambda x: x * view, backend=backend)
    f(np.ones(2))
    table[:] = 5.0
    assert_same(f(np.ones(2)), np.array([1.0, 2.0]))


@EACH_BACKEND
def test_a_constant_that_changes_during_the_trace(backend: str) -> None:
    """Each use sees what was there at that moment."""

    def f(x: Any) -> Any:
        factor = np.ones(2)
        first = x * factor
        factor[0] = 7.0
        return first + x * factor

    compiled = og.compile(f, backend=backend)
    for _ in range(2):
        assert_same(compiled(np.array([1.0, 2.0])), np.array([8.0, 4.0]))


@EACH_BACKEND
def test_what_is_not_computed_comes_back_as_it_is(backend: str) -> None:
    """Text, None, functions; and arrays, each time a copy of its own."""
    table = np.array([1.0, 2.0])

    def f(x: float) -> Any:
        return {"x": x, "name": "f", "nothing": None, "function": np.sin, "table": table, "n": 3}

    compiled = og.compile(f, backend=backend)
    for _ in range(3):
        found = compiled(2.0)
        assert found["function"] is np.sin
        assert (found["x"], found["name"], found["nothing"], found["n"]) == (2.0, "f", None, 3)
        assert_same(found["table"], np.array([1.0, 2.0]))
        found["table"][0] = 9.0
    assert compiled(2.0)["table"] is not table


@EACH_BACKEND
def test_results_share_no_memory(backend: str) -> None:
    """With each other, arguments or later results; but an argument may come back as it is."""

    def f(x: Any) -> Any:
        y = x * 2
        return y, x * 2, y[:1], x[1:], np.reshape(x, (1, 2)), np.broadcast_to(x, (2, 2)), y

    compiled = og.compile(f, backend=backend)
    x = np.array([1.0, 2.0])
    results = [x, *compiled(x), *compiled(x), *compiled(x)]
    for i, a in enumerate(results):
        assert a.flags.writeable
        assert not any(np.shares_memory(a, b) for b in results[:i])


@EACH_BACKEND
def test_side_effects_happen_when_it_is_traced(backend: str) -> None:
    """And then only."""
    seen: list[str] = []

    def f(x: float) -> float:
        seen.append("here")
        return x + 1

    compiled = og.compile(f, backend=backend)
    assert [compiled(x) for x in (1.0, 2.0, 3.0)] == [2.0, 3.0, 4.0]
    assert seen == ["here"]


@EACH_BACKEND
def test_a_leak_is_an_error_when_it_is_used(backend: str) -> None:
    """It names the function that the value is from."""
    kept: list[Any] = []

    def leaky(x: float) -> float:
        kept.append(x * 2)
        return x

    og.compile(leaky, backend=backend)(1.0)
    for use in (lambda v: v + 1, lambda v: np.sin(v), bool, lambda v: og.Value(v) * 2):
        with pytest.raises(LeakedTraceError, match="from inside leaky, being compiled"):
            use(kept[0])


@EACH_BACKEND
def test_a_leak_into_another_trace_is_an_error(backend: str) -> None:
    """It would be a constant there that nobody knows."""
    kept: list[Any] = []

    def keeps(x: float) -> float:
        kept.append(x)
        return x

    og.compile(keeps, backend=backend)(1.0)
    with pytest.raises(LeakedTraceError, match="keeps"):
        og.compile(lambda x: x * kept[0], backend=backend)(2.0)


@EACH_BACKEND
def test_a_returned_value_comes_out_raw(backend: str) -> None:
    """Such as that of an op called on an argument; Values of arguments, too."""
    f = og.compile(lambda x: (og.Value(x) * 2, og.ops.tanh(x), og.Value(3.0)), backend=backend)
    for _ in range(2):
        assert_same(f(X), (X * 2, np.tanh(X), 3.0))


@EACH_BACKEND
def test_exceptions_of_the_function_come_through(backend: str) -> None:
    """Those that it raises when traced; the next call traces again."""

    def f(x: float) -> float:
        if x < 0:
            raise ValueError("below zero")
        return x

    compiled = og.compile(f, backend=backend)
    for _ in range(2):
        with pytest.raises(ValueError, match="below zero"):
            compiled(-1.0)
    assert compiled(1.0) == 1.0
    with pytest.raises(ValueError, match="below zero"):
        compiled(-1.0)


@EACH_BACKEND
def test_exceptions_of_call_backs_come_through(backend: str) -> None:
    """As they are, also when the program runs."""
    f = og.compile(lambda a: np.linalg.inv(a) * 2, backend=backend)
    f(np.eye(2))
    with pytest.raises(np.linalg.LinAlgError, match="Singular"):
        f(np.zeros((2, 2)))


@EACH_BACKEND
def test_no_floating_point_warnings(backend: str) -> None:
    """Only the traced run warns; warnings are errors here."""
    f = og.compile(lambda x: (1 / x, np.log(x), np.exp(1000 * x)), backend=backend)
    f(np.array([0.1, 0.5]))
    assert_same(
        f(np.array([0.0, 1.0])),
        (np.array([np.inf, 1.0]), np.array([-np.inf, 0.0]), np.array([1.0, np.inf])),
    )


@EACH_BACKEND
def test_division_of_numbers_by_zero_raises(backend: str) -> None:
    """As Python has it, when the program runs, too."""
    f = og.compile(lambda x: 1 / x, backend=backend)
    assert [f(2.0), f(4.0)] == [0.5, 0.25]
    for zero in (0.0, -0.0):
        with pytest.raises(ZeroDivisionError):
            f(zero)
