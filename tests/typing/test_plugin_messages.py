"""What the mypy plugin says, in words, and where."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.typing.conftest import Site

SOURCE = """
import opgrad as og
from opgrad import Raw

@og.op(elementwise=True)
def hypot(x: Raw, y: Raw, *, scale: float = 1.0) -> Raw:
    return x

@og.op
def half(x: float) -> float:
    return x / 2

@hypot.vjp  # one
def _one(g: Raw, out: Raw, x: Raw, y: Raw, *, scale: float = 1.0) -> tuple[Raw]:
    return (g,)

@hypot.vjp  # three
def _three(
    g: Raw, out: Raw, x: Raw, y: Raw, *, scale: float = 1.0
) -> tuple[Raw, Raw, Raw]:
    return g, g, g

@hypot.vjp  # bare
def _bare(g: Raw, out: Raw, x: Raw, y: Raw, *, scale: float = 1.0) -> float:
    return 1.0

@hypot.vjp  # no out
def _no_out(g: Raw, x: Raw, y: Raw, *, scale: float = 1.0) -> tuple[Raw, Raw]:
    return g, g

@hypot.vjp  # no param
def _no_param(g: Raw, out: Raw, x: Raw, y: Raw) -> tuple[Raw, Raw]:
    return g, g

@half.vjp  # two of one
def _two(g: float, out: float, x: float) -> tuple[float, float]:
    return g, g

@half.vjp  # no return
def _nothing(g: float, out: float, x: float) -> None:
    g / 2

@half.vjp  # right
def _right(g: float, out: float, x: float) -> float:
    return g / 2

og.ops.hypott  # unknown
og.ops.no_such_op_at_all  # far from all
og.ops["special.weightd"]  # unknown, qualified
og.ops["elementary.weighted"]  # another plugin's
og.ops["special.weighted"]("2", 1.0)  # qualified
og.ops["special.exp"]("2")  # third-party namesake

@og.hookimpl  # mapping
def opgrad_ops() -> dict[str, og.Op]:
    return {}

@og.hookimpl  # no such hook
def opgrad_opps() -> list[og.Op]:
    return []

@og.hookimpl  # argument
def opgrad_schedulers(registry: og.Registry) -> list[og.Scheduler]:
    return []
"""
SAYS = {
    "one": 'the VJP of "hypot" must return 2 cotangents, one per input; it returns 1',
    "three": 'the VJP of "hypot" must return 2 cotangents, one per input; it returns 3',
    "bare": 'the VJP of "hypot" must return 2 cotangents, one per input; it returns 1',
    "no out": 'the VJP of "hypot" must take g, out and the 2 inputs, in this order; '
    "it takes (g, x, y)",
    "no param": 'the VJP of "hypot" must take the op\'s params, too, keyword-only; '
    'it lacks "scale"',
    "two of one": 'the VJP of "half" must return 1 cotangent; it returns 2',
    "no return": 'the VJP of "half" must return 1 cotangent; it returns none',
    "unknown": 'no installed plugin provides op "hypott"; did you mean "hypot"?  [attr-defined]',
    "far from all": 'no installed plugin provides op "no_such_op_at_all"  [attr-defined]',
    "unknown, qualified": 'provides op "special.weightd"; did you mean "special.weighted"?',
    "another plugin's": 'provides op "elementary.weighted"; did you mean "special.weighted"?',
    "qualified": 'of "Op2" has incompatible type "str"',
    "third-party namesake": 'of "Elementwise1" has incompatible type "str"',
    "mapping": 'incompatible type "Callable[[], dict[str, Op]]"; expected "OpsHook"',
    "no such hook": 'there is no hook "opgrad_opps"; did you mean "opgrad_ops"?',
    "argument": 'incompatible type "Callable[[Registry], list[Scheduler]]"; '
    'expected "SchedulersHook"',
}


@pytest.fixture(scope="module")
def said(site: Site) -> dict[str, str]:
    """What mypy says of each line, by the comment on it."""
    site.add("rules.py", SOURCE)
    comments = {n: c for n, line in enumerate(SOURCE.splitlines(), 1) for c in [comment(line)] if c}
    found: dict[str, list[str]] = {}
    for line in site.mypy("rules.py"):
        number = int(line.split(":")[1])
        found.setdefault(comments.get(number, line), []).append(line)
    return {at: "\n".join(lines) for at, lines in found.items()}


def comment(line: str) -> str:
    """The comment that ends a line of code."""
    match = re.search(r"  # (.*)", line)
    return match[1] if match else ""


@pytest.mark.parametrize("line", SAYS)
def test_the_mistake_is_told_in_words(line: str, said: dict[str, str]) -> None:
    """At the line of the decorator, or of the name."""
    assert SAYS[line] in said[line]


def test_nothing_else_is_said(said: dict[str, str]) -> None:
    """Not of the rule that is right."""
    assert set(said) == set(SAYS)
