"""Containers taken apart and put together without optree."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from opgrad.compiler.structures import builder, reader
from opgrad.containers import flatten


class Pair(NamedTuple):
    """A container that is not one of Python's own."""

    x: float
    y: float


PLAIN = [
    1.0,
    (1.0,),
    [1.0, 2.0],
    [],
    (1.0, [2.0, 3.0]),
    ([1.0], (), [[2.0], (3.0, 4.0)]),
    [[], 1.0],
]


@pytest.mark.parametrize("tree", PLAIN)
def test_a_container_is_built_of_its_leaves(tree: Any) -> None:
    """Of lists and tuples in each other."""
    leaves, structure = flatten(tree)
    build = builder(structure)
    assert build is not None
    assert build(leaves) == tree
    assert build(tuple(leaves)) == tree


@pytest.mark.parametrize("tree", PLAIN)
def test_leaves_are_read_in_order(tree: Any) -> None:
    """What was built is taken apart."""
    leaves, structure = flatten(tree)
    read = reader(structure)
    found: list[Any] = []
    assert read is not None
    assert read(tree, found)
    assert found == leaves


@pytest.mark.parametrize("tree", [Pair(1.0, 2.0), [Pair(1.0, 2.0)], (None, 1.0)])
def test_other_containers_are_left_to_optree(tree: Any) -> None:
    """Also inside Python's own."""
    structure = flatten(tree)[1]
    assert builder(structure) is None
    assert reader(structure) is None
