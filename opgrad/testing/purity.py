"""Forward and rules are functions of their arguments, and leave these as they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from opgrad.data import is_data
from opgrad.testing.point import Point, arbitrary, copied, kind_of, show
from opgrad.testing.properties import at_each_sample
from opgrad.testing.report import Finding


def same(a: Any, b: Any) -> bool:
    """Whether two numbers or arrays are equal, NaN for NaN; or both no data."""
    try:
        return np.shape(a) == np.shape(b) and bool(np.array_equal(a, b, equal_nan=True))
    except TypeError:  # None, or an exception in the place of a cotangent
        return type(a) is type(b)


@at_each_sample()
def forward_runs(point: Point) -> Iterator[Finding]:
    """The forward takes its sample, and gives a number or an array."""
    out = point.forward(*map(copied, point.inputs))
    if not is_data(out):
        given = "None" if out is None else f"{type(out).__name__} {show(out)}"
        mistake = "a `return` is missing in the forward" if out is None else ""
        yield Finding(given, "a number or an array", mistake)


@at_each_sample()
def forward_is_pure(point: Point) -> Iterator[Finding]:
    """The forward leaves its inputs as they are."""
    inputs = [np.array(x) if np.ndim(x) else x for x in point.inputs]
    point.forward(*inputs)
    for i, (before, after) in enumerate(zip(point.inputs, inputs, strict=True)):
        if not same(before, after):
            yield Finding(
                show(after),
                show(before),
                "the forward writes into its input: make a new array, or copy it first",
                point.name(i),
            )


@at_each_sample()
def rules_are_pure(point: Point) -> Iterator[Finding]:
    """The rules leave cotangent, output and inputs as they are."""
    point = point.at(map(copied, point.inputs))
    out = copied(point.forward())
    g = copied(arbitrary(out))
    before = [copied(x) for x in (g, out, *point.inputs)]
    point.raw_cotangents(g, out)
    names = ["g", "out", *map(point.name, range(len(point.inputs)))]
    for name, old, new in zip(names, before, (g, out, *point.inputs), strict=True):
        if not same(old, new):
            yield Finding(
                show(new),
                show(old),
                f"the rule writes into {name}: write `a = a * b`, not `a *= b`, or copy it first",
                name,
            )


@at_each_sample()
def deterministic(point: Point) -> Iterator[Finding]:
    """The same inputs give the same output and cotangents, to the last bit."""
    first, second = point.forward(), point.forward()
    if not same(first, second):
        yield Finding(
            show(second),
            show(first),
            "the forward is random, or keeps something from call to call: "
            "take random numbers as an input",
            "output",
        )
        return
    g = arbitrary(first)
    again = zip(point.raw_cotangents(g, first), point.raw_cotangents(g, first), strict=True)
    yield from _differing(point, again, "the rule is random, or keeps something between calls")


@at_each_sample()
def rules_keep_nothing(point: Point) -> Iterator[Finding]:
    """A rule goes by its arguments, not by what the forward saw last."""
    out = point.forward()
    g = arbitrary(out)
    before = point.raw_cotangents(g, out)
    point.forward(*(_elsewhere(x) for x in point.inputs))
    after = point.raw_cotangents(g, out)
    mistake = (
        "a stale closure: the rule uses what the forward left behind when it ran last, "
        "on other inputs; use the rule's own arguments"
    )
    yield from _differing(point, zip(before, after, strict=True), mistake)


def _elsewhere(x: Any) -> Any:
    """A little away, so as to stay in the domain; integers and booleans as they are."""
    return (x * (1 + 2**-9) + 2**-30).astype(np.result_type(x)) if _is_array(x) else _moved(x)


def _is_array(x: Any) -> bool:
    return isinstance(x, np.ndarray | np.generic) and kind_of(x) in "fc"


def _moved(x: Any) -> Any:
    return x * (1 + 2**-9) + 2**-30 if isinstance(x, float | complex) else x


def _differing(point: Point, pairs: Iterable[Sequence[Any]], mistake: str) -> Iterator[Finding]:
    for i, (before, after) in enumerate(pairs):
        if not same(before, after):
            yield Finding(show(after), show(before), mistake, point.name(i))
