"""A graph's names, size and short form."""

from __future__ import annotations

from typing import Any

import pytest

from opgrad import Graph, Value
from opgrad.draw import DrawError


def test_length() -> None:
    """A graph is as long as it has nodes."""
    assert len(Graph.of(Value(1) + Value(2))) == 3


def test_repr_is_short() -> None:
    """However many nodes there are."""
    assert repr(Graph.of(Value(1) + Value(2))) == "<Graph: nodes=3, inputs=2, outputs=1>"


def test_names_of_nodes_elsewhere_are_ignored() -> None:
    """So one mapping serves for many graphs."""
    x, y = Value(1), Value(2)
    assert dict(Graph.of(x, names={x: "x", y: "y"}).names) == {x: "x"}


def test_two_nodes_cannot_share_a_name() -> None:
    """The error names both."""
    x, y = Value(1), Value(2)
    with pytest.raises(DrawError, match=r"two nodes are named 'w': Value\(data=1.*Value\(data=2"):
        Graph.of(x + y, names={x: "w", y: "w"})


def test_names_are_frozen() -> None:
    """The mapping is a copy, and cannot be written to."""
    x = Value(1)
    given = {x: "x"}
    names: Any = Graph.of(x, names=given).names
    given[x] = "other"
    assert names[x] == "x"
    with pytest.raises(TypeError):
        names[x] = "y"


@pytest.mark.parametrize("output", [3, [Value(1.0)]], ids=["number", "list"])
def test_a_graph_is_made_of_values_only(output: Any) -> None:
    """A list of them is none; the error says what was given."""
    with pytest.raises(TypeError, match=f"takes Values, .* given {type(output).__name__} "):
        Graph.of(output)
