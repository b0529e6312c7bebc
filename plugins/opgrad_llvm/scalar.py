"""Straight-line code: the numbers of a program, one instruction after the other.

LLVM takes more than linear time for a function, so the code is cut into functions of some hundred
nodes. A number that goes from one to another has a word of the frame.
"""

from __future__ import annotations

from collections.abc import Sequence

import opgrad as og
from opgrad_llvm.code import Code
from opgrad_llvm.kinds import SIZE, Kind
from opgrad_llvm.layout import Layout
from opgrad_llvm.roles import Roles
from opgrad_llvm.unit import Unit
from opgrad_llvm.views import Block, View, part_of

CHUNK = 500
"""Nodes of one function."""


def emit_scalars(
    unit: Unit, name: str, nodes: Sequence[og.Node], roles: Roles, layout: Layout
) -> list[str]:
    """Write the functions that compute these nodes; their names, in order."""
    segment = _Segment(unit, nodes, roles, layout)
    return segment.write(name)


class _Segment:
    def __init__(self, unit: Unit, nodes: Sequence[og.Node], roles: Roles, layout: Layout) -> None:
        self.unit, self.nodes, self.roles, self.layout = unit, nodes, roles, layout
        self.chunks = [nodes[k : k + CHUNK] for k in range(0, len(nodes), CHUNK)]
        self.home = {node: k for k, chunk in enumerate(self.chunks) for node in chunk}
        self.stores: dict[og.Node, list[View]] = {}
        self.cleared: list[View] = []
        for node in nodes:
            if roles.of[node] == "gather":
                self._spread(node)
        self.crossing = self._crossing()
        self.word: dict[og.Node, int] = {}

    def _spread(self, node: og.Node) -> None:
        """Store the values of an array where they are computed, if no element has two."""
        view = self.roles.views[node]
        parts = [part_of(view.block, index) for index in node.params["indices"]]
        places = {part.offset for part in parts}
        if len(places) < view.block.size:
            self.cleared.append(view)
        if len(places) == len(parts):
            for x, part in zip(node.inputs, parts, strict=True):
                if x in self.home:
                    self.stores.setdefault(x, []).append(part)

    def _crossing(self) -> dict[og.Node, int]:
        """Numbers that later chunks need, each with the last one that does."""
        home, of = self.home, self.roles.of
        last: dict[og.Node, int] = {}
        for node, k in home.items():
            if of[node] == "load":
                continue
            block = self.roles.views[node].block if of[node] == "gather" else None
            for x in node.inputs:
                if home.get(x, k) != k and of[x] != "load" and not self.is_stored(x, block):
                    last[x] = k
        return last

    def is_stored(self, x: og.Node, block: Block | None) -> bool:
        """Whether a number goes to an array where it is computed."""
        return any(part.block is block for part in self.stores.get(x, ()))

    def write(self, name: str) -> list[str]:
        ends: dict[int, list[int]] = {}
        names = []
        layout = self.layout
        for k, chunk in enumerate(self.chunks):
            code = Code(1, first=2)
            body = _Body(self, code)
            if k == 0:
                for view in self.cleared:
                    body.clear(view.block)
            for node in chunk:
                body.compute(node)
                word = layout.word_of.get(node)
                if word is None and node in self.crossing:
                    word = self.word[node] = layout.slot()
                    ends.setdefault(self.crossing[node], []).append(word)
                if word is not None and node in body.refs:
                    kind = self.roles.kinds[node]
                    code.store(body.refs[node], layout.at(code, word), kind)
            layout.release(ends.pop(k, ()))
            names.append(f"{name}_{k}")
            self.unit.function(names[-1], code)
        return names


class _Body:
    """One function."""

    def __init__(self, segment: _Segment, code: Code) -> None:
        self.segment, self.code = segment, code
        self.refs: dict[og.Node, str] = {}
        self._addresses: dict[Block, str] = {}

    def compute(self, node: og.Node) -> None:
        """Write the instructions of a node."""
        segment = self.segment
        rule = segment.roles.rules.get(node)
        if rule is not None:
            arguments = [
                self.ref(x, kind) for x, kind in zip(node.inputs, rule.inputs, strict=True)
            ]
            ref = self.refs[node] = rule.emit(self.code, rule.kind, *arguments)
        elif segment.roles.of[node] == "load":
            if node not in segment.layout.word_of and node not in segment.stores:
                return  # read where it is needed
            ref = self.refs[node] = self._element(segment.roles.views[node])
        else:
            self._gather(node)
            return
        if node in segment.stores:
            for part in segment.stores[node]:
                self._put(ref, segment.roles.kinds[node], part)

    def ref(self, x: og.Node, kind: Kind) -> str:
        """A number, as that kind."""
        ref = self.refs.get(x)
        if ref is None:
            if isinstance(x, og.Constant):
                return self.code.constant(x.data, kind)
            ref = self.refs[x] = self._fetch(x)
        given = self.segment.roles.kinds[x]
        return ref if given == kind else self.code.cast(ref, given, kind)

    def _fetch(self, x: og.Node) -> str:
        """Read a number that another function computed."""
        segment = self.segment
        if segment.roles.of[x] == "load" and x in segment.home:
            return self._element(segment.roles.views[x])
        word = segment.word.get(x)
        if word is None:
            word = segment.layout.word_of[x]
        return self.code.load(segment.layout.at(self.code, word), segment.roles.kinds[x])

    def _address(self, block: Block) -> str:
        found = self._addresses.get(block)
        if found is None:
            found = self._addresses[block] = self.segment.layout.address(self.code, block)
        return found

    def _element(self, view: View) -> str:
        kind = view.block.kind
        return self.code.load(self.code.at(self._address(view.block), view.offset, kind), kind)

    def _put(self, ref: str, given: Kind, part: View, add: bool = False) -> None:
        code, kind = self.code, part.block.kind
        ref = code.cast(ref, given, kind)
        place = code.at(self._address(part.block), part.offset, kind)
        if add:
            sum_ = "fadd" if kind[0] == "f" else "add"
            ref = code.let(f"{sum_} {code.type(kind)} {code.load(place, kind)}, {ref}")
        code.store(ref, place, kind)

    def _gather(self, node: og.Node) -> None:
        block = self.segment.roles.views[node].block
        seen: set[int] = set()
        for x, index in zip(node.inputs, node.params["indices"], strict=True):
            part = part_of(block, index)
            if not self.segment.is_stored(x, block):
                self._put(self.ref(x, block.kind), block.kind, part, add=part.offset in seen)
            seen.add(part.offset)

    def clear(self, block: Block) -> None:
        """Fill a block with zeros."""
        self.code.intrinsics.add("declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)")
        place, count = self._address(block), block.size * SIZE[block.kind]
        self.code.do(f"call void @llvm.memset.p0.i64(ptr {place}, i8 0, i64 {count}, i1 false)")
