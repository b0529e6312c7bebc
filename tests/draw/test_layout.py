"""Layers and coordinates: geometry alone, over random graphs."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opgrad.draw.layers import Layers, Link, arrange, columns_of, crossings
from opgrad.draw.layout import Box, isotonic, lay_out

Inputs = list[list[int]]
Sizes = list[tuple[float, float]]

SLACK = 1e-6


@st.composite
def graphs(draw: st.DrawFn) -> Inputs:
    """Inputs of each box, all of them before it."""
    inputs: Inputs = []
    for i in range(draw(st.integers(1, 25))):
        inputs.append(draw(st.lists(st.integers(0, i - 1), max_size=4)) if i else [])
    return inputs


@st.composite
def drawings(draw: st.DrawFn) -> tuple[Inputs, Sizes]:
    """A graph, with a size for each box."""
    inputs = draw(graphs())
    size = st.tuples(st.floats(40, 300), st.floats(30, 80))
    return inputs, draw(st.lists(size, min_size=len(inputs), max_size=len(inputs)))


def _interior_meets(box: Box, x: float, to_x: float, y: float, to_y: float) -> bool:
    return (
        min(box.x + box.width, to_x) - max(box.x, x) > SLACK
        and min(box.y + box.height, max(y, to_y)) - max(box.y, min(y, to_y)) > -SLACK
    )


@given(drawings())
def test_boxes_do_not_overlap(drawing: tuple[Inputs, Sizes]) -> None:
    """No two boxes share a point."""
    for one, other in combinations(lay_out(*drawing).boxes, 2):
        assert (
            one.x + one.width < other.x
            or other.x + other.width < one.x
            or one.y + one.height < other.y
            or other.y + other.height < one.y
        )


@given(drawings())
def test_boxes_keep_their_sizes_and_lie_in_the_picture(drawing: tuple[Inputs, Sizes]) -> None:
    """Width and height are as asked for; nothing sticks out."""
    layout = lay_out(*drawing)
    assert [(box.width, box.height) for box in layout.boxes] == drawing[1]
    for box in layout.boxes:
        assert box.x >= 0
        assert box.y >= 0
        assert box.x + box.width <= layout.width
        assert box.y + box.height <= layout.height


@given(drawings())
def test_one_edge_for_each_argument(drawing: tuple[Inputs, Sizes]) -> None:
    """Also where an op takes one input twice."""
    expected = [(source, box) for box, sources in enumerate(drawing[0]) for source in sources]
    assert sorted((e.source, e.target) for e in lay_out(*drawing).edges) == sorted(expected)


@given(drawings())
def test_edges_run_forward_from_box_to_box(drawing: tuple[Inputs, Sizes]) -> None:
    """From the right side of the source to the left side of the target, never back."""
    layout = lay_out(*drawing)
    for edge in layout.edges:
        source, target = layout.boxes[edge.source], layout.boxes[edge.target]
        assert all(x <= to_x + SLACK for (x, _), (to_x, _) in pairwise(edge.points))
        assert edge.points[0][0] == source.x + source.width
        assert edge.points[0][1] == pytest.approx(source.y + source.height / 2)
        assert edge.points[-1][0] == target.x
        assert target.y < edge.points[-1][1] < target.y + target.height


@given(drawings())
def test_arguments_arrive_in_their_order(drawing: tuple[Inputs, Sizes]) -> None:
    """The first argument's edge arrives above the second's."""
    inputs, _ = drawing
    layout = lay_out(*drawing)
    for box, sources in enumerate(inputs):
        ends = [edge.points[-1][1] for edge in layout.edges if edge.target == box]
        assert ends == sorted(set(ends))
        assert [edge.source for edge in layout.edges if edge.target == box] == sources


@given(drawings())
def test_edges_pass_no_box(drawing: tuple[Inputs, Sizes]) -> None:
    """Straight parts run free of all boxes, and curves only where there are none."""
    layout = lay_out(*drawing)
    for edge in layout.edges:
        assert len(edge.points) % 2 == 0
        for i, ((x, y), (to_x, to_y)) in enumerate(pairwise(edge.points)):
            straight = i % 2 == 0
            assert y == to_y or not straight
            low, high = (y, to_y) if straight else (0, layout.height)
            assert not any(_interior_meets(box, x, to_x, low, high) for box in layout.boxes)


@given(graphs())
def test_every_edge_goes_to_a_later_column(inputs: Inputs) -> None:
    """So no two joined boxes stand in one column, and none before the first."""
    column = columns_of(inputs)
    assert min(column) == 0
    for box, sources in enumerate(inputs):
        assert all(column[source] < column[box] for source in sources)


def test_leaves_stand_beside_what_uses_them() -> None:
    """Of x, y, z in (x + y) + z, the last stands in the second column."""
    assert columns_of([[], [], [], [0, 1], [3, 2]]) == [0, 0, 1, 1, 2]


def test_a_box_with_more_inputs_than_users_stays_near_its_inputs() -> None:
    """One long edge, rather than two."""
    inputs: Inputs = [[], [], [0, 1], [0, 1], [3], [4], [5, 2]]
    assert columns_of(inputs)[2] == 1


@given(graphs())
def test_links_join_neighbouring_columns_and_make_up_the_routes(inputs: Inputs) -> None:
    """A route passes one slot in each column on its way, all of them linked."""
    layers = arrange(inputs)
    column = {slot: c for c, slots in enumerate(layers.columns) for slot in slots}
    assert sorted(column)[: len(inputs)] == list(range(len(inputs)))
    pairs = {(link.source, link.target) for link in layers.links}
    assert all(column[a] + 1 == column[b] for a, b in pairs)
    for route in layers.routes.values():
        assert set(pairwise(route)) <= pairs


@given(graphs())
def test_crossings_counted_one_by_one(inputs: Inputs) -> None:
    """The fast count is the definition's."""
    layers = arrange(inputs)
    place = {slot: (c, i) for c, slots in enumerate(layers.columns) for i, slot in enumerate(slots)}
    count = 0
    for one, other in combinations(layers.links, 2):
        (c, start), (other_c, other_start) = place[one.source], place[other.source]
        if c == other_c:
            end = place[one.target][1] + one.port
            other_end = place[other.target][1] + other.port
            count += (start - other_start) * (end - other_end) < 0
    assert crossings(layers) == count


def test_two_crossing_links() -> None:
    """The smallest crossing there is."""
    assert crossings(Layers([[0, 1], [2, 3]], [Link(0, 3, 0.0), Link(1, 2, 0.0)])) == 1


@given(st.data())
def test_a_tree_has_no_crossings(data: st.DataObject) -> None:
    """Where every box is used at most once, nothing needs to cross."""
    inputs: Inputs = []
    free: list[int] = []
    for box in range(data.draw(st.integers(1, 25))):
        taken = data.draw(st.lists(st.sampled_from(free), unique=True, max_size=3)) if free else []
        free = [*(i for i in free if i not in taken), box]
        inputs.append(taken)
    assert crossings(arrange(inputs)) == 0


def test_crossings_are_removed_by_sweeps() -> None:
    """Two ops on the same two inputs, in opposite order, and one on each result."""
    inputs: Inputs = [[], [], [1], [0], [2], [3], [5, 4]]
    assert crossings(arrange(inputs)) == 0


def test_a_chain_is_drawn_in_one_line() -> None:
    """Each box stands at the height of the one before."""
    boxes = lay_out([[], [0], [1], [2]], [(50.0, 40.0)] * 4).boxes
    assert [box.y for box in boxes] == pytest.approx([boxes[0].y] * 4)


def test_nothing_to_lay_out() -> None:
    """An empty drawing has no boxes, and no edges."""
    layout = lay_out([], [])
    assert (layout.boxes, layout.edges) == ((), ())


@given(st.lists(st.tuples(st.floats(-100, 100), st.floats(0.1, 10)), max_size=12))
def test_isotonic_regression(points: list[tuple[float, float]]) -> None:
    """As in its explicit form: the largest, over starts, of the least mean up to an end."""

    def mean(start: int, end: int) -> float:
        total = sum(w for _, w in points[start : end + 1])
        return sum(v * w for v, w in points[start : end + 1]) / total

    n = len(points)
    expected = [max(min(mean(j, k) for k in range(i, n)) for j in range(i + 1)) for i in range(n)]
    got = isotonic([v for v, _ in points], [w for _, w in points])
    assert got == pytest.approx(expected, abs=1e-9)
