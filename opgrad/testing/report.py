"""What a check found: records, and how they read."""

from __future__ import annotations

import json
from typing import Any

from attrs import asdict, frozen


@frozen
class Finding:
    """What a property found at one point of an op; the check adds which op, property and sample.

    Attributes:
        given: what the op gave.
        expected: what it should have given.
        mistake: the likely mistake, in words; empty if there is no telling.
        where: the input concerned, by its name, or which form of the sample.
    """

    given: str
    expected: str
    mistake: str = ""
    where: str = ""


@frozen
class Failure:
    """A property that does not hold.

    Attributes:
        op: the op's name.
        property: which one, such as ``gradient``.
        sample: the inputs and params it was seen at; empty for what concerns the op as a whole.
        where: the input concerned, by its name, or which form of the sample.
        given: what the op gave.
        expected: what it should have given.
        mistake: the likely mistake, in words; empty if there is no telling.
    """

    op: str
    property: str
    sample: str
    where: str
    given: str
    expected: str
    mistake: str

    def __str__(self) -> str:
        where = " ".join(filter(None, (self.where, f"at {self.sample}" if self.sample else "")))
        lines = [
            f"{self.op}: {self.property}{f' ({where})' if where else ''}",
            f"  given     {self.given}",
            f"  expected  {self.expected}",
        ]
        return "\n".join(lines + [f"  likely    {self.mistake}"] * bool(self.mistake))


@frozen
class Report:
    """Everything that was found wrong with an op; true if that is nothing.

    Attributes:
        op: the op's name.
        properties: the names of those that were checked: all that apply to such an op.
        samples: the inputs and params that they were checked at.
        failures: those that do not hold, each with the sample.
    """

    op: str
    properties: tuple[str, ...]
    samples: tuple[str, ...]
    failures: tuple[Failure, ...]

    def __bool__(self) -> bool:
        return not self.failures

    def __str__(self) -> str:
        if not self.failures:
            return f"{self.op}: passed ({self.extent})"
        failures = _counted(len(self.failures), "failure", "failures")
        head = f"{self.op}: {failures} ({self.extent})"
        return "\n".join([head, *map(str, self.failures)])

    @property
    def extent(self) -> str:
        """How many properties were checked, at how many samples."""
        properties = _counted(len(self.properties), "property", "properties")
        return f"{properties} at {_counted(len(self.samples), 'sample', 'samples')}"

    def as_dict(self) -> dict[str, Any]:
        """The same as dicts, lists and strings."""
        made: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return {**made, "passed": bool(self)}


def _counted(n: int, one: str, several: str) -> str:
    return f"{n} {one if n == 1 else several}"
