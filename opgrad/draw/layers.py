"""The layers of a drawing: which column each box stands in, and in which order within it.

After K. Sugiyama, S. Tagawa, M. Toda, "Methods for visual understanding of hierarchical system
structures" (1981): columns by longest paths; an edge over several columns passes a *slot* in each
of those between; then the slots of each column are sorted by the mean position of their
neighbours, to and fro, and the order with the fewest crossings is kept.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Sequence

from attrs import field, frozen

SWEEPS = 12


@frozen(eq=False)
class Link:
    """Part of an edge, from a slot to one in the next column.

    ``port`` says where it arrives, from -0.5 to 0.5: above or below the middle of the target.
    """

    source: int
    target: int
    port: float


@frozen(eq=False)
class Layers:
    """Slots in columns. Slots from 0 are the boxes; the others are passed by edges only.

    Attributes:
        columns: the slots of each column, top down.
        links: between neighbouring columns; the edges of one source share a link where they can.
        routes: the slots that the edge to (box, argument) passes, both ends included.
    """

    columns: list[list[int]] = field(factory=list)
    links: list[Link] = field(factory=list)
    routes: dict[tuple[int, int], list[int]] = field(factory=dict)


def arrange(inputs: Sequence[Sequence[int]]) -> Layers:
    """The layers of the boxes ``range(len(inputs))``, each after its inputs."""
    if not inputs:
        return Layers()
    column = columns_of(inputs)
    slots = _slots(inputs, column)
    _sort(slots, _reading_order(inputs))
    return slots


def columns_of(inputs: Sequence[Sequence[int]]) -> list[int]:
    """The column of each box: right of all its inputs, and near what uses it."""
    column: list[int] = []
    users: list[set[int]] = [set() for _ in inputs]
    for box, sources in enumerate(inputs):
        column.append(max([column[source] + 1 for source in sources], default=0))
        for source in sources:
            users[source].add(box)
    for box in reversed(range(len(inputs))):  # as far right as users allow
        column[box] = min([column[user] - 1 for user in users[box]], default=column[box])
    for box, sources in enumerate(inputs):  # back to the left where fewer long edges result
        if len(set(sources)) > len(users[box]) > 0:
            column[box] = max([column[source] + 1 for source in sources])
    return column


def _slots(inputs: Sequence[Sequence[int]], column: Sequence[int]) -> Layers:
    columns: list[list[int]] = [[] for _ in range(max(column) + 1)]
    for box, c in enumerate(column):
        columns[c].append(box)
    links: list[Link] = []
    routes: dict[tuple[int, int], list[int]] = {}
    trunks = [[box] for box in range(len(inputs))]  # what the edges of one source pass
    count = len(inputs)
    for box, sources in enumerate(inputs):
        for argument, source in enumerate(sources):
            trunk = trunks[source]
            length = column[box] - column[source]
            while len(trunk) < length:
                links.append(Link(trunk[-1], count, 0.0))
                columns[column[source] + len(trunk)].append(count)
                trunk.append(count)
                count += 1
            port = (argument + 1) / (len(sources) + 1) - 0.5
            links.append(Link(trunk[length - 1], box, port))
            routes[box, argument] = [*trunk[:length], box]
    return Layers(columns, links, routes)


def _reading_order(inputs: Sequence[Sequence[int]]) -> list[int]:
    """The boxes' ranks, walking back from the results: a tree so ordered has no crossings."""
    used = {source for sources in inputs for source in sources}
    stack = [box for box in reversed(range(len(inputs))) if box not in used]
    rank = [-1] * len(inputs)
    count = 0
    while stack:
        box = stack.pop()
        if rank[box] < 0:
            rank[box] = count
            count += 1
            stack.extend(reversed(inputs[box]))
    return rank


def _sort(layers: Layers, rank: Sequence[int]) -> None:
    """Sort each column in place so that few links cross."""
    source_of = {route[-2]: route[0] for route in layers.routes.values()}
    before: dict[int, list[tuple[int, float]]] = {}
    after: dict[int, list[tuple[int, float]]] = {}
    for link in layers.links:
        source_of.setdefault(link.target, source_of.get(link.source, link.source))
        before.setdefault(link.target, []).append((link.source, 0.0))
        after.setdefault(link.source, []).append((link.target, link.port))
    place: dict[int, float] = {}

    def put(column: list[int], key: Callable[[int], float]) -> None:
        column.sort(key=key)
        place.update({slot: i for i, slot in enumerate(column)})

    def mean_of(
        neighbours: dict[int, list[tuple[int, float]]],
    ) -> Callable[[int], float]:
        def mean(slot: int) -> float:
            near = neighbours.get(slot)
            return sum([place[n] + port for n, port in near]) / len(near) if near else place[slot]

        return mean

    for column in layers.columns:
        put(column, lambda slot: rank[slot if slot < len(rank) else source_of[slot]])
    fewest, best = crossings(layers), [list(column) for column in layers.columns]
    for sweep in range(SWEEPS):
        if not fewest:
            break
        forward = sweep % 2 == 1
        for column in layers.columns if forward else reversed(layers.columns):
            put(column, mean_of(before if forward else after))
        count = crossings(layers)
        if count < fewest:
            fewest, best = count, [list(column) for column in layers.columns]
    layers.columns[:] = best


def crossings(layers: Layers) -> int:
    """How many pairs of links cross."""
    place = {slot: i for column in layers.columns for i, slot in enumerate(column)}
    column_of = {slot: c for c, column in enumerate(layers.columns) for slot in column}
    between: list[list[tuple[int, float]]] = [[] for _ in layers.columns]
    for link in layers.links:
        ends = (place[link.source], place[link.target] + link.port)
        between[column_of[link.source]].append(ends)
    count = 0
    for ends_of in between:
        seen: list[float] = []
        for _, end in sorted(ends_of):
            count += len(seen) - bisect_right(seen, end)
            insort(seen, end)
    return count
