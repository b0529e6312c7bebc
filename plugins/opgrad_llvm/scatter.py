"""Scatters of arrays: zeros, to parts of which values are added, a loop for each part."""

from __future__ import annotations

from math import prod

import numpy as np

import opgrad as og
from opgrad_llvm import lanes
from opgrad_llvm.code import Code
from opgrad_llvm.elements import ELEMENTS
from opgrad_llvm.kinds import MEMORY, SIZE
from opgrad_llvm.layout import Layout
from opgrad_llvm.nest import along, runs
from opgrad_llvm.roles import Roles
from opgrad_llvm.target import host
from opgrad_llvm.unit import Unit
from opgrad_llvm.views import View, overlaps, part_of


def emit_scatter(unit: Unit, name: str, node: og.Node, roles: Roles, layout: Layout) -> list[str]:
    """Write the functions that compute a scatter; their names, in order."""
    block = roles.views[node].block
    parts = overlaps(node)
    names = []
    if not (parts.cover and parts.apart):
        names.append(f"{name}_zeros")
        code = Code(1, first=2)
        code.intrinsics.add("declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)")
        place, size = layout.address(code, block), block.size * SIZE[block.kind]
        code.do(f"call void @llvm.memset.p0.i64(ptr {place}, i8 0, i64 {size}, i1 false)")
        unit.function(names[-1], code)
    for k, (x, index) in enumerate(zip(node.inputs, node.params["indices"], strict=True)):
        part = part_of(block, index)
        if not prod(part.shape):
            continue
        names.append(f"{name}_{k}")
        _Part(x, part, roles, layout, add=not parts.apart).write(unit, names[-1])
    return names


class _Part:
    """One loop: an array, or a number, into a part."""

    def __init__(self, x: og.Node, part: View, roles: Roles, layout: Layout, *, add: bool) -> None:
        self.roles, self.layout, self.add, self.x = roles, layout, add, x
        self.given, self.kind = roles.kinds.get(x), part.block.kind
        shape = part.shape or (1,)
        goal = View(part.block, part.offset, shape, part.strides or (0,))
        view = roles.views[x].broadcast(shape) if roles.avals[x].shape else None
        everything = [goal.strides] + ([view.strides] if view else [])
        axes = runs(shape, everything)
        last = [run[-1] for run in axes]
        self.lengths = [prod(shape[axis] for axis in run) for run in axes]
        self.goal = along(goal, last)
        self.view = along(view, last) if view else None
        inner = self.goal.strides[-1], self.view.strides[-1] if self.view else 0
        size = max(SIZE[self.kind], SIZE[self.given or self.kind])
        wide = inner[0] == 1 and self.lengths[-1] > 1
        self.code = Code(host().lanes(max(size, 4)) if wide else 1, first=1)

    def write(self, unit: Unit, name: str) -> None:
        """Write its function."""
        code, width, length = self.code, self.code.lanes, self.lengths[-1]
        code.do("entry:")
        base = self.layout.address(code, self.goal.block)
        source = self.layout.address(code, self.view.block) if self.view else ""
        block = "%entry"
        for axis in range(len(self.lengths) - 1):
            code.do(f"br label %x{axis}")
            code.do(f"x{axis}:")
            code.do(f"%i{axis} = phi i64 [0, {block}], [%n{axis}, %y{axis}]")
            block = f"%x{axis}"
        goal = self._row(base, self.goal)
        given = self._row(source, self.view) if self.view else ""
        whole = length - length % width
        if whole:
            code.do("br label %v")
            code.do("v:")
            code.do(f"%j = phi i64 [0, {block}], [%k, %v]")
            self._move(goal, given, "%j", None)
            code.do(f"%k = add i64 %j, {width}")
            more = code.let(f"icmp ult i64 %k, {whole}")
            code.do(f"br i1 {more}, label %v, label %w")
            code.do("w:")
        if whole < length:
            self._move(goal, given, str(whole), lanes.first_lanes(width, length - whole))
        for axis in reversed(range(len(self.lengths) - 1)):
            code.do(f"br label %y{axis}")
            code.do(f"y{axis}:")
            code.do(f"%n{axis} = add i64 %i{axis}, 1")
            more = code.let(f"icmp ult i64 %n{axis}, {self.lengths[axis]}")
            code.do(f"br i1 {more}, label %x{axis}, label %z{axis}")
            code.do(f"z{axis}:")
        unit.function(name, code)

    def _row(self, base: str, view: View) -> str:
        """The address of the row's first element."""
        code = self.code
        place = code.at(base, view.offset, view.block.kind)
        for axis, stride in enumerate(view.strides[:-1]):
            if stride:
                step = code.let(f"mul i64 %i{axis}, {stride}")
                place = code.let(
                    f"getelementptr {MEMORY[view.block.kind]}, ptr {place}, i64 {step}"
                )
        return place

    def _move(self, goal: str, given: str, index: str, mask: str | None) -> None:
        """One vector, or one element."""
        code, kind = self.code, self.kind
        ref = self._value(given, index, mask)
        place = self._element(goal, self.goal, index)
        if self.add:
            known = lanes.load(code, place, kind, mask)
            ref = ELEMENTS[np.add][0](code, kind, known, ref)
        lanes.store(code, ref, place, kind, mask)

    def _value(self, given: str, index: str, mask: str | None) -> str:
        code = self.code
        if isinstance(self.x, og.Constant) and self.view is None:
            return code.constant(self.x.data, self.kind)
        kind = self.given
        assert kind is not None
        if self.view is None:
            ref = self.layout.load(code.numbers(), self.x, kind)
            ref = lanes.splat(code, ref, kind) if code.lanes > 1 else ref
        elif code.lanes == 1:
            ref = code.load(self._element(given, self.view, index), kind)
        elif not self.view.strides[-1]:
            ref = lanes.splat(code, code.numbers().load(given, kind), kind)
        elif self.view.strides[-1] == 1:
            ref = lanes.load(code, self._element(given, self.view, index), kind, mask)
        else:
            ref = lanes.gather(code, given, index, self.view.strides[-1], kind, mask)
        return code.cast(ref, kind, self.kind)

    def _element(self, row: str, view: View, index: str) -> str:
        stride, code = view.strides[-1], self.code
        if stride != 1:
            index = code.let(f"mul i64 {index}, {stride}")
        return code.let(f"getelementptr {MEMORY[view.block.kind]}, ptr {row}, i64 {index}")
