"""Adding up cotangents in a fixed order, in whatever order they arrive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from opgrad import Node
from opgrad.schedule import accumulate


class Inbox:
    """What has arrived at each node of a backward pass, and from which consumers more is to come.

    Args:
        order: the nodes of the pass, newest first.
        cotangents: where the sums go.
    """

    def __init__(self, order: Sequence[Node], cotangents: dict[Node, Any]) -> None:
        self._cotangents = cotangents
        self._owned: set[Node] = set()
        self._early: dict[tuple[int, int], list[Any]] = {}  # by numbers of node and consumer
        # The consumers that each node still waits for, the one to be added next (newest) at the end
        self._awaited: dict[Node, list[Node]] = {node: [] for node in order}
        for consumer in reversed(order):
            for node in self._inputs(consumer):
                self._awaited[node].append(consumer)

    def deliver(self, consumer: Node, arrivals: Sequence[tuple[Node, Any]]) -> list[Node]:
        """Take what ``consumer`` has for its inputs; return those that wait for nothing more.

        A contribution that comes before its turn is put aside until those before it are there.
        """
        by_node: dict[Node, list[Any]] = {node: [] for node in self._inputs(consumer)}
        for node, ct in arrivals:
            by_node[node].append(ct)
        complete = []
        for node, cts in by_node.items():
            awaited = self._awaited[node]
            self._early[node.number, consumer.number] = cts
            while awaited and (node.number, awaited[-1].number) in self._early:
                for ct in self._early.pop((node.number, awaited.pop().number)):
                    accumulate(self._cotangents, self._owned, node, ct)
            if not awaited:
                complete.append(node)
        return complete

    def _inputs(self, consumer: Node) -> list[Node]:
        """The inputs that take part in the pass, each once."""
        return [node for node in dict.fromkeys(consumer.inputs) if node in self._awaited]
