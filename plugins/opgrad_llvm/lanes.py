"""Vectors to and from memory: one element in all lanes, neighbours, elements at a stride; masks."""

from __future__ import annotations

from opgrad_llvm.code import Code
from opgrad_llvm.kinds import MEMORY, REGISTER, SIZE, Kind


def splat(code: Code, ref: str, kind: Kind) -> str:
    """A number in every lane."""
    type_ = code.type(kind)
    first = code.let(f"insertelement {type_} poison, {REGISTER[kind]} {ref}, i32 0")
    return code.let(
        f"shufflevector {type_} {first}, {type_} poison, <{code.lanes} x i32> zeroinitializer"
    )


def load(code: Code, pointer: str, kind: Kind, mask: str | None) -> str:
    """Neighbouring elements; where the mask is false, zeros."""
    type_ = code.memory_type(kind)
    if mask is None:
        read = code.let(f"load {type_}, ptr {pointer}, align {SIZE[kind]}")
    else:
        name = f"@llvm.masked.load.{_width(code, kind)}.p0"
        masks = f"<{code.lanes} x i1>"
        code.intrinsics.add(f"declare {type_} {name}(ptr, i32, {masks}, {type_})")
        read = code.let(
            f"call {type_} {name}(ptr {pointer}, i32 {SIZE[kind]}, {masks} {mask}, "
            f"{type_} zeroinitializer)"
        )
    return code.loaded(read, kind)


def store(code: Code, ref: str, pointer: str, kind: Kind, mask: str | None) -> None:
    """To neighbouring elements, where the mask is true."""
    type_ = code.memory_type(kind)
    ref = code.stored(ref, kind)
    if mask is None:
        code.do(f"store {type_} {ref}, ptr {pointer}, align {SIZE[kind]}")
        return
    name = f"@llvm.masked.store.{_width(code, kind)}.p0"
    masks = f"<{code.lanes} x i1>"
    code.intrinsics.add(f"declare void {name}({type_}, ptr, i32, {masks})")
    code.do(f"call void {name}({type_} {ref}, ptr {pointer}, i32 {SIZE[kind]}, {masks} {mask})")


def gather(code: Code, pointer: str, index: str, stride: int, kind: Kind, mask: str | None) -> str:
    """Elements at a stride, the first at that index."""
    width, type_ = code.lanes, code.memory_type(kind)
    first = splat(code, code.let(f"mul i64 {index}, {stride}"), "i8")
    steps = ", ".join(f"i64 {k * stride}" for k in range(width))
    places = code.let(f"add <{width} x i64> {first}, <{steps}>")
    pointers = code.let(f"getelementptr {MEMORY[kind]}, ptr {pointer}, <{width} x i64> {places}")
    name = f"@llvm.masked.gather.{_width(code, kind)}.v{width}p0"
    masks = f"<{width} x i1>"
    code.intrinsics.add(f"declare {type_} {name}(<{width} x ptr>, i32, {masks}, {type_})")
    read = code.let(
        f"call {type_} {name}(<{width} x ptr> {pointers}, i32 {SIZE[kind]}, "
        f"{masks} {mask or 'splat (i1 true)'}, {type_} zeroinitializer)"
    )
    return code.loaded(read, kind)


def first_lanes(width: int, count: int) -> str:
    """The mask of the first ones."""
    return "<" + ", ".join(f"i1 {'true' if k < count else 'false'}" for k in range(width)) + ">"


def lanes_below(code: Code, index: str, length: str) -> str:
    """The mask of the lanes, the first of that index, whose index is below a length."""
    width = code.lanes
    count = ", ".join(f"i64 {k}" for k in range(width))
    places = code.let(f"add <{width} x i64> {splat(code, index, 'i8')}, <{count}>")
    return code.let(f"icmp ult <{width} x i64> {places}, {splat(code, length, 'i8')}")


def _width(code: Code, kind: Kind) -> str:
    return f"v{code.lanes}{MEMORY[kind].replace('double', 'f64').replace('float', 'f32')}"
