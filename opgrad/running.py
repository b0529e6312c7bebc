"""Which functions are being run by a transform: their arguments' nodes, and where they began.

Fresh nodes stand for the arguments. They are what gradients flow to, so nothing may stand in their
place while the function runs: a copy of one is itself, and it is not pickled. A function may start
threads, and pickle there (``multiprocessing`` does), where context variables are others: so these
nodes are kept in a table as well.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any

outermost: ContextVar[float] = ContextVar("outermost", default=math.inf)
"""The number at which the outermost call began whose function is being run, in this context."""

_arguments: dict[int, Sequence[Any]] = {}
"""The fresh nodes of all calls that are being run, in any thread, by the number they began at."""


class running:  # noqa: N801  # used like a function; contextlib's take four times as long
    """Within this context, a function runs on fresh nodes, all newer than ``start``."""

    __slots__ = ("_start", "_token")

    def __init__(self, start: int, arguments: Sequence[Any]) -> None:
        self._start = start
        self._token = outermost.set(min(outermost.get(), start))
        _arguments[start] = arguments

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None:
        del _arguments[self._start]
        outermost.reset(self._token)


def is_differentiated(node: object) -> bool:
    """Whether a function is being run here, or anywhere on this node."""
    if outermost.get() < math.inf:
        return True
    return any(node is argument for fresh in tuple(_arguments.values()) for argument in fresh)
