"""A property that every op should have, and how one is declared."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from attrs import frozen

from opgrad.define import OpN
from opgrad.testing.point import Point
from opgrad.testing.report import Finding

AtPoint: TypeAlias = Callable[[Point], Iterable[Finding]]
OfOp: TypeAlias = Callable[[OpN], Iterable[Finding]]
Applies: TypeAlias = Callable[[OpN], bool]


@frozen(eq=False)
class Property:
    """Something that holds for every op, or for every one of a kind.

    Attributes:
        name: as reports and tests name it.
        says: what holds, in one line.
        applies: to which ops.
        at_point: what is wrong with it at one sample; ``None`` if it is one of the op as a whole.
        of_op: what is wrong with it as a whole; ``None`` if it is one of each sample.
    """

    name: str
    says: str
    applies: Applies
    at_point: AtPoint | None = None
    of_op: OfOp | None = None


def every_op(op: OpN) -> bool:
    """It applies to all."""
    return True


def elementwise(op: OpN) -> bool:
    """It applies to ops that broadcast."""
    return op.elementwise


def transparent(op: OpN) -> bool:
    """It applies to ops whose rules can be differentiated."""
    return not op.opaque


def at_each_sample(applies: Applies = every_op) -> Callable[[AtPoint], Property]:
    """Decorator: the function finds what is wrong at one sample."""

    def declare(find: AtPoint) -> Property:
        return Property(find.__name__, _first_line(find), applies, at_point=find)

    return declare


def of_each_op(applies: Applies = every_op) -> Callable[[OfOp], Property]:
    """Decorator: the function finds what is wrong with an op as a whole."""

    def declare(find: OfOp) -> Property:
        return Property(find.__name__, _first_line(find), applies, of_op=find)

    return declare


def _first_line(find: Callable[..., object]) -> str:
    return (find.__doc__ or "").partition("\n")[0]
