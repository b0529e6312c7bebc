"""The layout of a drawing: coordinates for boxes in columns, and the edges between them.

Each column is placed as near to its neighbours as order and spacing allow: the sum of the squared
heights of its links is made least. That is an isotonic regression, solved in linear time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import frozen

from opgrad.draw.layers import Layers, arrange

ROUNDS = 20
MARGIN = 24.0
SPACE = 16.0
"""The least distance between two boxes of a column."""
LANE = 10.0
"""The height kept free for an edge that passes between boxes."""
PORT_STEP = 14.0
"""The distance between the ends of two edges at one box, where there is room."""

Point = tuple[float, float]


@frozen
class Box:
    """A rectangle: its left upper corner and its size."""

    x: float
    y: float
    width: float
    height: float


@frozen
class Edge:
    """An edge as points, joined alternately by horizontal lines and by curves."""

    source: int
    target: int
    points: tuple[Point, ...]


@frozen
class Layout:
    """A drawing's size, its boxes in the order given, and its edges."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]


def lay_out(inputs: Sequence[Sequence[int]], sizes: Sequence[tuple[float, float]]) -> Layout:
    """Place boxes of the given sizes (width, height) in columns, each right of its inputs.

    Args:
        inputs: for each box the boxes before it that edges come from, in the order in which
            these arrive, top down.
        sizes: width and height of each box.
    """
    layers = arrange(inputs)
    middle = _heights(layers, sizes)
    top = min([middle[i] - h / 2 for i, (_, h) in enumerate(sizes)], default=0.0)
    top = min([top, *(y - LANE / 2 for y in middle.values())])
    middle = {slot: y - top + MARGIN for slot, y in middle.items()}
    lefts, rights = _widths(layers, sizes, middle)

    boxes = [Box(0.0, 0.0, 0.0, 0.0)] * len(sizes)
    for column, left, right in zip(layers.columns, lefts, rights, strict=True):
        for slot in column:
            if slot < len(sizes):
                w, h = sizes[slot]
                boxes[slot] = Box((left + right - w) / 2, middle[slot] - h / 2, w, h)

    column_of = {slot: c for c, column in enumerate(layers.columns) for slot in column}
    edges = []
    for (target, argument), route in layers.routes.items():
        source = boxes[route[0]]
        points = [(source.x + source.width, middle[route[0]])]
        for slot in route[:-1]:
            c = column_of[slot]
            if slot >= len(sizes):
                points.append((lefts[c], middle[slot]))
            points.append((rights[c], middle[slot]))
        end = middle[target] + _port(argument, len(inputs[target]), sizes[target][1])
        points += [(lefts[column_of[target]], end), (boxes[target].x, end)]
        edges.append(Edge(route[0], target, tuple(points)))

    bottom = max([y + LANE / 2 for y in middle.values()], default=MARGIN)
    bottom = max([bottom, *(box.y + box.height for box in boxes)])
    return Layout(
        width=max(rights, default=MARGIN) + MARGIN,
        height=bottom + MARGIN,
        boxes=tuple(boxes),
        edges=tuple(edges),
    )


def _port(argument: int, count: int, height: float) -> float:
    """Where an edge arrives, measured from the middle of the box."""
    step = min(PORT_STEP, (height - PORT_STEP) / max(count - 1, 1))
    return (argument - (count - 1) / 2) * step


def _widths(
    layers: Layers, sizes: Sequence[tuple[float, float]], middle: dict[int, float]
) -> tuple[list[float], list[float]]:
    """The left and right end of each column; the steeper the links, the wider the gap."""
    column_of = {slot: c for c, column in enumerate(layers.columns) for slot in column}
    steepest = [0.0] * len(layers.columns)
    for link in layers.links:
        c = column_of[link.target]
        steepest[c] = max(steepest[c], abs(middle[link.source] - middle[link.target]))
    lefts: list[float] = []
    rights: list[float] = []
    x = MARGIN
    for column, rise in zip(layers.columns, steepest, strict=True):
        if lefts:
            x += 40.0 + min(0.12 * rise, 100.0)
        lefts.append(x)
        x += max([sizes[slot][0] for slot in column if slot < len(sizes)], default=0.0)
        rights.append(x)
    return lefts, rights


def _heights(layers: Layers, sizes: Sequence[tuple[float, float]]) -> dict[int, float]:
    """The y coordinate of the middle of each slot."""
    pulls: dict[int, list[tuple[int, float, float]]] = {}  # neighbour, offset from it, strength
    arrived: dict[int, int] = {}
    arity: dict[int, int] = {}
    for target, argument in layers.routes:
        arity[target] = max(arity.get(target, 0), argument + 1)
    for link in layers.links:
        passing = (link.source >= len(sizes)) + (link.target >= len(sizes))
        strength = (1.0, 2.0, 8.0)[passing]  # long edges are to be straight
        offset = 0.0
        if link.target < len(sizes):
            argument = arrived.get(link.target, 0)
            arrived[link.target] = argument + 1
            offset = _port(argument, arity[link.target], sizes[link.target][1])
        pulls.setdefault(link.target, []).append((link.source, -offset, strength))
        pulls.setdefault(link.source, []).append((link.target, offset, strength))

    starts = [_stack(column, sizes) for column in layers.columns]
    middle: dict[int, float] = {}
    for column, start in zip(layers.columns, starts, strict=True):
        shift = start[-1] / 2
        middle.update({slot: y - shift for slot, y in zip(column, start, strict=True)})
    order = list(zip(layers.columns, starts, strict=True))
    for _ in range(ROUNDS):
        for column, start in (*order, *reversed(order)):
            wanted, weights = [], []
            for slot, y in zip(column, start, strict=True):
                near = pulls.get(slot)
                if not near:
                    wanted.append(middle[slot] - y)
                    weights.append(0.1)
                    continue
                weight = sum([strength for _, _, strength in near])
                pulled = sum([(middle[n] + offset) * s for n, offset, s in near])
                wanted.append(pulled / weight - y)
                weights.append(weight)
            for slot, y, z in zip(column, start, isotonic(wanted, weights), strict=True):
                middle[slot] = y + z
    return middle


def _stack(column: Sequence[int], sizes: Sequence[tuple[float, float]]) -> list[float]:
    """The middles of a column's slots, packed as closely as is allowed."""
    middles: list[float] = []
    previous = 0.0
    for slot in column:
        height = sizes[slot][1] if slot < len(sizes) else LANE
        middles.append(middles[-1] + (previous + height) / 2 + SPACE if middles else 0.0)
        previous = height
    return middles


def isotonic(wanted: Iterable[float], weights: Iterable[float]) -> list[float]:
    """The ascending sequence nearest to ``wanted`` in weighted least squares.

    By pooling adjacent violators: neighbours in the wrong order share their weighted mean.
    """
    pools: list[tuple[float, float, int]] = []  # mean, weight, how many
    for value, weight in zip(wanted, weights, strict=True):
        mean, total, count = value, weight, 1
        while pools and pools[-1][0] > mean:
            other, more, n = pools.pop()
            mean = (mean * total + other * more) / (total + more)
            total, count = total + more, count + n
        pools.append((mean, total, count))
    return [mean for mean, _, count in pools for _ in range(count)]
