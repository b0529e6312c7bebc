"""What ``explain`` tells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import opgrad as og
from tests.compiled.core.backends import EACH_BACKEND

X = np.array([0.5, -1.0, 2.0])


def _without_times(text: str) -> list[str]:
    return [re.sub(r"[\d.]+ ms", "_ ms", line) for line in text.splitlines()]


@EACH_BACKEND
def test_it_tells_what_was_made(backend: str) -> None:
    """Programs, nodes, guards, times, and what the backend reports."""
    compiled = og.compile(lambda x: x * 2 if np.sum(x) > 0 else x, backend=backend)
    assert compiled.explain() == "<lambda>: 0 program(s)"
    compiled(X)
    compiled(-X)
    lines = _without_times(compiled.explain())
    assert lines[0] == "<lambda>: 2 program(s), of at most 64, for 1 kind(s) of call"
    assert lines[2] == (
        "program 0, for <lambda>(x=float64[3]): 6 nodes traced, 6 after passes; 1 guard(s); "
        "trace _ ms, passes _ ms, backend _ ms"
    )
    assert any(line.startswith(f"  {backend}: ") for line in lines)


def test_it_tells_what_varies_what_varies_most_first() -> None:
    """And of each a few examples."""

    def f(p: Any, x: Any, *, n: int) -> Any:
        return x * n + p["b"]

    compiled = og.compile(f, backend="python", static_argnames="n")
    for n in range(4):
        compiled({"b": 1.0}, np.ones(n % 3), n=n)
    compiled({"b": 1}, np.ones(1), n=1)
    compiled({"b": 1.0, "c": 2.0}, np.ones(1), n=1)
    lines = _without_times(compiled.explain())
    assert lines[:5] == [
        "f: 6 program(s), of at most 64, for 6 kind(s) of call",
        "varies: the values of n, which is static: 4 (0, 1, 2, ...)",
        "varies: the shapes of x: 3 ((0,), (1,), (2,))",
        "varies: the structures of p: 2 (dict of 1, dict of 2)",
        "varies: the types of p['b']: 2 (float, int)",
    ]
    assert lines[5].startswith("program 0, for f(p['b']=float, x=float64[0], n=0): ")


def test_it_tells_how_many_ways_there_are() -> None:
    """Through decisions on values."""

    def steps(x: float) -> int:
        n = 0
        while x > 1:
            x, n = x / 2, n + 1
        return n

    compiled = og.compile(steps, backend="python")
    for i in range(5):
        compiled(2.0**i)
    assert "varies: decisions on values, up to 5 ways through them in calls of one kind" in (
        compiled.explain()
    )


def test_it_tells_what_runs_uncompiled_and_the_line_that_is_why() -> None:
    """Of the user's own code."""

    def untraceable(x: Any) -> Any:
        y = x * 2
        return np.asarray(y)  # this line

    compiled = og.compile(untraceable, backend="python")
    with pytest.warns(og.CompileWarning) as caught:
        compiled(X)
    line = untraceable.__code__.co_firstlineno + 2
    assert f"{__file__}:{line}" in str(caught[0].message)
    [_, text] = compiled.explain().splitlines()
    assert text.startswith("uncompiled, untraceable(x=float64[3]): np.asarray(x), ")
    assert text.endswith(f"{__file__}:{line}.")


def _changing() -> Iterator[int]:
    yield 1


@pytest.mark.parametrize(
    ("argument", "why"),
    [
        (og.Value(1.0), "programs take no Value"),
        (np.array([None]), "programs take no arrays of objects, text, records or dates"),
        (2**70, "an integer has more than 64 bits"),
        (np.random.default_rng(0), "Generator gives something else each time that it is asked"),
        (_changing(), "programs take no generator"),
        (np.ma.masked_array([1.0]), "programs take no MaskedArray"),
    ],
    ids=["Value", "objects", "integer", "Generator", "iterator", "masked"],
)
def test_it_tells_which_arguments_programs_do_not_take(argument: Any, why: str) -> None:
    """And how many such calls there were."""
    compiled = og.compile(lambda x, y: y, backend="python")
    for _ in range(3):
        compiled(argument, 1.0)
    assert compiled.explain() == f"<lambda>: 0 program(s)\nuncompiled, 3 call(s): {why}"


def test_it_tells_how_often_there_was_no_room() -> None:
    """With the programs that had to go."""
    compiled = og.compile(lambda x: x * 2, backend="python", max_programs=1)
    compiled(1.0)
    with pytest.warns(og.CompileWarning, match="more ways"):
        compiled(1)
    assert "uncompiled, 1 call(s): there are as many programs as may be" in compiled.explain()


def test_long_calls_are_cut() -> None:
    """A list of a thousand numbers takes one line."""
    compiled = og.compile(lambda p: p[0], backend="python")
    compiled([1.0] * 1000)
    assert "p[7]=float, ...): " in compiled.explain()
