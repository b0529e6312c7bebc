"""What the code of a function, or the state around it, tells before it is traced."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import opgrad as og
from tests.compiled.core.backends import EACH_BACKEND
from tests.compiled.core.plain_run import assert_compiled_is_plain

SENTINEL = object()
VECTOR = np.array([0.5, 0.0, 2.0])
IGNORED = pytest.mark.filterwarnings(
    "ignore:.*compiled, runs uncompiled:opgrad.errors.CompileWarning"
)


def _is_float(x: Any) -> bool:
    return type(x) is float


def _class_by_class(x: Any) -> Any:
    return 1.0 if _is_float(x) else 2.0


IDENTITIES: dict[str, Callable[..., Any]] = {
    "two arguments": lambda x, y: 1.0 if x is y else 2.0,
    "not": lambda x, y: x is not y,
    "inside": lambda x, y: [z is x for z in (x, y)],
    "id": lambda x, y: id(x) == id(y),
    "a class": lambda x, y: type(x) is float,
    "a helper": lambda x, y: _class_by_class(x),
    "True": lambda x, y: (x == y) is True,
}


@EACH_BACKEND
@pytest.mark.parametrize("name", IDENTITIES)
def test_identity_runs_uncompiled(name: str, backend: str) -> None:
    """Told before the function begins, with the line and what to write."""
    x = 2.5
    function = IDENTITIES[name]
    compiled = og.compile(function, backend=backend)
    with pytest.warns(og.CompileWarning, match=r"by 'is'|the id of an object") as caught:
        assert compiled(x, x) == function(x, x)
    assert __file__ in str(caught[0].message)
    assert compiled(x, 3.5) == function(x, 3.5)
    assert compiled.programs == []


@EACH_BACKEND
def test_identity_with_what_no_value_is_stays_compiled(backend: str) -> None:
    """None, a sentinel, a flag that was given."""

    def function(x: float, flag: bool, y: Any = None) -> float:
        if y is None and x is not SENTINEL:
            return x * 2 if flag is True else x
        return x

    compiled = og.compile(function, backend=backend)
    assert [compiled(2.0, True), compiled(3.0, True), compiled(2.0, False)] == [4.0, 6.0, 2.0]
    assert len(compiled.programs) == 2


@EACH_BACKEND
def test_an_iterator_from_outside_runs_uncompiled(backend: str) -> None:
    """Each call takes an element, and the first one takes no two."""
    count = itertools.count()
    compiled = og.compile(lambda x: x + next(count), backend=backend)
    with pytest.warns(og.CompileWarning, match="takes elements from a count from outside"):
        first = compiled(0.5)
    assert [first, compiled(0.5), compiled(0.5)] == [0.5, 1.5, 2.5]


def _raising(x: Any) -> Any:
    with np.errstate(all="raise"):
        return 1 / x


def _recorded(x: Any) -> Any:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        out = 1 / x
    return out if not caught else out * 0 - 1


def _as_error(x: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return 1 / x
        except RuntimeWarning:
            return x


def _set(x: Any) -> Any:
    before = np.seterr(divide="raise")
    try:
        return np.log(x)
    finally:
        np.seterr(**before)


@EACH_BACKEND
@IGNORED
@pytest.mark.parametrize("function", [_raising, _recorded, _as_error, _set])
def test_errors_and_warnings_inside_the_function(
    function: Callable[[Any], Any], backend: str
) -> None:
    """What NumPy raises or warns of, in each call; whichever comes first."""
    for calls in ([VECTOR + 1, VECTOR, VECTOR + 1], [VECTOR, VECTOR + 1]):
        assert_compiled_is_plain(function, [(x,) for x in calls], backend)


@EACH_BACKEND
def test_the_error_state_around_a_call_decides(backend: str) -> None:
    """A program raises nothing: under such a state, the function itself runs."""
    compiled = og.compile(lambda x: 1 / x, backend=backend)
    compiled(VECTOR + 1)
    with np.errstate(divide="raise"), pytest.raises(FloatingPointError):
        compiled(VECTOR)
    with np.errstate(divide="ignore"):
        assert compiled(VECTOR)[1] == np.inf
    assert len(compiled.programs) == 1


@EACH_BACKEND
def test_warnings_that_are_ignored_inside_stay_compiled(backend: str) -> None:
    """And so does errstate that ignores."""

    def function(x: Any) -> Any:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return 1 / x

    compiled = assert_compiled_is_plain(function, [(VECTOR,), (VECTOR + 1,)], backend)
    assert len(compiled.programs) == 1


@EACH_BACKEND
def test_effects_happen_once_where_a_value_gets_out(backend: str) -> None:
    """Random numbers, counters and buffers: the run that was begun goes on with plain data."""
    rng = np.random.default_rng(0)
    buffer, count = np.zeros(3), []

    def function(x: Any) -> float:
        count.append(1)
        buffer[:] += 1
        return float(np.sum(x)) + float(rng.normal())

    compiled = og.compile(function, backend=backend)
    with pytest.warns(og.CompileWarning, match="float"):
        first = compiled(VECTOR)
    assert first == 2.5 + np.random.default_rng(0).normal()
    assert (len(count), buffer[0]) == (1, 1.0)


@EACH_BACKEND
def test_effects_that_happened_twice_are_told(backend: str) -> None:
    """Where it is known too late, the warning says so, and what to do."""
    count: list[int] = []

    def loss(x: Any) -> Any:
        count.append(1)
        return x * float(str(x.data)[:1])

    compiled = og.compile(og.grad(loss), backend=backend)
    with pytest.warns(og.CompileWarning, match="it ran twice.*do not compile it, or make"):
        assert compiled(2.5) == 2.0
    assert len(count) == 2


@EACH_BACKEND
def test_a_place_that_is_traced(backend: str) -> None:
    """``og.at`` takes an index that is an argument: one program, and no warning."""
    compiled = og.compile(lambda x, i: og.at(x, i).set(9.0), backend=backend)
    for i in (1, 2, -1):
        np.testing.assert_array_equal(compiled(VECTOR, i), og.at(VECTOR, i).set(9.0))
    assert len(compiled.programs) == 1
