"""Plain Python around values: the compiled function is the uncompiled one, call after call."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import opgrad as og
from tests.compiled.core.backends import EACH_BACKEND
from tests.compiled.core.plain_run import assert_compiled_is_plain

VECTORS = [(np.array([1.0, 2.0]),), (np.array([3.0, 0.0]),)]
SINGULAR = np.array([[1.0, 2.0], [2.0, 4.0]])


def matched(x: Any) -> Any:
    """By class and value."""
    match x:
        case None:
            return "none"
        case 0:
            return "zero"
        case int():
            return "int", x + 1
        case float() if x < 0:
            return "negative", x * 2
        case float(y):
            return "float", y + 1
        case (a, b):
            return b, a
        case {"k": v}:
            return v * 2
        case _:
            return "other", x * 2


def late_bound(x: Any) -> Any:
    """Closures that see the last value of a loop's variable."""
    functions: list[Callable[[], Any]] = [lambda: x * i for i in range(3)]  # noqa: B023  # the point
    return [f() for f in functions]


def counted(x: Any) -> Any:
    """A variable of the function around it."""
    total = 0.0

    def add(v: Any) -> None:
        nonlocal total
        total = total + v

    for i in range(3):
        add(x * i)
    return total


def factorial(x: Any) -> Any:
    """Recursion."""
    return 1.0 if x <= 1 else x * factorial(x - 1)


def inverse_or_zero(x: Any) -> Any:
    """An exception of NumPy's that is caught."""
    try:
        return np.linalg.inv(x)
    except np.linalg.LinAlgError:
        return x * 0


def strict_from_here(x: Any) -> Any:
    """Operators inside np.errstate, of what was computed outside."""
    y = x * 2
    with np.errstate(divide="raise", invalid="raise"):
        try:
            return (y / x) ** 2 // (x + 1.0), x**0.5
        except FloatingPointError:
            return x * 0


def errors_from_here(x: Any) -> Any:
    """Warnings that become errors after the first operation."""
    y = x * 2.0
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message="divide")
        try:
            return y / x
        except RuntimeWarning:
            return x


def slice_and_whole(x: Any) -> Any:
    """A view of what is then changed in place."""
    y = x * 2
    z = y[:1]
    y += 1
    return y, z


def column_and_whole(x: Any) -> Any:
    """The same, changed through the view."""
    y = x * 2
    z = y.reshape(2, 1)
    z += 1
    return y, z


def twice_in_a_list(x: Any) -> Any:
    """One array in two places, changed in one."""
    y = x * 2
    both = [y, y]
    both[0] += 1
    return both


CASES: dict[Callable[..., Any], list[tuple[Any, ...]]] = {
    matched: [(x,) for x in (1.0, 2, 0, -1.5, None, (1, 2.0), {"k": 1.0}, np.float32(1), "s")],
    late_bound: [(2.0,), (3.0,)],
    counted: [(1.0,), (2.0,)],
    factorial: [(3.0,), (5.0,), (0.5,)],
    inverse_or_zero: [(SINGULAR,), (np.eye(2),), (SINGULAR,)],
    strict_from_here: VECTORS,
    errors_from_here: VECTORS,
    slice_and_whole: VECTORS,
    column_and_whole: VECTORS,
    twice_in_a_list: VECTORS,
}


@EACH_BACKEND
@pytest.mark.filterwarnings("ignore:.*compiled, runs uncompiled:opgrad.errors.CompileWarning")
@pytest.mark.parametrize("f", CASES, ids=lambda f: f.__name__)
def test_plain_python(f: Callable[..., Any], backend: str) -> None:
    """Control flow, exceptions that are caught, and arrays in several places are as uncompiled."""
    calls = CASES[f]
    assert_compiled_is_plain(f, [*calls, *calls[::-1]], backend)


@EACH_BACKEND
def test_unused_call_that_raises(backend: str) -> None:
    """What nobody uses is not computed by a program, and so does not raise."""

    def f(x: Any) -> Any:
        np.linalg.inv(x)
        return x + 1.0

    compiled = og.compile(f, backend=backend)
    compiled(np.eye(2))
    np.testing.assert_array_equal(compiled(SINGULAR), SINGULAR + 1.0)


@pytest.mark.parametrize("x", [0.5, np.float64(0.5), np.array([0.5, 0.25])], ids=str)
def test_tracing_asks_seldom(x: Any) -> None:
    """OpGrad reads stand-ins by their slots: who asks is looked up less than twice a node."""

    def f(x: Any) -> Any:
        for _ in range(200):
            x = x * x * 0.25 - x * 0.5
        return np.sum(x)

    asked = 0

    def count(frame: Any, event: str, arg: object) -> None:
        nonlocal asked
        is_asking = frame.f_code.co_name == "asks" and event == "call"
        asked += is_asking and frame.f_globals["__name__"] == "opgrad.compiler.own"

    compiled = og.compile(og.value_and_grad(f), backend="python")
    before = sys.getprofile()
    sys.setprofile(count)
    try:
        compiled(x)
    finally:
        sys.setprofile(before)
    assert asked < 2 * len(compiled.traced_graph)


@EACH_BACKEND
def test_an_exception_that_holds_a_value_holds_plain_data(backend: str) -> None:
    """It is that of a plain run: its arguments are numbers, and so is its text."""

    def f(x: Any) -> Any:
        if x > 0:
            raise ValueError(x * 2, {"at": [x]})
        return x

    compiled = og.compile(f, backend=backend)
    for x in (1.5, -1.0, 2.5):
        if x < 0:
            assert compiled(x) == x
            continue
        with pytest.raises(ValueError, match="at") as caught:
            compiled(x)
        assert caught.value.args == (x * 2, {"at": [x]})
        assert type(caught.value.args[0]) is float
