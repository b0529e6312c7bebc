"""What makes another program necessary: shapes, dtypes, structures, static arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

import opgrad as og
from tests.compiled.core.backends import EACH_BACKEND
from tests.compiled.core.same import assert_same


def _count(f: Callable[..., Any], calls: list[tuple[Any, ...]], **options: Any) -> int:
    """The number of programs after these calls, which give what they should."""
    compiled = og.compile(f, **options)
    for args in calls:
        assert_same(compiled(*args), f(*args))
    return len(compiled.programs)


@EACH_BACKEND
def test_values_do_not_matter(backend: str) -> None:
    """One program for all numbers, and for all arrays of one shape and dtype."""
    assert _count(lambda x: x * 2 + 1, [(1.0,), (2.0,), (-0.0,)], backend=backend) == 1
    assert _count(lambda x: x * 2, [(np.arange(3.0),), (np.ones(3),)], backend=backend) == 1


@EACH_BACKEND
def test_shapes_and_dtypes_matter(backend: str) -> None:
    """Each has its own program."""
    calls: list[tuple[Any, ...]] = [
        (np.ones(3),),
        (np.ones(4),),
        (np.ones((3, 1)),),
        (np.ones(3, np.float32),),
        (np.ones(3, int),),
    ]
    assert _count(lambda x: x * 2, [*calls, *calls], backend=backend) == 5


@EACH_BACKEND
def test_kinds_of_numbers_matter(backend: str) -> None:
    """Python's, which take on an array's dtype, and NumPy's, which do not."""
    calls: list[tuple[Any, ...]] = [
        (1.5,),
        (1,),
        (True,),
        (1.5j,),
        (np.float64(1.5),),
        (np.float32(1.5),),
    ]
    assert _count(lambda x: x * 2, [*calls, *calls], backend=backend) == 6


@EACH_BACKEND
def test_the_memory_of_arguments_does_not_matter(backend: str) -> None:
    """Transposed, sliced, broadcast and read-only arrays of one shape share a program."""
    x = np.arange(6.0).reshape(2, 3)
    locked = x.copy()
    locked.flags.writeable = False
    views = [x, np.asfortranarray(x), np.arange(12.0).reshape(2, 6)[:, ::-2], locked]
    views.append(np.broadcast_to(np.arange(3.0), (2, 3)))
    calls: list[tuple[Any, ...]] = [(view,) for view in views]
    assert _count(lambda x: np.exp(x) * 2 + x, calls, backend=backend) == 1


class Pair(NamedTuple):
    """A container."""

    first: Any
    second: Any


@EACH_BACKEND
def test_structures_matter(backend: str) -> None:
    """Dicts by their keys, lists by their lengths, and each type of container."""

    def f(p: Any) -> Any:
        leaves = list(p.values()) if isinstance(p, dict) else list(p)
        return {"sum": sum(leaves), "same": p}

    calls: list[tuple[Any, ...]] = [
        ({"a": 1.0, "b": 2.0},),
        ({"a": 1.0, "c": 2.0},),
        ([1.0, 2.0],),
        ([1.0, 2.0, 3.0],),
        ((1.0, 2.0),),
        (Pair(1.0, 2.0),),
    ]
    assert _count(f, [*calls, *calls], backend=backend) == 6


@EACH_BACKEND
def test_nested_containers_and_none(backend: str) -> None:
    """``None`` and text are part of the structure."""

    def f(p: Any) -> Any:
        x, rest = p["x"], p["rest"]
        return [x * 2, None if rest[1] is None else x + 1], rest[0]

    calls: list[tuple[Any, ...]] = [
        ({"x": 1.0, "rest": ("a", None)},),
        ({"x": 2.0, "rest": ("a", None)},),
        ({"x": 2.0, "rest": ("b", None)},),
        ({"x": 2.0, "rest": ("b", "c")},),
    ]
    assert _count(f, calls, backend=backend) == 3


@EACH_BACKEND
def test_keyword_arguments(backend: str) -> None:
    """Their order does not matter; given by position is another call."""

    def f(x: float, *, scale: float = 2.0, shift: float = 0.0) -> float:
        return x * scale + shift

    compiled = og.compile(f, backend=backend)
    assert compiled(1.0) == 2.0
    assert compiled(1.0, scale=3.0, shift=1.0) == 4.0
    assert compiled(1.0, shift=2.0, scale=5.0) == 7.0
    assert len(compiled.programs) == 2


def _power(x: float, n: int) -> float:
    out = 1.0
    for _ in range(n):
        out = out * x
    return out


@EACH_BACKEND
def test_static_arguments_by_position(backend: str) -> None:
    """Another value, another program; and no guard."""
    f = og.compile(_power, backend=backend, static_argnums=1)
    assert [f(2.0, n) for n in (3, 4, 3)] == [8.0, 16.0, 8.0]
    assert [program.traces.guards for program in f.programs] == [0, 0]
    last = og.compile(_power, backend=backend, static_argnums=(-1,))
    assert [last(2.0, n) for n in (3, 4, 3)] == [8.0, 16.0, 8.0]
    assert [program.traces.guards for program in last.programs] == [0, 0]


@EACH_BACKEND
def test_static_arguments_by_name(backend: str) -> None:
    """The same for keyword arguments."""
    f = og.compile(_power, backend=backend, static_argnames="n")
    assert [f(2.0, n=n) for n in (3, 4, 3)] == [8.0, 16.0, 8.0]
    assert [program.traces.guards for program in f.programs] == [0, 0]
    several = og.compile(_power, backend=backend, static_argnames=["n", "x"])
    assert several(x=2.0, n=3) == 8.0


@EACH_BACKEND
def test_static_arguments_are_told_apart_by_type(backend: str) -> None:
    """1, 1.0 and True are equal, and three arguments."""
    f = og.compile(lambda x, kind: (x * kind, kind), backend=backend, static_argnums=1)
    for kind in (1, 1.0, True):
        assert type(f(2, kind)[1]) is type(kind)
    assert len(f.programs) == 3


@EACH_BACKEND
def test_what_is_no_number_is_static(backend: str) -> None:
    """Functions and text need not be declared."""

    def f(x: float, function: Any, mode: str) -> float:
        return function(x) if mode == "apply" else x

    calls: list[tuple[Any, ...]] = [
        (1.0, np.sin, "apply"),
        (2.0, np.sin, "apply"),
        (2.0, np.cos, "apply"),
        (2.0, np.cos, "leave"),
    ]
    assert _count(f, calls, backend=backend) == 3


@EACH_BACKEND
def test_a_static_list_is_told_by_what_is_in_it(backend: str) -> None:
    """Though it cannot be hashed."""
    f = og.compile(lambda x, options: x * len(options), backend=backend, static_argnums=1)
    assert [f(2.0, [1, 2, 3]), f(3.0, [1, 2, 3]), f(2.0, [1])] == [6.0, 9.0, 2.0]
    assert len(f.programs) == 2


@EACH_BACKEND
def test_arrays_of_objects_run_uncompiled(backend: str) -> None:
    """Their elements may be anything."""
    f = og.compile(lambda x: x + x, backend=backend)
    assert f(np.array(["a", "b"], object)).tolist() == ["aa", "bb"]
    assert f.programs == []


@EACH_BACKEND
@pytest.mark.parametrize("empty", [np.zeros(0), np.zeros((3, 0)), np.zeros((0, 2), np.float32)])
def test_empty_arrays(backend: str, empty: Any) -> None:
    """Arrays without elements have programs, too."""
    assert _count(lambda x: (x * 2, np.sum(x), x.T), [(empty,), (empty,)], backend=backend) == 1


def test_a_namespace_is_an_argument_like_any_other() -> None:
    """NumPy has a `random` of its own, and gives no random numbers itself."""
    compiled = og.compile(lambda xp, x: xp.exp(x))
    compiled(np, np.ones(3))
    assert len(compiled.programs) == 1
