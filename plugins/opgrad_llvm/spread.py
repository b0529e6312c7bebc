"""How a loop can be divided among threads."""

from __future__ import annotations

from dataclasses import dataclass

WORTH = 1_000_000
"""Instructions of a piece, once for each vector, below which a thread costs more than it brings."""


@dataclass(frozen=True)
class Spread:
    """A loop whose outermost axis can be cut into pieces.

    Attributes:
        name: of the loop.
        length: of the axis.
        grain: pieces begin at multiples of this.
        work: instructions for one step along the axis, roughly.
        scratch: the bytes that each piece needs for itself.
    """

    name: str
    length: int
    grain: int
    work: float
    scratch: int

    @property
    def is_large(self) -> bool:
        """Whether it is worth more than one thread."""
        return self.length * self.work >= 2 * WORTH

    def names(self) -> tuple[str, ...]:
        """The functions that run it: whole, a part, and what comes before and after parts."""
        return (self.name, *(f"{self.name}_{what}" for what in _STAGES))

    def pieces(self, threads: int) -> list[tuple[int, int]]:
        """Where to cut it, for so many threads."""
        count = max(1, min(threads, int(self.length * self.work / WORTH)))
        step = -(-self.length // count)
        step = -(-step // self.grain) * self.grain
        return [(k, min(k + step, self.length)) for k in range(0, self.length, step)]


_STAGES = ("part", "begin", "finish", "clear", "join")
