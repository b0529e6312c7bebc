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

LONGEST = 1000
"""Nodes of one kernel."""
BLOCK = 64
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
        full: reductions to one number, whose vectors of sums are in the scratch area.
        added: reductions whose results are added up in memory, and so must be prepared.
        inside: the kind that each reduction is computed in.
        scratch: the bytes of the scratch area.
    """

    def __init__(
        self, name: str, step: Step, nest: Nest, roles: Roles, layout: Layout, lanes: int
    ) -> None:
        self.name, self.nest, self.roles, self.layout, self.lanes = name, nest, roles, layout, lanes
        count = -(-len(step.nodes) // LONGEST)
        size = -(-len(step.nodes) // count)
        self.parts = [step.nodes[k : k + size] for k in range(0, len(step.nodes), size)]
        self.full = [r for r in nest.reductions if r.is_full]
        self.added = [r for r in nest.reductions if not r.is_full and self._is_added(r)]
        self.inside = {r: self._inside(r) for r in nest.reductions}
        self.scratch = 0
        self._sums: dict[Reduction, int] = {}
        for reduction in self.full:
            self._sums[reduction] = self.scratch
            self.scratch += lanes * SIZE[self.inside[reduction]]
        self.scratch = -(-self.scratch // 64) * 64
        self._between = self._places(self.parts)

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
        room = BLOCK * max(self.lanes, 8)
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
