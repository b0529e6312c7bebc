"""Tiles: many sums of products, a block of elements at a time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import opgrad as og
from opgrad_llvm.tiles import Sum, tiles
from tests.compiled.llvm.programs import MANY, assert_same


def leaf() -> og.Node:
    """Anything that can be multiplied."""
    return og.Value(1.0)


def products(rows: int, columns: int) -> list[Sum]:
    """A sum for each product of one of some and one of others."""
    a, b = [leaf() for _ in range(rows)], [leaf() for _ in range(columns)]
    return [Sum([leaf()], (x, y)) for x in a for y in b]


def test_tiles_hold_every_sum_once() -> None:
    """None is lost, and none computed twice."""
    sums = products(7, 9)
    made = [node for tile in tiles(sums, 16) for node in tile.nodes]
    assert len(made) == len(set(made))
    assert set(made) == {node for item in sums for node in item.nodes}


def test_tiles_are_as_square_as_can_be() -> None:
    """Sixteen products take eight operands, not seventeen."""
    assert [len(tile.operands) for tile in tiles(products(8, 8), 16)] == [8] * 4


def test_a_tile_has_room_for_so_many_sums() -> None:
    """No more than there are registers for."""
    sizes = [len(tile.nodes) for tile in tiles(products(9, 9), 8)]
    assert max(sizes) == 8
    assert sum(sizes) == 81


def test_sums_that_share_nothing_make_no_tiles() -> None:
    """Each would be read from memory anyway."""
    assert tiles([Sum([leaf()], (leaf(),)) for _ in range(20)], 8) == []


def layer(x: Any, y: Any) -> Any:
    """Sums of all products of some columns and others, and of the columns themselves."""
    a = [np.exp(x * (0.1 * k)) for k in range(6)]
    b = [np.maximum(y, 0.1 * k) for k in range(5)]
    sums = [[np.sum(p * q) for q in b] for p in a]
    return sums, [np.sum(q) for q in b], np.max(a[1] * b[1]), a[2] * b[2]


@pytest.mark.parametrize("length", MANY)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_sums_of_products(length: int, dtype: Any) -> None:
    """Of every length; a product that is a result is one too."""
    x = np.random.default_rng(0).uniform(0.5, 1.5, (2, length)).astype(dtype)
    assert_same(layer, x[0], x[1], ulps=64)


@pytest.mark.parametrize("shape", [(3, 17), (2, 3, 8), (5, 1)])
def test_sums_over_several_axes(shape: tuple[int, ...]) -> None:
    """One of the arrays is broadcast."""
    x = np.random.default_rng(0).uniform(0.5, 1.5, shape)
    assert_same(layer, x, x[..., :1], ulps=64)


def test_a_square_needs_one_operand() -> None:
    """The sum of x * x, beside those of other products."""

    def f(x: Any) -> Any:
        a = [x * float(k + 1) for k in range(6)]
        return [np.sum(p * q) for p in a for q in a]

    assert_same(f, np.linspace(0.5, 1.5, 77), ulps=64)
