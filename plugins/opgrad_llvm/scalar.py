"""Straight-line code: the numbers of a program, one instruction after the other.

LLVM takes more than linear time for a function, so the code is cut into functions of some hundred
nodes. A number that goes from one to another has a word of the frame.

A program may be nothing but this, of a million nodes: what is done for each of them is written out,
where elsewhere it would be a function.
"""

from __future__ import annotations

from collections import defaultdict
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
    return Segment(nodes, roles, layout).write(unit, name)


class Segment:
    """Nodes of straight-line code, cut into chunks.

    Attributes:
        home: the chunk that computes each node.
        stores: elements of arrays that a number goes to where it is computed.
        words: where in the frame numbers are that other chunks need.
        constants: literals that have been written, by kind.
    """

    def __init__(self, nodes: Sequence[og.Node], roles: Roles, layout: Layout) -> None:
        self.roles, self.layout = roles, layout
        self.chunks = [nodes[k : k + CHUNK] for k in range(0, len(nodes), CHUNK)]
        self.home = {node: k for k, chunk in enumerate(self.chunks) for node in chunk}
        self.stores: dict[og.Node, list[View]] = {}
        self.cleared: list[Block] = []
        for node in nodes:
            if roles.of[node] == "gather":
                self._spread(node)
        self.crossing = self._crossing()
        self.words = dict(layout.word_of)
        self.constants: defaultdict[Kind, dict[og.Node, str]] = defaultdict(dict)

    def _spread(self, node: og.Node) -> None:
        """Store the values of an array where they are computed, if no element has two."""
        block = self.roles.views[node].block
        parts = [part_of(block, index) for index in node.params["indices"]]
        places = {part.offset for part in parts}
        if len(places) < block.size:
            self.cleared.append(block)
        if len(places) == len(parts):
            for x, part in zip(node.inputs, parts, strict=True):
                if x in self.home:
                    self.stores.setdefault(x, []).append(part)

    def _crossing(self) -> dict[og.Node, int]:
        """Numbers that later chunks need, each with the last one that does."""
        home, of, inputs = self.home, self.roles.of, self.roles.inputs
        last: dict[og.Node, int] = {}
        for k, chunk in enumerate(self.chunks):
            for node in chunk:
                for x in inputs[node]:
                    if home.get(x, k) != k and of[x] == "scalar":
                        last[x] = k
        return last

    def is_stored(self, x: og.Node, block: Block) -> bool:
        """Whether a number goes to an array where it is computed."""
        return any(part.block is block for part in self.stores.get(x, ()))

    def write(self, unit: Unit, name: str) -> list[str]:
        """Write the functions; their names."""
        ends: defaultdict[int, list[int]] = defaultdict(list)
        names = []
        for k, chunk in enumerate(self.chunks):
            kept = []
            for node in chunk:
                if node in self.crossing and node not in self.words:
                    word = self.words[node] = self.layout.slot()
                    ends[self.crossing[node]].append(word)
                if node in self.words or node in self.stores:
                    kept.append(node)
            body = _Body(self)
            if k == 0:
                for block in self.cleared:
                    body.clear(block)
            body.compute(chunk, set(kept))
            self.layout.release(ends.pop(k, ()))
            names.append(f"{name}_{k}")
            unit.function(names[-1], body.code)
        return names


class _Body:
    """One function.

    Attributes:
        refs: the names of what has been computed, read, or cast, by kind.
    """

    def __init__(self, segment: Segment) -> None:
        self.segment, self.roles, self.layout = segment, segment.roles, segment.layout
        self.code = Code(1, first=2)
        self.refs: defaultdict[Kind, dict[og.Node, str]] = defaultdict(dict)
        self._addresses: dict[Block, str] = {}

    def compute(self, nodes: Sequence[og.Node], kept: set[og.Node]) -> None:
        """Write the instructions of nodes; put away the results that are kept."""
        rules, refs, code, find = self.roles.rules, self.refs, self.code, self.ref
        let = code.let
        for node in nodes:
            rule = rules.get(node)
            if rule is None:
                self._read_or_gather(node, kept)
                continue
            if rule.instruction:
                known = refs[rule.kind]
                x, y = node.x, node.y
                assert x is not None
                assert y is not None
                a = known.get(x) or find(x, rule.kind)
                b = known.get(y) or find(y, rule.kind)
                ref = let(f"{rule.instruction} {a}, {b}")
            else:
                arguments = [
                    refs[kind].get(x) or find(x, kind)
                    for x, kind in zip(node.inputs, rule.inputs, strict=True)
                ]
                ref = rule.emit(code, rule.kind, *arguments)
            refs[rule.output][node] = ref
            if node in kept:
                self._keep(node, ref)

    def _keep(self, node: og.Node, ref: str) -> None:
        segment, kind = self.segment, self.roles.kinds[node]
        word = segment.words.get(node)
        if word is not None:
            self.code.store(ref, self.layout.at(self.code, word), kind)
        for part in segment.stores.get(node, ()):
            self._put(ref, kind, part)

    def _read_or_gather(self, node: og.Node, kept: set[og.Node]) -> None:
        if self.roles.of[node] == "gather":
            self._gather(node)
        elif node in kept:  # others are read where they are needed
            self._keep(node, self.ref(node, self.roles.kinds[node]))

    def ref(self, x: og.Node, kind: Kind) -> str:
        """A number as that kind, brought there if need be."""
        known = self.refs[kind]
        ref = known.get(x)
        if ref is None:
            ref = known[x] = self._bring(x, kind)
        return ref

    def _bring(self, x: og.Node, kind: Kind) -> str:
        if isinstance(x, og.Constant):
            literals = self.segment.constants[kind]
            if x not in literals:
                literals[x] = self.code.constant(x.data, kind)
            return literals[x]
        given = self.roles.kinds[x]
        if given != kind:
            return self.code.cast(self.ref(x, given), given, kind)
        if self.roles.of[x] == "load" and x in self.segment.home:
            return self._element(self.roles.views[x])
        return self.code.load(self.layout.at(self.code, self.segment.words[x]), kind)

    # -- elements of arrays --------------------------------------------------------------------

    def _address(self, block: Block) -> str:
        found = self._addresses.get(block)
        if found is None:
            found = self._addresses[block] = self.layout.address(self.code, block)
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
        """Store the values that are not stored where they are computed."""
        block = self.roles.views[node].block
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
