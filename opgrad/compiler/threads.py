"""How many threads the loops of compiled programs may use; backends ask for it."""

from __future__ import annotations

import operator

_threads = 1


def set_num_threads(threads: int) -> None:
    """Let large loops of compiled programs use so many threads; at first, 1.

    It holds for all programs, those that there are already too. Sums then depend, in their last
    digits, on the number of threads.

    Raises:
        ValueError: fewer than one.
        TypeError: not an integer.
    """
    global _threads
    given = operator.index(threads)
    if given < 1:
        raise ValueError(f"a program takes at least one thread; given {given}")
    _threads = given


def get_num_threads() -> int:
    """How many threads the large loops of compiled programs may use."""
    return _threads
