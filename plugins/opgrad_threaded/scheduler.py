"""The threaded scheduler: one thread hands out nodes, newest first; others run their VJPs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from heapq import heappop, heappush
from queue import SimpleQueue
from typing import Any, TypeAlias

from opgrad import Node
from opgrad.schedule import SEQUENTIAL, explain, plan, pull_back
from opgrad_threaded.inbox import Inbox

Outcome: TypeAlias = list[tuple[Node, Any]] | BaseException
"""The cotangents that a VJP gave, each with the input it is for; or what it raised."""


class Threaded:
    """Runs the VJPs of large arrays in threads, as soon as what they need is there.

    A node whose arrays are all small runs in the calling thread, which costs less than handing it
    over; so does one that there is nothing else to run beside. A graph with no large array is left
    to the sequential scheduler. Threads are started by the first node that needs one, and end with
    the pass.

    Args:
        threads: how many at most; ``None``: as many as there are processors.
        inline_below: arrays of fewer elements count as small. Below the default, handing a VJP over
            was seen to cost more than it brings.

    Raises:
        ValueError: fewer than one thread.
    """

    name = "threaded"

    def __init__(self, threads: int | None = None, *, inline_below: int = 50_000) -> None:
        self.threads = os.cpu_count() or 1 if threads is None else threads
        if self.threads < 1:
            raise ValueError(f"a threaded scheduler takes at least one thread; given {threads}")
        self.inline_below = inline_below

    def __repr__(self) -> str:
        return f"Threaded({self.threads}, inline_below={self.inline_below})"

    def run(
        self, root: Node, cotangent: Any, wrt: frozenset[Node] | None, record: bool = False, /
    ) -> dict[Node, Any]:
        """The cotangents of ``wrt`` (of every node, if None), given that of ``root``."""
        order, cotangents = plan(root, wrt)
        if not any(self._is_large(node) for node in order):
            return SEQUENTIAL.run(root, cotangent, wrt, record)

        cotangents[root] = cotangent
        inbox = Inbox(order, cotangents)
        ready = [(-root.number, root)]  # a heap: newest first, as the sequential scheduler
        running = 0
        done: SimpleQueue[tuple[Node, Outcome]] = SimpleQueue()
        failed: tuple[Node, BaseException] | None = None
        pool = ThreadPoolExecutor(self.threads, "opgrad")
        try:
            while ready or running:
                if ready:
                    _, node = heappop(ready)
                    if failed is not None and node.number < failed[0].number:
                        continue  # the sequential scheduler would not have come here
                    g = cotangents[node]
                    if wrt is not None and node not in wrt:
                        cotangents[node] = None  # free it: nobody asks for it again
                    if (ready or running) and self._is_heavy(node, g):
                        context = copy_context()  # np.errstate holds in the thread, too
                        pool.submit(context.run, _send, done, node, g, cotangents, record)
                        running += 1
                        continue
                    outcome = _attempt(node, g, cotangents, record)
                else:
                    node, outcome = done.get()
                    running -= 1
                if isinstance(outcome, BaseException):
                    if failed is None or node.number > failed[0].number:
                        failed = node, outcome
                else:
                    for complete in inbox.deliver(node, outcome):
                        heappush(ready, (-complete.number, complete))
            if failed is not None:
                raise failed[1]
            return cotangents
        finally:
            pool.shutdown(cancel_futures=True)
            outcome, failed = [], None  # or the exception and this frame would hold each other

    def _is_large(self, node: Node) -> bool:
        size: int = getattr(node.data, "size", 1)
        return size >= self.inline_below

    def _is_heavy(self, node: Node, g: Any) -> bool:
        """Whether there is a VJP to run, on something large."""
        if node.op is None or g is None:
            return False
        return self._is_large(node) or any(self._is_large(parent) for parent in node.inputs)


def _attempt(node: Node, g: Any, cotangents: Mapping[Node, Any], record: bool) -> Outcome:
    if node.op is None or g is None:
        return []
    try:
        return pull_back(node, g, cotangents, record)
    except BaseException as error:
        if isinstance(error, Exception):
            explain(error, node)
        return error


def _send(
    done: SimpleQueue[tuple[Node, Outcome]],
    node: Node,
    g: Any,
    cotangents: Mapping[Node, Any],
    record: bool,
) -> None:
    done.put((node, _attempt(node, g, cotangents, record)))
