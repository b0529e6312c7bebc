"""One bound on the programs of a function, whatever its calls differ in."""

from __future__ import annotations

import gc
import warnings
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
import pytest

import opgrad as og
from opgrad.compiler import store
from tests.compiled.core.backends import EACH_BACKEND
from tests.compiled.core.same import assert_same


def _power(x: float, n: Any) -> float:
    out = 1.0
    for _ in range(int(n)):
        out = out * x
    return out


def _halvings(x: float) -> int:
    n = 0
    while x > 1:
        x, n = x / 2, n + 1
    return n


@dataclass(frozen=True)
class Varying:
    """A function, its options, and calls of it that want a program each."""

    function: Callable[..., Any]
    call: Callable[[int], tuple[Any, ...]]
    what: str
    advice: str
    options: Any = None


VARYING = {
    "shapes": Varying(
        lambda x: np.sum(x * 2),
        lambda i: (np.ones(i),),
        r"the shapes of x: 4 \(\(0,\), \(1,\), \(2,\), ...\)",
        "Pad arrays to a few shapes",
    ),
    "dtypes": Varying(
        lambda x: x * 2,
        lambda i: (np.ones(2, "bhilfdFD"[i % 8]),),
        r"the dtypes of x: 4 \(",
        "Convert arrays to one dtype first",
    ),
    "lengths of lists": Varying(
        lambda p: sum(p, 0.0),
        lambda i: ([1.0] * i,),
        r"the structures of p: 4 \(list of 0, list of 1, list of 2, ...\)",
        "Pass one array in place of a container whose length or keys change",
    ),
    "keys of dicts": Varying(
        lambda p: sum(p.values()),
        lambda i: ({f"k{i}": 1.0},),
        r"the structures of p: 4 \(dict of 1",
        "Pass one array in place of a container whose length or keys change",
    ),
    "arguments": Varying(
        lambda *xs: sum(xs, 0.0),
        lambda i: (1.0,) * i,
        r"the number of arguments: 4 \(0, 1, 2, ...\)",
        "Pass one array in place of so many arguments",
    ),
    "static numbers": Varying(
        _power,
        lambda i: (1.5, i),
        r"the values of n, which is static: 4 \(0, 1, 2, ...\)",
        "Take it out of static_argnums and static_argnames",
        {"static_argnums": 1},
    ),
    "text": Varying(
        lambda x, name: x * len(name),
        lambda i: (1.5, f"name {i}"),
        r"the values of name, which is static: 4 \('name 0', ",
        "Pass the same object each time",
    ),
    "fresh lambdas": Varying(
        lambda f, x: f(x),
        lambda i: (lambda x: x * i, 1.5),
        r"the values of f, which is static: 4 \(<function ",
        "Define the function once, before the loop",
    ),
    "decisions": Varying(
        _halvings,
        lambda i: (2.0**i,),
        "decisions on values, up to 4 ways through them",
        "np.where for decisions that are taken element by element",
    ),
}
EACH_VARYING = pytest.mark.parametrize("varying", VARYING.values(), ids=VARYING)


@EACH_VARYING
def test_one_warning_names_what_varies_and_what_to_do(varying: Varying) -> None:
    """When there is no room for another program; the results are right all the while."""
    options = varying.options or {}
    compiled = og.compile(varying.function, backend="python", max_programs=4, **options)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for i in range(4):
            assert_same(compiled(*varying.call(i)), varying.function(*varying.call(i)))
    with pytest.warns(og.CompileWarning) as caught:
        found = [(compiled(*varying.call(i)), len(compiled.programs)) for i in range(4, 40)]
    for i, (result, programs) in enumerate(found, 4):
        assert_same(result, varying.function(*varying.call(i)))
        assert programs <= 4
    [warning] = caught
    text = str(warning.message)
    assert "is called in more ways than it may have programs (4)" in text
    assert warning.filename == __file__
    with pytest.warns(UserWarning, match=varying.what):
        warnings.warn(text, UserWarning, stacklevel=1)
    assert varying.advice in text


@EACH_BACKEND
def test_all_that_varies_counts_together(backend: str) -> None:
    """Shapes, ways through decisions, static values."""
    compiled = og.compile(
        lambda x, n: x * n if np.sum(x) > 0 else -x, backend=backend, max_programs=8
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for shape in (1, 2):
            for name in (True, False):
                for sign in (1, -1):
                    compiled(sign * np.ones(shape), name)
    assert len(compiled.programs) == 8
    with pytest.warns(og.CompileWarning, match="more ways"):
        compiled(np.ones(3), True)


class Clock:
    """A clock that goes as it is told, in place of the machine's."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Time stands still unless the test says otherwise."""
    clock = Clock()
    monkeypatch.setattr("opgrad.compiler.store.perf_counter", clock)
    monkeypatch.setattr("opgrad.compiler.compiled.perf_counter", clock)
    return clock


def test_the_least_recently_used_makes_room(clock: Clock) -> None:
    """Where time stands still, nothing has to be earned."""
    traced: list[Any] = []

    def f(x: Any) -> Any:
        traced.append(x.shape)
        return x * 2

    compiled = og.compile(f, backend="python", max_programs=3)
    for n in (1, 2, 3, 1, 1, 4):  # 2 goes
        compiled(np.ones(n))
    assert [program.traces.inputs[0].data.shape for program in compiled.programs] == [
        *((1,), (3,), (4,))
    ]
    traced.clear()
    for n in (1, 3, 4, 1, 3, 4):
        compiled(np.ones(n))
    assert traced == []
    compiled(np.ones(2))
    assert traced == [(2,)]
    assert "let go, as there were too many: 2" in compiled.explain()


def test_a_program_more_must_be_earned(clock: Clock) -> None:
    """By twice its price in seconds of calls that ran uncompiled: ten seconds, at five a trace."""
    cost = {"traced": 5.0, "plain": 1.0}
    runs: list[str] = []

    def f(x: Any) -> Any:
        how = "plain" if not og.is_traced(x) else "traced"
        runs.append(how)
        clock.now += cost[how]
        return x * 2

    compiled = og.compile(f, backend="python", max_programs=1)
    with pytest.warns(og.CompileWarning, match="more ways"):
        results = [compiled(np.ones(n)) for n in range(35)]
    assert_same(results, [np.full(n, 2.0) for n in range(35)])
    assert runs == ["traced", *(["plain"] * 10 + ["traced"]) * 3, "plain"]
    runs.clear()
    compiled(np.ones(33))
    assert runs == []  # it is there


def test_programs_that_do_not_fit_are_tried_only_while_it_pays(clock: Clock) -> None:
    """Else a function that takes ever new ways would run them all, at every call, in vain."""
    tried = count()

    class Slow:
        """A backend whose programs take a second each."""

        name = "slow"

        def lower(self, graph: Any, inputs: Any, /) -> Any:
            program = og.default_registry().backend("python").lower(graph, inputs)

            class Slowly:
                def __call__(self, *raw: Any) -> Any:
                    next(tried)
                    clock.now += 1.0
                    return program(*raw)

                def report(self) -> list[str]:
                    return []

            return Slowly()

    def f(x: Any) -> Any:
        clock.now += 1.0 if not og.is_traced(x) else 100.0
        return _halvings(x)

    compiled = og.compile(f, backend=Slow(), max_programs=8)
    for i in range(8):
        compiled(2.0**i)
    tried = count()
    started = clock.now
    with pytest.warns(og.CompileWarning, match="decisions on values"):
        assert [compiled(2.0**i) for i in range(100, 200)] == [*range(100, 200)]
    assert clock.now - started <= 2 * 100 + 2 * 8  # plain calls take one second each
    assert next(tried) <= 100 + 2 * 8


def test_a_kind_of_call_whose_programs_fit_again_is_not_watched_for_ever(clock: Clock) -> None:
    """One odd call costs the others nothing in the long run."""

    def f(x: Any) -> Any:
        clock.now += 1.0
        return _halvings(x)

    compiled = og.compile(f, backend="python", max_programs=2)
    compiled(2.0)
    compiled(4.0)
    with pytest.warns(og.CompileWarning, match="decisions on values"):
        compiled(1e9)
    [kind] = compiled._store.kinds
    assert kind.is_watched
    assert [compiled(x) for x in (2.0, 4.0)] == [1, 2]
    assert not kind.is_watched


def test_memory_is_bounded() -> None:
    """What a call was given is let go of with its program; Values, which have none, at once."""

    class Model:
        def __call__(self, x: Any) -> Any:
            return x * 2

    def call() -> list[weakref.ref[Any]]:
        model, value = Model(), og.Value(2.0)
        compiled(model, 1.0)
        compiled(np.negative, value)
        return [weakref.ref(model), weakref.ref(value)]

    compiled = og.compile(lambda m, x: m(x), backend="python", max_programs=4)
    with pytest.warns(og.CompileWarning, match="more ways"):
        kept = [ref for _ in range(200) for ref in call()]
    gc.collect()
    assert sum(ref() is not None for ref in kept) <= 4
    assert len(compiled._store.forms) <= 4


def test_what_is_noted_counts_as_well() -> None:
    """Kinds of calls that run uncompiled, one for each shape."""
    compiled = og.compile(lambda x: np.asarray(x).sum(), backend="python", max_programs=4)
    with pytest.warns(og.CompileWarning):
        assert [compiled(np.ones(n)) for n in range(50)] == [*range(50)]
    assert len(compiled._store.kinds) <= 4


def test_a_function_compiled_anew_in_a_loop_leaves_nothing_behind() -> None:
    """Each is right, has programs of its own, and takes them along when it goes."""
    kept = []
    for n in range(50):
        function = og.grad(lambda x, n=n: x**2 * n)
        compiled: Any = og.compile(function, backend="python")
        assert compiled(3.0) == 6.0 * n
        kept += [weakref.ref(compiled), weakref.ref(compiled.programs[0].executable)]
    del compiled, function
    gc.collect()
    assert [ref() for ref in kept] == [None] * 100


def test_the_price_is_documented() -> None:
    """The page says what a function that never settles costs."""
    assert store.PRICE == 2
    assert og.compile(abs)._store.limit == 64
