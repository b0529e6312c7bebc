"""How the nodes of a loop are spread over kernels, and what the scratch area has for them."""

from __future__ import annotations

from collections.abc import Sequence

import opgrad as og
from opgrad_llvm import folds
from opgrad_llvm.code import Code
from opgrad_llvm.kinds import SIZE, Kind
from opgrad_llvm.layout import Layout
from opgrad_llvm.nest import Nest, Reduction
from opgrad_llvm.roles import Roles
from opgrad_llvm.schedule import Step
from opgrad_llvm.target import host
from opgrad_llvm.tiles import Tile, sums_of, tiles

LONGEST = 1000
"""Nodes of one kernel."""
BLOCK = 96
"""Elements that several kernels take turns on."""
ALONE = 8192
"""Elements after which a kernel that is alone puts its sums away: long sums lose precision."""
IN_REGISTERS = 12
"""Sums of one kernel up to which they stay in registers."""


class Plan:
    """What the kernels of one loop have in common.

    Attributes:
        name: of the loop.
        nest: its axes.
        lanes: elements of a vector.
        parts: the nodes of each kernel.
        tiles: the numbers of those parts that have nothing but sums, and these in registers.
        full: reductions to one number, whose vectors of sums are in the scratch area.
        added: reductions whose results are added up in memory, and so must be prepared.
        inside: the kind that each reduction is computed in.
        scratch: the bytes of the scratch area.
    """

    def __init__(
        self, name: str, step: Step, nest: Nest, roles: Roles, layout: Layout, lanes: int
    ) -> None:
        self.name, self.nest, self.roles, self.layout, self.lanes = name, nest, roles, layout, lanes
        self.full = [r for r in nest.reductions if r.is_full]
        self.tiles: set[int] = set()
        self.parts = self._parts(step.nodes)
        self.added = [r for r in nest.reductions if not r.is_full and self._is_added(r)]
        self.inside = {r: self._inside(r) for r in nest.reductions}
        self.scratch = 0
        self._sums: dict[Reduction, int] = {}
        for reduction in self.full:
            self._sums[reduction] = self.scratch
            self.scratch += lanes * SIZE[self.inside[reduction]]
        self.scratch = -(-self.scratch // 64) * 64
        self._between = self._places(self.parts)

    def _parts(self, nodes: Sequence[og.Node]) -> list[Sequence[og.Node]]:
        """The nodes of each kernel: many sums in tiles, each after what it adds up."""
        found = self._tiles(nodes)
        inside = {node for tile in found for node in tile.nodes}
        others = [node for node in nodes if node not in inside]
        count = -(-len(others) // LONGEST)
        size = -(-len(others) // max(count, 1))
        chunks = [others[k : k + size] for k in range(0, len(others), size or 1)]
        home = {node: k for k, part in enumerate(chunks) for node in part}
        after: dict[int, list[Sequence[og.Node]]] = {}
        for tile in found:
            ready = max((home.get(x, -1) for x in tile.operands), default=-1)
            after.setdefault(ready, []).append(tile.nodes)
        parts: list[Sequence[og.Node]] = []
        for k, chunk in enumerate([(), *chunks], -1):
            parts += [chunk] if chunk else []
            for tile_nodes in after.get(k, ()):
                self.tiles.add(len(parts))
                parts.append(tile_nodes)
        return parts

    def _tiles(self, nodes: Sequence[og.Node]) -> list[Tile]:
        if len(self.full) <= IN_REGISTERS:
            return []
        reductions = [r.node for r in self.full]
        wide = max(self.lanes * SIZE[self._inside(r)] for r in self.full) // host().vector_bytes
        size = host().registers // 2 // max(wide, 1)
        return tiles(sums_of(nodes, reductions, self.nest.writes), size)

    @property
    def is_single(self) -> bool:
        """Whether one kernel does it all, rows included."""
        return len(self.parts) == 1

    @property
    def rows_inside(self) -> int:
        """How many axes besides the innermost the kernel itself goes over."""
        return len(self.nest.lengths) - 1 if self.is_single else 0

    def _is_added(self, reduction: Reduction) -> bool:
        return reduction.repeats(self.nest.lengths) or (reduction.is_row and not self.is_single)

    def _inside(self, reduction: Reduction) -> Kind:
        node = reduction.node
        assert node.x is not None
        kinds = self.roles.kinds
        return folds.inside(node.op, kinds[node.x], kinds[node], many=reduction.is_row)

    def _places(self, parts: Sequence[Sequence[og.Node]]) -> dict[og.Node, int]:
        """Where in the scratch area values are that go from one kernel to another."""
        home = {node: k for k, part in enumerate(parts) for node in part}
        last: dict[og.Node, int] = {}
        for node, k in home.items():
            for x in node.inputs:
                if home.get(x, k) != k:
                    last[x] = k
        room = BLOCK * max(self.lanes, 8) + 64  # not a power of two, for the caches' sake
        free: list[int] = []
        places: dict[og.Node, int] = {}
        ends: dict[int, list[int]] = {}
        for k, part in enumerate(parts):
            for node in part:
                if node in last:
                    if not free:
                        free.append(self.scratch)
                        self.scratch += room
                    places[node] = free.pop()
                    ends.setdefault(last[node], []).append(places[node])
            free += ends.pop(k, [])
        return places

    def between(self, node: og.Node) -> int | None:
        """Where in the scratch area the values of a node are, if another kernel needs them."""
        return self._between.get(node)

    def sum_at(self, code: Code, scratch: str, reduction: Reduction) -> str:
        """The address of a reduction's vector of sums."""
        return code.at(scratch, self._sums[reduction], "i1")
