"""Threads for large loops."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import numpy as np

from opgrad_llvm.engine import Native
from opgrad_llvm.spread import Spread

_threads = 1
_pool: ThreadPoolExecutor | None = None


def set_num_threads(threads: int) -> None:
    """Let large loops of compiled programs use so many threads; at first, 1.

    Sums then depend, in their last digits, on the number of threads.

    Raises:
        ValueError: fewer than one.
    """
    global _threads
    if threads < 1:
        raise ValueError(f"a program takes at least one thread; given {threads}")
    _threads = threads
    _forget_pool()


def get_num_threads() -> int:
    """How many threads large loops may use."""
    return _threads


def _forget_pool() -> None:
    global _pool
    _pool = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_pool)  # a child has none of its parent's threads


def _workers() -> ThreadPoolExecutor:
    global _pool
    if _pool is None:
        _pool = ThreadPoolExecutor(_threads, "opgrad")
    return _pool


class Loop:
    """A loop that may be spread over threads: called as native code is, on a frame.

    Args:
        spread: how it can be divided.
        functions: the native ones.
    """

    def __init__(self, spread: Spread, functions: dict[str, Native]) -> None:
        self.spread = spread
        self.whole, self.part, self.begin, self.finish, self.clear, self.join = (
            functions[name] for name in spread.names()
        )
        self._scratch: Any = None

    def __call__(self, frame: int) -> None:
        """Run it."""
        pieces = self.spread.pieces(_threads)
        if len(pieces) == 1:
            self.whole(frame)
            return
        room = -(-max(self.spread.scratch, 1) // 64) * 64 + 64  # apart, for the caches' sake
        if self._scratch is None or self._scratch.size < room * (len(pieces) + 1):
            self._scratch = np.empty(room * (len(pieces) + 1), np.uint8)
        first = -(-self._scratch.ctypes.data // 64) * 64
        places = [first + k * room for k in range(len(pieces))]
        self.clear(frame)

        def run(place: int, start: int, stop: int) -> None:
            self.begin(frame, place)
            self.part(frame, place, start, stop)

        others = [
            _workers().submit(run, place, *piece)
            for place, piece in zip(places[1:], pieces[1:], strict=True)
        ]
        run(places[0], *pieces[0])
        wait(others)
        for place in places[1:]:
            self.join(frame, places[0], place)
        self.finish(frame, places[0])
