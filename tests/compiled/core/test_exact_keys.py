"""Static arguments and keys that are equal and not the same never share a program."""

from __future__ import annotations

import dataclasses
import operator
import re
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import Flag, IntEnum, StrEnum
from fractions import Fraction
from functools import partial
from itertools import combinations
from pathlib import PurePosixPath
from typing import Any, NamedTuple

import attrs
import numpy as np
import pytest

import opgrad as og
from opgrad.exact import NoKeyError, exact


@dataclasses.dataclass(frozen=True)
class Setting:
    """Equal where its field is."""

    n: Any


@dataclasses.dataclass
class Mutable:
    """It has no hash."""

    n: Any


@attrs.frozen
class AttrsSetting:
    """The same, in slots."""

    n: Any


class Pair(NamedTuple):
    """A tuple with names."""

    n: Any
    m: Any = 0


class Speed(StrEnum):
    """Its members are text."""

    FAST = "fast"


class Way(StrEnum):
    """Another one with the same text."""

    FAST = "fast"


class Level(IntEnum):
    """Its members are integers."""

    ONE = 1


class Bits(Flag):
    """Its members combine."""

    A = 1
    B = 2


class Word(str):
    """Text that knows more."""

    __slots__ = ("more",)


class Alike:
    """All of them are equal."""

    def __init__(self, n: Any) -> None:
        self.n = n

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Alike)

    def __hash__(self) -> int:
        return 0


def _add(x: Any, y: Any = 0) -> Any:
    return x + y


ONES: list[Any] = [1, True, 1.0, 1 + 0j, np.float64(1), np.float32(1), np.int64(1), np.True_]
ONES += [Decimal("1.0"), Decimal("1.00"), Decimal(1), Fraction(1), Level.ONE, Bits.A]
ZEROS: list[Any] = [0, 0.0, -0.0, 0j, complex(-0.0, 0.0), complex(0.0, -0.0), np.float32(-0.0)]
ZEROS += [np.float32(0.0), Decimal("0"), Decimal("-0"), Decimal("0e3"), False]
NANS: list[Any] = [
    float("nan"),
    np.float64("nan"),
    np.float32("nan"),
    Decimal("nan"),
    complex("nan"),
]
HOLDING: list[Callable[[Any], Any]] = [
    lambda x: x,
    lambda x: (x,),
    lambda x: [x],
    lambda x: {x},
    lambda x: frozenset({x}),
    lambda x: {"n": x},
    lambda x: {x: "n"},
    lambda x: ((x,), [{"n": (x,)}]),
    Setting,
    Mutable,
    AttrsSetting,
    Pair,
    Alike,
    lambda x: slice(None, x),
    lambda x: partial(_add, x),
    lambda x: partial(_add, y=x),
    lambda x: Setting(n=(AttrsSetting(x), Mutable([x]))),
]
FAMILIES: dict[str, list[Any]] = {
    **{f"ones_{i}": [hold(x) for x in ONES] for i, hold in enumerate(HOLDING)},
    **{f"zeros_{i}": [hold(x) for x in ZEROS] for i, hold in enumerate(HOLDING)},
    **{f"nans_{i}": [hold(x) for x in NANS] for i, hold in enumerate(HOLDING)},
    "ranges": [range(1), range(0, 1, 5), range(0), range(5, 5), (0,)],
    "text": ["fast", Speed.FAST, Way.FAST, Word("fast"), Word("fast"), np.str_("fast"), b"fast"],
    "orders": [{"a": 1, "b": 2}, {"b": 2, "a": 1}, OrderedDict(a=1, b=2).items().__class__],
    "sets": [{0, 8}, {8, 0}, frozenset({0, 8}), frozenset({8, 0})],
    "dtypes": [np.dtype(float), np.dtype(">f8"), np.dtype(float, metadata={"a": 1}), np.float64],
    "times": [
        datetime(2020, 1, 1, 12, tzinfo=UTC),
        datetime(2020, 1, 1, 13, tzinfo=timezone(timedelta(hours=1))),
        datetime(2020, 1, 1, 12),
        datetime(2020, 1, 1, 12, fold=1),
    ],
    "units": [np.datetime64("2020-01-01", "D"), np.datetime64("2020-01-01", "s")],
    "methods": [Alike(1).__eq__, Alike(1).__eq__, Alike(2).__hash__],
    "getters": [operator.itemgetter(1), operator.itemgetter(True), operator.attrgetter("a")],
    "patterns": [re.compile("a"), re.compile("a", re.I), re.compile(b"a")],
    "flags": [Bits.A, Bits.B, Bits.A | Bits.B],
}


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_equal_and_not_the_same_has_another_key(family: str) -> None:
    """1 and True, 0.0 and -0.0, in whatever they are held."""
    for a, b in combinations(FAMILIES[family], 2):
        assert exact(a) != exact(b), (a, b)


SAME: list[Callable[[], Any]] = [
    lambda: 1.5,
    lambda: float("nan"),
    lambda: "".join(["a", "b"]),
    lambda: (1, [2.0, {"a": (True, None)}], slice(1, None), range(3)),
    lambda: Setting(Setting((1, "a"))),
    lambda: AttrsSetting([1]),
    lambda: Mutable({"a": 1}),
    lambda: Pair(1, 2.0),
    lambda: Decimal("1.00"),
    lambda: Fraction(1, 3),
    lambda: np.dtype([("a", float), ("b", np.int8, (2,))]),
    lambda: np.float32(0.1),
    lambda: np.datetime64("2020-01-01"),
    lambda: datetime(2020, 1, 1, tzinfo=UTC),
    lambda: partial(_add, 1, y=[2]),
    lambda: PurePosixPath("/a/b"),
    lambda: bytearray(b"abc"),
    lambda: {3, 1, 2},
]


@pytest.mark.parametrize("make", SAME, ids=range(len(SAME)))
def test_what_is_made_alike_has_one_key(make: Callable[[], Any]) -> None:
    """Of what is known to be determined by its parts, another one of the same parts will do."""
    assert exact(make()) == exact(make())
    assert hash(exact(make())) == hash(exact(make()))


def test_a_key_keeps_what_is_told_by_identity() -> None:
    """Or another object could come to lie in its place."""
    first, second = Alike(1), Alike(2)
    key = exact(first)
    assert key == exact(first)
    assert key != exact(second)
    assert key.x is first  # type: ignore[attr-defined]


@pytest.mark.parametrize("x", [np.ones(2), OrderedDict(a=1), [np.ones(2)], Setting(np.ones(2))])
def test_what_can_change_without_a_trace_has_no_key(x: Any) -> None:
    """Arrays, and classes of one's own that have no hash."""
    with pytest.raises(NoKeyError, match="can change without a trace"):
        exact(x)


PAIRS: list[tuple[Any, Any]] = [
    (frozenset({1}), frozenset({1.0})),
    (Decimal("1.0"), Decimal("1.00")),
    (Setting(1), Setting(True)),
    (Setting(1), Setting(1.0)),
    (AttrsSetting(1), AttrsSetting(True)),
    (range(1), range(0, 1, 5)),
    (-0.0, 0.0),
    (slice(0, 1), slice(0, True)),
    (Speed.FAST, "fast"),
    (Speed.FAST, Way.FAST),
    (Alike(1), Alike(2)),
    ((1, (2, 3.0)), (1, (2, 3))),
    ([1, 2], [1, 2.0]),
    ({"a": 1}, {"a": True}),
    (np.datetime64("2020", "Y"), np.datetime64("2020-01-01", "D")),
    (partial(_add, 1), partial(_add, 1.0)),
]


@pytest.mark.parametrize("pair", PAIRS, ids=range(len(PAIRS)))
def test_static_arguments_that_are_equal_and_not_the_same(pair: tuple[Any, Any]) -> None:
    """Each call is given its own, in any order; so is one that is not declared."""
    declared = og.compile(lambda x, mode: (x, repr(mode)), static_argnums=1, backend="python")
    for mode in (*pair, *reversed(pair)):
        assert declared(2.0, mode) == (2.0, repr(mode))
    assert len(declared.programs) == 2


@pytest.mark.parametrize(
    "pair",
    [
        ({(1, 2): 1.0}, {(1.0, 2): 1.0}),
        ({-0.0: 1.0}, {0.0: 1.0}),
        ({Speed.FAST: 1.0}, {"fast": 1.0}),
        ({"fast": 1.0}, {Speed.FAST: 1.0}),
        ({Setting(1): 1.0}, {Setting(True): 1.0}),
        ({frozenset({1}): 1.0}, {frozenset({True}): 1.0}),
        ({Decimal("1.0"): 1.0}, {Decimal("1.00"): 1.0}),
        (frozenset({1}), frozenset({True})),
        (Decimal("1.0"), Decimal("1.00")),
        (Speed.FAST, Way.FAST),
        (np.datetime64("2020", "Y"), np.datetime64("2020-01-01", "D")),
        (Alike(1), Alike(2)),
    ],
    ids=range(12),
)
def test_keys_and_leaves_that_are_equal_and_not_the_same(pair: tuple[Any, Any]) -> None:
    """Keys of dicts, and what is static since it is no number and no array."""

    def f(p: Any) -> Any:
        return [repr(key) for key in p] if isinstance(p, dict) else repr(p)

    compiled = og.compile(f, backend="python")
    for p in (*pair, *reversed(pair)):
        assert compiled(p) == f(p)


@dataclasses.dataclass
class Model:
    """Arguments with a choice between them."""

    w: Any
    mode: Any


@pytest.mark.parametrize(
    "pair", [(Speed.FAST, "fast"), (Speed.FAST, Way.FAST), (Word("fast"), "fast")]
)
def test_static_fields_of_records(pair: tuple[Any, Any]) -> None:
    """The text that a record holds is part of the program, with its type."""
    compiled = og.compile(lambda m: (m.w, type(m.mode).__name__), backend="python")
    for mode in (*pair, *reversed(pair)):
        assert compiled(Model(1.0, mode)) == (1.0, type(mode).__name__)


@pytest.mark.parametrize(
    "change",
    [
        (lambda: [1.0, 2.0], lambda x: x.append(3.0)),
        (lambda: {"a": 1.0}, lambda x: x.update(a=2.0)),
        (lambda: {1.0}, lambda x: x.add(2.0)),
        (lambda: Mutable([1.0]), lambda x: x.n.append(2.0)),
        (lambda: partial(_add, [1.0]), lambda x: x.args[0].append(2.0)),
        (lambda: bytearray(b"a"), lambda x: x.extend(b"b")),
        (lambda: (1, [2.0]), lambda x: x[1].append(3.0)),
        (lambda: AttrsSetting({"a": 1}), lambda x: x.n.update(a=2)),
    ],
    ids=range(8),
)
def test_a_static_argument_that_changes_in_place(change: tuple[Any, Any]) -> None:
    """It is looked up as it is when the function is called."""
    make, alter = change
    compiled = og.compile(lambda x, mode: (x, repr(mode)), static_argnums=1, backend="python")
    mode = make()
    for _ in range(2):
        assert compiled(1.0, mode) == (1.0, repr(mode))
    assert len(compiled.programs) == 1
    alter(mode)
    assert compiled(1.0, mode) == (1.0, repr(mode))


def test_a_static_array_runs_uncompiled() -> None:
    """Nothing tells cheaply whether it has changed; ``explain`` says so."""
    compiled = og.compile(lambda x, k: x * k[0], static_argnums=1, backend="python")
    k = np.array([1.0, 2.0])
    assert compiled(2.0, k) == 2.0
    k[0] = 5.0
    assert compiled(2.0, k) == 10.0
    assert compiled.programs == []
    assert "uncompiled, 2 call(s): what is of type ndarray can change" in compiled.explain()


def test_a_static_argument_that_is_a_part_of_itself_runs_uncompiled() -> None:
    """Its parts have no end."""
    compiled = og.compile(lambda x, k: x * len(k), static_argnums=1, backend="python")
    k: list[Any] = [1]
    k.append(k)
    assert compiled(2.0, k) == 4.0
    assert "uncompiled, 1 call(s): an argument is a part of itself" in compiled.explain()


@pytest.mark.parametrize(
    "wrap",
    [lambda x: x, lambda x: (x,), lambda x: x.normal, lambda x: partial(x.normal, 0.0), Setting],
    ids=range(5),
)
@pytest.mark.parametrize("declared", [False, True])
def test_a_static_source_of_random_numbers_is_asked_each_time(wrap: Any, declared: bool) -> None:
    """Also one that is held by something else, and a method of one."""
    options: Any = {"static_argnums": 1} if declared else {}

    def f(x: Any, s: Any) -> Any:
        s = getattr(s, "n", s)
        s = s[0] if isinstance(s, tuple) else s
        return x + (s.normal() if hasattr(s, "normal") else s())

    compiled = og.compile(f, backend="python", **options)
    rng, same = np.random.default_rng(0), np.random.default_rng(0)
    assert [compiled(1.0, wrap(rng)) for _ in range(3)] == [1.0 + same.normal() for _ in range(3)]
    assert compiled.programs == []


def test_a_method_of_an_equal_instance_is_another_function() -> None:
    """Bound methods are told by the instance, not by whether it is equal to another."""

    class Scale(Alike):
        def __call__(self, x: Any) -> Any:
            return self.n * x

        def times(self, x: Any) -> Any:
            return self.n * x

    compiled = og.compile(lambda f, x: f(x), backend="python")
    two, three = Scale(2.0), Scale(3.0)
    assert [compiled(f, 1.0) for f in (two, three, two.times, three.times, two.times)] == [
        *(2.0, 3.0, 2.0, 3.0, 2.0)
    ]
    assert len(compiled.programs) == 4
