"""A wrong op, with the property that should find it, and what it should say."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from attrs import frozen

import opgrad as og
from opgrad.define import OpN


@frozen(eq=False)
class Planted:
    """An op with one mistake.

    Attributes:
        op: the op.
        found_by: the property that names the mistake.
        says: a part of the likely mistake.
    """

    op: OpN
    found_by: str
    says: str


def defined(
    forward: Callable[..., Any],
    rule: Callable[..., Any],
    *samples: tuple[Any, ...] | og.Sample,
    **options: Any,
) -> OpN:
    """An op of a forward and a rule."""
    op: OpN = og.op(samples=samples, **{"name": "planted", **options})(forward)
    op.vjp(rule)
    return op


def collect(found: list[Planted], found_by: str, says: str) -> Callable[..., None]:
    """Decorator for a function that makes the op; its docstring says what the mistake is."""

    def keep(make: Callable[[], OpN]) -> None:
        found.append(Planted(make(), found_by, says))

    return keep


def names(planted: Iterable[Planted]) -> list[str]:
    """For the ids of tests."""
    return [f"{p.found_by}: {p.says}" for p in planted]
