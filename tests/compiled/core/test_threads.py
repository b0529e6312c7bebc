"""Compiled functions that are called from several threads, or from inside themselves."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import opgrad as og
from tests.compiled.core.backends import BACKENDS, EACH_BACKEND

LONG = 60.0
"""Seconds after which a thread that waits for another one has waited in vain."""


def _together(call: Callable[[int], Any], threads: int) -> list[Any]:
    """The results of calls that start at one moment, each in a thread."""
    start = threading.Barrier(threads)

    def run(i: int) -> Any:
        start.wait(LONG)
        return call(i)

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, range(threads)))


@pytest.mark.parametrize("backend", [*BACKENDS, "auto"])
def test_many_first_calls_at_once_make_one_program(backend: str) -> None:
    """Forty threads: one makes it, the others do not wait."""
    compiled = og.compile(og.grad(lambda x: np.sum(np.tanh(x) ** 2)), backend=backend)
    x = np.array([0.5, -1.0])
    expected = 2 * np.tanh(x) / np.cosh(x) ** 2
    for result in _together(lambda i: compiled(x), 40):
        np.testing.assert_allclose(result, expected, rtol=1e-12)
    assert len(compiled.programs) == 1


@EACH_BACKEND
def test_a_call_meanwhile_runs_the_function_as_it_is(backend: str) -> None:
    """It neither waits for the program that is being made nor makes another one."""
    inside, go_on = threading.Event(), threading.Event()

    def f(x: Any) -> Any:
        if og.is_traced(x):
            inside.set()
            assert go_on.wait(LONG)
        return x * 2.0

    compiled = og.compile(f, backend=backend)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(compiled, 3.0)
        assert inside.wait(LONG)
        assert compiled(4.0) == 8.0
        assert compiled.programs == []
        go_on.set()
        assert first.result(LONG) == 6.0
    assert compiled(5.0) == 10.0
    assert len(compiled.programs) == 1
    assert "uncompiled, 1 call(s): a program was being made meanwhile" in compiled.explain()


def test_what_was_made_meanwhile_is_found() -> None:
    """Between looking for a program and making one, another thread may have made it."""
    compiled = og.compile(lambda x: x * 2.0, backend="python")
    real = compiled._making

    class Slow:
        """A lock before which another thread makes the program."""

        def acquire(self, blocking: bool) -> bool:
            compiled._making = real
            with ThreadPoolExecutor(1) as pool:
                assert pool.submit(compiled, 1.0).result(LONG) == 2.0
            return real.acquire(blocking)

    compiled._making = Slow()  # type: ignore[assignment]
    assert compiled(3.0) == 6.0
    assert len(compiled.programs) == 1


@EACH_BACKEND
def test_a_function_that_is_traced_may_wait_for_threads_that_call_it(backend: str) -> None:
    """They run it as it is: nobody waits for the one who waits for them."""

    def f(x: Any, depth: int) -> Any:
        if depth:
            with ThreadPoolExecutor(2) as pool:
                parts = [pool.submit(compiled, 2.0, depth - 1) for _ in range(2)]
                return x + sum(part.result(LONG) for part in parts)
        return x * 1.0

    compiled = og.compile(f, backend=backend, static_argnums=1)
    assert compiled(1.0, 2) == 1.0 + 2 * (2.0 + 2 * 2.0)
    assert compiled(3.0, 2) == 3.0 + 2 * (2.0 + 2 * 2.0)


@EACH_BACKEND
def test_a_compiled_function_may_call_itself(backend: str) -> None:
    """While it is traced, and while it runs uncompiled."""

    def f(n: Any) -> Any:
        return n * compiled(n - 1) if n > 1 else n

    compiled = og.compile(f, backend=backend)
    assert [compiled(n) for n in (5, 3, 5, 1)] == [120, 6, 120, 1]


@EACH_BACKEND
def test_two_compiled_functions_that_call_each_other(backend: str) -> None:
    """In two threads at once, from either end."""
    both = threading.Barrier(2)

    def f(x: Any, depth: int) -> Any:
        if depth == 3 and og.is_traced(x):
            both.wait(LONG)
        return second(x + 1.0, depth - 1) if depth else x * 1.0

    def g(x: Any, depth: int) -> Any:
        if depth == 3 and og.is_traced(x):
            both.wait(LONG)
        return first(x * 2.0, depth - 1) if depth else x * 1.0

    first = og.compile(f, backend=backend, static_argnums=1)
    second = og.compile(g, backend=backend, static_argnums=1)
    for _ in range(2):
        assert _together(lambda i: (first, second)[i](1.0, 3), 2) == [5.0, 6.0]


@EACH_BACKEND
def test_many_threads_beyond_the_bound(backend: str) -> None:
    """Programs come and go while others run; the results are right and the bound holds."""
    compiled = og.compile(lambda x: x * x.shape[0], backend=backend, max_programs=3)

    def call(i: int) -> bool:
        found = [compiled(np.ones(n)) for n in range(i, i + 40)]
        return all(np.array_equal(x, np.full(n, n)) for n, x in enumerate(found, i))

    with pytest.warns(og.CompileWarning, match="more ways"):
        assert all(_together(call, 8))
    assert len(compiled.programs) <= 3
    assert {id(p) for kind in compiled._store.kinds for p in kind.programs} == {
        *map(id, compiled.programs)
    }


def test_an_exception_in_the_function_leaves_it_free_to_be_compiled() -> None:
    """The next call makes the program."""

    def f(x: Any) -> Any:
        if x < 0:
            raise ValueError("below zero")
        return x * 2

    compiled = og.compile(f, backend="python")
    with pytest.raises(ValueError, match="below zero"):
        compiled(-1.0)
    assert compiled(1.0) == 2.0
    assert len(compiled.programs) == 1
