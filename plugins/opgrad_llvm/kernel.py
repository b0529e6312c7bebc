"""Kernels: the functions with a loop's innermost code."""

from __future__ import annotations

import opgrad as og
from opgrad_llvm import folds, lanes
from opgrad_llvm.code import Code
from opgrad_llvm.kinds import MEMORY, Kind
from opgrad_llvm.nest import Reduction
from opgrad_llvm.plan import IN_REGISTERS, Plan
from opgrad_llvm.unit import Unit
from opgrad_llvm.views import Block, View

SHORT = 150
"""Nodes up to which the code is written a second time, for the elements that fill no vector."""
HOISTED = 16
"""Numbers up to which they are put in vectors before the loop; more find no registers."""


class Kernel:
    """The function of one part of a loop's nodes, while it is written.

    ``(frame, scratch, from, to)``, where the range is one of the outermost axis if the kernel goes
    over all axes; else ``(frame, scratch, index of each outer axis, from, to)``, where it is one
    of the innermost axis.
    """

    def __init__(self, plan: Plan, number: int) -> None:
        self.plan, self.nodes = plan, plan.parts[number]
        self.name = f"{plan.name}_{number}"
        self.own = set(self.nodes)
        rows = len(plan.nest.lengths) - 1
        passed = 0 if plan.is_single else rows
        self.code = Code(plan.lanes, first=4 + passed)
        self.parameters = ", ".join(["ptr", "ptr", *["i64"] * (2 + passed)])
        self.rows = [f"%{2 + k}" for k in range(passed)] or [f"%i{k}" for k in range(rows)]
        self.range = (f"%{2 + passed}", f"%{3 + passed}")
        self.reductions = [r for r in plan.nest.reductions if r.node in self.own]
        inner = [r for r in self.reductions if r.is_row]
        in_registers = number in plan.tiles or len(inner) <= IN_REGISTERS
        self.kept = inner if in_registers else [r for r in inner if not r.is_full]
        self.block = "%entry"
        self.bases: dict[Block, str] = {}
        self.pointers: dict[og.Node, str] = {}
        self.targets: dict[Reduction, str] = {}
        self.hoisted: dict[og.Node, str] = {}
        self.length = plan.nest.lengths[-1]
        self.masked = bool(self.length % plan.lanes) and len(self.nodes) > SHORT

    # -- the function --------------------------------------------------------------------------

    def write(self, unit: Unit) -> None:
        """Write it."""
        code, plan = self.code, self.plan
        code.do("entry:")
        self._find()
        for axis in range(plan.rows_inside):
            first, _ = self._bounds(axis)
            code.do(f"br label %x{axis}")
            code.do(f"x{axis}:")
            code.do(f"%i{axis} = phi i64 [{first}, {self.block}], [%n{axis}, %y{axis}]")
            self.block = f"%x{axis}"
        self._point()
        self._row(*self._bounds(len(plan.nest.lengths) - 1))
        for axis in reversed(range(plan.rows_inside)):
            code.do(f"br label %y{axis}")
            code.do(f"y{axis}:")
            code.do(f"%n{axis} = add i64 %i{axis}, 1")
            more = code.let(f"icmp ult i64 %n{axis}, {self._bounds(axis)[1]}")
            code.do(f"br i1 {more}, label %x{axis}, label %z{axis}")
            code.do(f"z{axis}:")
        unit.function(self.name, code, self.parameters)

    def _bounds(self, axis: int) -> tuple[str, str]:
        rows = len(self.plan.nest.lengths) - 1
        if axis == (0 if self.plan.rows_inside else rows):
            return self.range
        return "0", str(self.plan.nest.lengths[axis])

    def _find(self) -> None:
        """Read the addresses of arrays, and the numbers that are the same for all elements."""
        reads = self.plan.nest.reads
        used = dict.fromkeys(x for node in self.nodes for x in node.inputs)
        views = [reads[x] for x in used if x in reads]
        views += [self.plan.nest.writes[x] for x in self.nodes if x in self.plan.nest.writes]
        views += [r.view for r in self.reductions if r.view is not None and not r.is_full]
        for view in views:
            if view.block not in self.bases:
                self.bases[view.block] = self.plan.layout.address(self.code, view.block)
        numbers = [x for x in used if self._is_number(x)]
        if len(numbers) <= HOISTED:
            for x in numbers:
                self.hoisted[x] = self._number(x)

    def _is_number(self, x: og.Node) -> bool:
        return not self.plan.roles.avals[x].shape and not isinstance(x, og.Constant)

    def _number(self, x: og.Node) -> str:
        kind = self.plan.roles.kinds[x]
        read = self.plan.layout.load(self.code.numbers(), x, kind)
        return lanes.splat(self.code, read, kind)

    def _point(self) -> None:
        """Compute the addresses of the row's first elements."""
        offsets: dict[tuple[int, ...], str] = {}
        plan = self.plan
        used = dict.fromkeys(x for node in self.nodes for x in node.inputs)
        for x in used:
            if x in plan.nest.reads:
                self.pointers[x] = self._first(plan.nest.reads[x], offsets)
        for x in self.nodes:
            if x in plan.nest.writes:
                self.pointers[x] = self._first(plan.nest.writes[x], offsets)
        for r in self.reductions:
            if not r.is_full:
                assert r.view is not None
                view = View(r.view.block, 0, plan.nest.lengths, r.strides)
                self.targets[r] = self._first(view, offsets)
        repeated = [x for x in used if x in plan.nest.reads and not plan.nest.reads[x].strides[-1]]
        if len(repeated) <= HOISTED:
            for x in repeated:
                self.hoisted[x] = self._repeated(x)

    def _first(self, view: View, offsets: dict[tuple[int, ...], str]) -> str:
        code, strides, kind = self.code, view.strides[:-1], view.block.kind
        base = code.at(self.bases[view.block], view.offset, kind)
        if not any(strides):
            return base
        if strides not in offsets:
            total = ""
            for index, stride in zip(self.rows, strides, strict=True):
                if stride:
                    part = code.let(f"mul i64 {index}, {stride}")
                    total = code.let(f"add i64 {total}, {part}") if total else part
            offsets[strides] = total
        return code.let(f"getelementptr {MEMORY[kind]}, ptr {base}, i64 {offsets[strides]}")

    def _repeated(self, x: og.Node) -> str:
        kind = self.plan.roles.kinds[x]
        return lanes.splat(self.code, self.code.numbers().load(self.pointers[x], kind), kind)

    # -- a row ---------------------------------------------------------------------------------

    def _row(self, start: str, stop: str) -> None:
        """The innermost loop, and what becomes of the sums."""
        code, plan = self.code, self.plan
        width, whole = plan.lanes, self.length - self.length % plan.lanes
        sums = {}
        for r in self.kept:
            kind = plan.inside[r]
            sums[r] = code.constant(folds.start(r.node.op, kind), kind)
        known = start == "0"  # and all of the row
        if self.masked or whole == self.length:
            sums = self._loop(start, stop, sums, known)
        else:
            if not known:
                short = code.let(f"icmp ult i64 {stop}, {whole}")
                sums = self._loop(
                    start, code.let(f"select i1 {short}, i64 {stop}, i64 {whole}"), sums, known
                )
            elif whole:
                sums = self._loop(start, str(whole), sums, known)
            sums = self._rest(whole, stop, width, sums, known)
        for r, ref in sums.items():
            self._put_away(r, ref)

    def _loop(
        self, start: str, stop: str, sums: dict[Reduction, str], known: bool
    ) -> dict[Reduction, str]:
        """Over all vectors of the range."""
        code, before = self.code, self.block
        if known:
            code.do("br label %v")
        else:
            any_ = code.let(f"icmp ult i64 {start}, {stop}")
            code.do(f"br i1 {any_}, label %v, label %w")
        code.do("v:")
        code.do(f"%j = phi i64 [{start}, {before}], [%k, %v]")
        at = len(code.lines)
        for k, r in enumerate(sums):
            code.do(f"%s{k} = phi {code.type(self.plan.inside[r])}")
        mask = lanes.lanes_below(code, "%j", str(self.length)) if self.masked else None
        new = self._body("%j", start, mask, {r: f"%s{k}" for k, r in enumerate(sums)})
        for k, (r, first) in enumerate(sums.items()):
            code.lines[at + k] += f" [{first}, {before}], [{new[r]}, %v]"
        code.do(f"%k = add i64 %j, {self.plan.lanes}")
        more = code.let(f"icmp ult i64 %k, {stop}")
        code.do(f"br i1 {more}, label %v, label %w")
        code.do("w:")
        self.block = "%w"
        return new if known else self._joined(sums, before, new, "%v")

    def _rest(
        self, whole: int, stop: str, width: int, sums: dict[Reduction, str], known: bool
    ) -> dict[Reduction, str]:
        """The elements at the end that fill no vector."""
        code, before = self.code, self.block
        mask = lanes.first_lanes(width, self.length - whole)
        if known:
            return self._body(str(whole), "0", mask, sums)
        more = code.let(f"icmp ugt i64 {stop}, {whole}")
        code.do(f"br i1 {more}, label %t, label %u")
        code.do("t:")
        new = self._body(str(whole), self.range[0], mask, sums)
        code.do("br label %u")
        code.do("u:")
        self.block = "%u"
        return self._joined(sums, before, new, "%t")

    def _joined(
        self, a: dict[Reduction, str], from_a: str, b: dict[Reduction, str], from_b: str
    ) -> dict[Reduction, str]:
        return {
            r: self.code.let(
                f"phi {self.code.type(self.plan.inside[r])} [{a[r]}, {from_a}], [{b[r]}, {from_b}]"
            )
            for r in a
        }

    def _put_away(self, r: Reduction, sums: str) -> None:
        """Add a row's sums to the scratch area, or to an element of the result."""
        code, plan, kind = self.code, self.plan, self.plan.inside[r]
        emit = folds.combine(r.node.op, kind)
        if r.is_full:
            place = plan.sum_at(code, "%1", r)
            lanes.store(
                code, emit(code, kind, lanes.load(code, place, kind, None), sums), place, kind, None
            )
            return
        assert r.view is not None
        numbers, out = code.numbers(), r.view.block.kind
        total = folds.one(code, r.node.op, kind, sums)
        if r in plan.added:
            known = numbers.cast(numbers.load(self.targets[r], out), out, kind)
            total = emit(numbers, kind, known, total)
        numbers.store(numbers.cast(total, kind, out), self.targets[r], out)

    # -- the innermost code --------------------------------------------------------------------

    def _body(
        self, index: str, start: str, mask: str | None, sums: dict[Reduction, str]
    ) -> dict[Reduction, str]:
        """All nodes, for the vector of elements at an index; the sums after it."""
        body = Body(self, index, start, mask)
        new = dict(sums)
        reductions = {r.node: r for r in self.reductions}
        for node in self.nodes:
            if node in reductions:
                r = reductions[node]
                new |= body.reduce(r, sums.get(r))
            else:
                body.compute(node)
        return new


class Body:
    """The instructions for one vector of elements."""

    def __init__(self, kernel: Kernel, index: str, start: str, mask: str | None) -> None:
        self.kernel, self.index, self.start, self.mask = kernel, index, start, mask
        self.code, self.plan = kernel.code, kernel.plan
        self.refs: dict[og.Node, str] = dict(kernel.hoisted)
        self._casts: dict[tuple[og.Node, Kind], str] = {}

    def compute(self, node: og.Node) -> None:
        """Write the instructions of an elementwise node."""
        rule = self.plan.roles.rules[node]
        arguments = [self.ref(x, kind) for x, kind in zip(node.inputs, rule.inputs, strict=True)]
        ref = self.refs[node] = rule.emit(self.code, rule.kind, *arguments)
        if node in self.kernel.pointers:
            pointer = self._place(self.kernel.pointers[node], rule.output)
            lanes.store(self.code, ref, pointer, rule.output, self.mask)
        if (offset := self.plan.between(node)) is not None:
            lanes.store(self.code, ref, self._between(offset, rule.output), rule.output, None)

    def reduce(self, r: Reduction, sums: str | None) -> dict[Reduction, str]:
        """Take the vector into a reduction; the new sums, if they are in registers."""
        code, plan, kind, x = self.code, self.plan, self.plan.inside[r], r.node.x
        assert x is not None
        value = self.ref(x, kind)
        emit = folds.combine(r.node.op, kind)
        if r.is_row and sums is not None:
            return {r: self._chosen(emit(code, kind, sums, value), sums, kind)}
        if r.is_row:  # one of very many
            place = plan.sum_at(code, "%1", r)
            known = lanes.load(code, place, kind, None)
            new = self._chosen(emit(code, kind, known, value), known, kind)
            lanes.store(code, new, place, kind, None)
            return {}
        place = self._place(self.kernel.targets[r], kind)
        if r in plan.added:
            value = emit(code, kind, lanes.load(code, place, kind, self.mask), value)
        lanes.store(code, value, place, kind, self.mask)
        return {}

    def _chosen(self, new: str, old: str, kind: Kind) -> str:
        if self.mask is None:
            return new
        code = self.code
        type_ = code.type(kind)
        return code.let(f"select {code.type('b1')} {self.mask}, {type_} {new}, {type_} {old}")

    def ref(self, x: og.Node, kind: Kind) -> str:
        """A vector, as that kind."""
        ref = self.refs.get(x)
        if ref is None:
            if isinstance(x, og.Constant) and not self.plan.roles.avals[x].shape:
                return self.code.constant(x.data, kind)
            ref = self.refs[x] = self._fetch(x)
        given = self.plan.roles.kinds[x]
        if given == kind:
            return ref
        key = x, kind
        if key not in self._casts:
            self._casts[key] = self.code.cast(ref, given, kind)
        return self._casts[key]

    def _fetch(self, x: og.Node) -> str:
        kernel, kind = self.kernel, self.plan.roles.kinds[x]
        if not self.plan.roles.avals[x].shape:
            return kernel._number(x)
        view = self.plan.nest.reads.get(x)
        if view is None:
            offset = self.plan.between(x)
            assert offset is not None
            return lanes.load(self.code, self._between(offset, kind), kind, None)
        stride, pointer = view.strides[-1], kernel.pointers[x]
        if not stride:
            return kernel._repeated(x)
        if stride == 1:
            return lanes.load(self.code, self._place(pointer, kind), kind, self.mask)
        return lanes.gather(self.code, pointer, self.index, stride, kind, self.mask)

    def _place(self, pointer: str, kind: Kind) -> str:
        return self.code.let(f"getelementptr {MEMORY[kind]}, ptr {pointer}, i64 {self.index}")

    def _between(self, offset: int, kind: Kind) -> str:
        """The address in the scratch area of this vector of what goes from kernel to kernel."""
        code = self.code
        area = code.at("%1", offset, "i1")
        index = code.let(f"sub i64 {self.index}, {self.start}")
        return code.let(f"getelementptr {MEMORY[kind]}, ptr {area}, i64 {index}")
