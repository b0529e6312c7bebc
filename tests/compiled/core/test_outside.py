"""What a compiled function takes from outside and leaves there."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
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


def _sealed() -> tuple[Any, Any]:
    table = np.array([1.0, 2.0])
    writable = table[:]
    table.flags.writeable = False
    return table, lambda: writable.__setitem__(0, 5.0)


def _unsealed() -> tuple[Any, Any]:
    table = np.array([1.0, 2.0])
    table.flags.writeable = False

    def change() -> None:
        table.flags.writeable = True
        table[0] = 5.0

    return table, change


def _read_only_view() -> tuple[Any, Any]:
    table = np.array([1.0, 2.0])
    view = table[:]
    view.flags.writeable = False
    return view, lambda: table.__setitem__(0, 5.0)


def _buffer() -> tuple[Any, Any]:
    buffer = bytearray(np.array([1.0, 2.0]).tobytes())
    table = np.frombuffer(buffer)
    return table, lambda: np.frombuffer(buffer, "u1").__setitem__(7, 64)


def _writable() -> tuple[Any, Any]:
    table = np.array([1.0, 2.0])
    return table, lambda: table.__setitem__(0, 5.0)


CAPTURED = [_sealed, _unsealed, _read_only_view, _buffer, _writable]
USES: dict[str, Callable[[Any, Any], Any]] = {
    "primitive": lambda x, t: x * t,
    "called back": lambda x, t: np.interp(x, t, t[::-1]),
    "folded": lambda x, t: x + np.sum(np.exp(t)),
    "returned": lambda x, t: (x, t),
    "in a list": lambda x, t: np.choose([0, 1], [t * x, t]),
    "index": lambda x, t: x[t > 1.5],
    "closure": lambda x, t: np.apply_along_axis(lambda v: v * t, 0, x),
    "partial": lambda x, t: np.apply_along_axis(partial(np.multiply, t), 0, x),
    "default": lambda x, t: np.apply_along_axis(partial(lambda v, t=t: v * t), 0, x),
    "list of functions": lambda x, t: np.piecewise(x, [x > 1.5], [lambda v: v * t[0], 0.0]),
}


@EACH_BACKEND
@pytest.mark.parametrize("capture", CAPTURED)
@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_captured_data_stay_whole_as_they_were(
    use: Callable[[Any, Any], Any], capture: Callable[[], tuple[Any, Any]], backend: str
) -> None:
    """Whatever becomes of them later, every part of the program has what was there when traced."""
    table, change = capture()
    f = og.compile(lambda x: use(x, table), backend=backend)
    x = np.array([1.0, 2.0])
    expected = use(x, table.copy())
    f(x)
    change()
    assert table[0] != 1.0
    assert_same(f(x), expected)


SCALE = 2.0
TABLE = np.array([1.0, 2.0])


def _scaled(v: Any) -> Any:
    return v * SCALE + (lambda: TABLE)()


@EACH_BACKEND
def test_globals_of_a_function_that_is_called_back(
    backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are those of the traced call, as in what is traced: arrays and numbers."""
    table = np.array([1.0, 2.0])
    monkeypatch.setitem(globals(), "TABLE", table)
    f = og.compile(lambda x: x * SCALE + np.apply_along_axis(_scaled, 0, x), backend=backend)
    f(np.ones(2))
    table[0] = 100.0
    monkeypatch.setitem(globals(), "SCALE", 100.0)
    assert_same(f(np.ones(2)), np.array([5.0, 6.0]))
    assert_same(_scaled(np.ones(2)), np.array([200.0, 102.0]))


@EACH_BACKEND
def test_captured_numbers_and_containers(backend: str) -> None:
    """Attributes, lists and dicts, in a function inside the function as well."""

    class Model:
        scale = 2.0

    model, rates, inner = Model(), [1.0, 2.0], {"w": [np.array([1.0, 2.0])]}

    def make() -> Callable[[Any], Any]:
        return lambda x: x * rates[0] + inner["w"][0] * model.scale

    g = make()
    f = og.compile(lambda x: g(x) + x * np.asarray(rates), backend=backend)
    f(np.ones(2))
    model.scale, rates[0], inner["w"][0][0] = 50.0, 50.0, 50.0
    assert_same(f(np.ones(2)), np.array([4.0, 7.0]))


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
