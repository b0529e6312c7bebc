"""Tiles: sums of products, taken together so that what they multiply is read once for many.

The gradient by the weights of a layer is a sum, over the samples, of each product of one of its
inputs and one of its outputs' cotangents: hundreds of sums, more than there are registers. One by
one, each is read from memory and written back for every vector. As a product of two matrices is
computed, block by block, some of the inputs and some of the cotangents make a *tile*, whose sums
stay in registers while a block of samples goes by.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import opgrad as og


@dataclass(frozen=True, eq=False)
class Sum:
    """A reduction, and what it is of.

    Attributes:
        nodes: the reduction, and before it the product that nothing else needs, if it is of one.
        operands: of the product; or what is reduced.
    """

    nodes: list[og.Node]
    operands: tuple[og.Node, ...]


@dataclass(eq=False)
class Tile:
    """Sums that are computed together.

    Attributes:
        nodes: their nodes.
        operands: what these read.
    """

    nodes: list[og.Node] = field(default_factory=list)
    operands: set[og.Node] = field(default_factory=set)


def tiles(sums: Sequence[Sum], size: int) -> list[Tile]:
    """The sums in tiles of at most ``size`` sums; none if they share too little to save a read."""
    left = dict.fromkeys(sums)
    by_operand: dict[og.Node, list[Sum]] = {}
    for item in sums:
        for x in dict.fromkeys(item.operands):
            by_operand.setdefault(x, []).append(item)
    found = []
    read = 0
    while left:
        found.append(_tile(left, by_operand, size))
        read += len(found[-1].operands)
    return found if read < len(sums) else []


def _tile(left: dict[Sum, None], by_operand: dict[og.Node, list[Sum]], size: int) -> Tile:
    """One tile, of sums that are no longer left: always the operand that brings in most."""
    tile = Tile()
    brings: dict[og.Node, int] = {}
    count = 0

    def take(x: og.Node) -> None:
        nonlocal count
        tile.operands.add(x)
        brings.pop(x, None)
        by_operand[x] = mine = [item for item in by_operand[x] if item in left]
        for item in mine:
            others = [y for y in item.operands if y not in tile.operands]
            if others:
                brings[others[0]] = brings.get(others[0], 0) + 1
            elif count < size:
                count += 1
                tile.nodes += item.nodes
                del left[item]

    for x in dict.fromkeys(next(iter(left)).operands):
        take(x)
    while count < size and brings:
        take(max(brings, key=brings.__getitem__))
    return tile


def sums_of(
    nodes: Sequence[og.Node], reductions: Iterable[og.Node], kept: Iterable[og.Node]
) -> list[Sum]:
    """What each reduction of a loop is of.

    Args:
        nodes: of the loop.
        reductions: those of interest.
        kept: nodes that others than the loop need.
    """
    uses: dict[og.Node, int] = dict.fromkeys(kept, 2)
    products = set()
    for node in nodes:
        for x in node.inputs:
            uses[x] = uses.get(x, 0) + 1
        op = node.op
        if op is not None and op.name == "multiply" and op.elementwise:
            products.add(node)
    found = []
    for node in reductions:
        [x] = node.inputs
        if x in products and uses[x] == 1:
            found.append(Sum([x, node], x.inputs))
        else:
            found.append(Sum([node], (x,)))
    return found
