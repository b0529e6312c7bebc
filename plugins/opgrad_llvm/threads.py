"""Threads for large loops."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import numpy as np

import opgrad as og
from opgrad_llvm.engine import Native
from opgrad_llvm.spread import Spread

_pool: tuple[int, ThreadPoolExecutor] | None = None


def _forget_pool() -> None:
    global _pool
    _pool = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_pool)  # a child has none of its parent's threads


def _workers(threads: int) -> ThreadPoolExecutor:
    global _pool
    pool = _pool  # another thread may change it
    if pool is None or pool[0] != threads:
        pool = _pool = threads, ThreadPoolExecutor(threads, "opgrad")
    return pool[1]


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
        threads = og.get_num_threads()
        pieces = self.spread.pieces(threads)
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

        workers = _workers(threads)
        others = [
            workers.submit(run, place, *piece)
            for place, piece in zip(places[1:], pieces[1:], strict=True)
        ]
        run(places[0], *pieces[0])
        wait(others)
        for place in places[1:]:
            self.join(frame, places[0], place)
        self.finish(frame, places[0])
