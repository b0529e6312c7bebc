"""A graph as an SVG picture."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import opgrad as og
from opgrad import Graph, Value
from opgrad.draw import MAX_NODES, DrawError

SVG = "{http://www.w3.org/2000/svg}"
Element = ElementTree.Element


def classic() -> Graph:
    """a + b * c, through a relu."""
    a, b, c = Value(2), Value(-3), Value(10)
    d = a + b * c
    e = d.relu()
    e.backward()
    return Graph.of(e, names={a: "a", b: "b", c: "c", d: "d", e: "e"})


def parse(graph: Graph) -> Element:
    """The picture as XML."""
    return ElementTree.fromstring(graph.to_svg())


def drawn(root: Element) -> list[Element]:
    """The groups that show one node each."""
    return [g for g in root.iter(f"{SVG}g") if "data-node" in g.attrib]


def texts(group: Element) -> list[str]:
    """The lines of text in one node's box."""
    return [text.text or "" for text in group.iter(f"{SVG}text")]


def edges(root: Element) -> list[str]:
    """The edges, as source-target."""
    paths = root.iter(f"{SVG}path")
    return sorted(path.attrib["data-edge"] for path in paths)


def test_each_node_of_the_classic_example_once() -> None:
    """Name, op, value and gradient of each."""
    assert [texts(group) for group in drawn(parse(classic()))] == [
        ["a", "2", "grad 0"],
        ["b", "-3", "grad 0"],
        ["c", "10", "grad 0"],
        ["mul", "-30", "grad 0"],
        ["d = add", "-28", "grad 0"],
        ["e = relu", "0", "grad 1"],
    ]


def test_each_edge_of_the_classic_example_once() -> None:
    """From inputs to the ops that take them."""
    assert edges(parse(classic())) == ["0-4", "1-3", "2-3", "3-4", "4-5"]


def test_an_input_taken_twice_has_two_edges() -> None:
    """x * x shows both arguments."""
    x = Value(3)
    assert edges(parse(Graph.of(x * x))) == ["0-1", "0-1"]


def test_inputs_constants_ops_and_outputs_look_different() -> None:
    """Each has its own fill, frame and corners; an output has a second frame."""
    x = Value(3)
    looks = {}
    for group in drawn(parse(Graph.of((x * 2).relu()))):
        frame, *second = group.findall(f"{SVG}rect")
        kind = group.attrib["data-kind"]
        looks[kind] = (*(frame.attrib[key] for key in ("fill", "stroke", "rx")), len(second))
    assert set(looks) == {"input", "constant", "op", "op output"}
    fills, strokes, _, second_frames = zip(*looks.values(), strict=True)
    assert len(set(fills)) == len(set(strokes)) == 4
    assert len({look[2] for look in looks.values()}) == 3
    assert dict(zip(looks, second_frames, strict=True))["op output"] == 1
    assert sum(second_frames) == 1


def test_its_own_paper() -> None:
    """The first thing drawn is a background over the whole picture."""
    root = parse(classic())
    assert root[0].tag == f"{SVG}rect"
    assert (root[0].attrib["width"], root[0].attrib["height"]) == (
        root.attrib["width"],
        root.attrib["height"],
    )
    assert root[0].attrib["fill"] == "#ffffff"


def test_nothing_that_leaks_into_the_page() -> None:
    """Several pictures can stand in one page: no ids, no styles, no scripts."""
    for element in parse(classic()).iter():
        assert "id" not in element.attrib
        assert element.tag not in {f"{SVG}style", f"{SVG}script", f"{SVG}defs"}


def test_text_is_escaped() -> None:
    """Markup in a name is shown, not obeyed."""
    x = Value(1)
    (group,) = drawn(parse(Graph.of(x, names={x: "<b>&amp;\"'"})))
    assert texts(group)[0] == "<b>&amp;\"'"


@given(st.text(st.characters(codec=None), min_size=1, max_size=20))
def test_any_name_makes_valid_xml(name: str) -> None:
    """Control characters and lone surrogates too, of which XML can hold none."""
    x = Value(1)
    svg = Graph.of(x, names={x: name}).to_svg()
    assert len(drawn(ElementTree.fromstring(svg.encode()))) == 1


def test_long_names_are_cut_and_shown_whole_in_the_tooltip() -> None:
    """A box does not grow beyond all measure."""
    x = Value(1)
    (group,) = drawn(parse(Graph.of(x, names={x: "n" * 100})))
    assert texts(group)[0] == "n" * 31 + "…"
    assert group.findtext(f"{SVG}title") == "n" * 100 + "\n1"


def test_boxes_are_as_wide_as_their_text() -> None:
    """One more character makes a wider box; a full-width one counts twice, an accent not at all."""

    def width(name: str) -> float:
        x = Value(1)
        (group,) = drawn(parse(Graph.of(x, names={x: name})))
        return float(group.find(f"{SVG}rect").attrib["width"])  # type: ignore[union-attr]  # each has one

    assert width("a" * 10) < width("a" * 11) < width("a" * 12)
    assert width("結果結果結") == width("a" * 10)
    assert width("e\u0301" * 10) == width("e" * 10)


def test_arrays() -> None:
    """An array is shown by its dtype and shape."""
    x = Value(np.ones((3, 2)))
    assert texts(drawn(parse(Graph.of(x * x)))[1]) == ["mul", "float64[3, 2]"]


def test_several_outputs() -> None:
    """Each is marked, also one that others depend on."""
    x = Value(1)
    y = x + x
    kinds = [group.attrib["data-kind"] for group in drawn(parse(Graph.of(y, y.relu())))]
    assert kinds == ["input", "op output", "op output"]


def test_the_empty_graph() -> None:
    """It is an empty sheet."""
    assert drawn(parse(Graph.of())) == []


def _chain(length: int) -> Graph:
    x = Value(1.0)
    y = x
    for _ in range(length - 1):
        y = y + x
    return Graph.of(y)


def test_the_largest_picture() -> None:
    """A chain of 400 nodes, each of which also takes the first, is drawn whole."""
    root = parse(_chain(MAX_NODES))
    assert len(drawn(root)) == MAX_NODES
    assert len(edges(root)) == 2 * (MAX_NODES - 1)


def test_larger_graphs_are_refused_with_advice() -> None:
    """The error says how many are too many, and what to do instead."""
    with pytest.raises(DrawError, match=r"at most 400 nodes.*has 401.*to_dot") as caught:
        _chain(MAX_NODES + 1).to_svg()
    assert isinstance(caught.value, og.OpgradError)
    assert isinstance(caught.value, ValueError)


def test_notebooks_show_the_picture() -> None:
    """IPython asks for _repr_svg_."""
    graph = classic()
    assert graph._repr_svg_() == graph.to_svg()


def test_notebooks_show_no_picture_of_a_graph_too_large() -> None:
    """They fall back on the short form."""
    assert _chain(MAX_NODES + 1)._repr_svg_() is None
