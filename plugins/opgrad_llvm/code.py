"""The text of a function's body: numbered instructions on values of some lanes."""

from __future__ import annotations

from itertools import count

from opgrad_llvm import mathlib
from opgrad_llvm.kinds import MEMORY, REGISTER, Kind, literal

INLINED = " alwaysinline"
"""Marks a call in whose place the function's instructions go."""


class Code:
    """Instructions of one LLVM function, as lines of text.

    Values are numbered, not named: LLVM reads numbers in half the time. So every instruction with a
    result must go through :meth:`let`, in order.

    Attributes:
        lanes: elements of each value; 1: plain scalars.
        lines: what has been written.
        symbols: the math functions that are called: names, kinds and lanes.
        intrinsics: declarations of LLVM's own functions.
    """

    __slots__ = ("_inlined", "_next", "_types", "intrinsics", "lanes", "lines", "symbols")

    def __init__(self, lanes: int, *, first: int = 0) -> None:
        self.lanes = lanes
        self.lines: list[str] = []
        self.symbols: set[tuple[str, Kind, int]] = set()
        self.intrinsics: set[str] = set()
        self._inlined = 32
        self._next = count(first).__next__
        self._types = {
            kind: name if lanes == 1 else f"<{lanes} x {name}>" for kind, name in REGISTER.items()
        }

    def numbers(self) -> Code:
        """To write instructions on numbers, not vectors, into the same function."""
        code = Code(1)
        code.lines, code.symbols, code.intrinsics = self.lines, self.symbols, self.intrinsics
        code._next = self._next
        return code

    def let(self, instruction: str) -> str:
        """Write an instruction; the name of its result."""
        name = f"%{self._next()}"
        self.lines.append(f"{name} = {instruction}")
        return name

    def do(self, instruction: str) -> None:
        """Write an instruction without a result, or a label."""
        self.lines.append(instruction)

    def type(self, kind: Kind) -> str:
        """The type of a value of that kind."""
        return self._types[kind]

    def memory_type(self, kind: Kind) -> str:
        """The type of the same in memory."""
        return MEMORY[kind] if self.lanes == 1 else f"<{self.lanes} x {MEMORY[kind]}>"

    def constant(self, value: object, kind: Kind) -> str:
        """The number in every lane.

        Raises:
            OverflowError: the kind has no room for it.
        """
        text = literal(value, kind)
        return text if self.lanes == 1 else f"splat ({REGISTER[kind]} {text})"

    def intrinsic(self, name: str, kind: Kind, *args: str) -> str:
        """Call LLVM's function of that name on values of one kind."""
        width = REGISTER[kind].replace("double", "f64").replace("float", "f32")
        symbol = f"@llvm.{name}.{width if self.lanes == 1 else f'v{self.lanes}{width}'}"
        type_ = self._types[kind]
        self.intrinsics.add(f"declare {type_} {symbol}({', '.join([type_] * len(args))})")
        return self.let(f"call {type_} {symbol}({', '.join(f'{type_} {x}' for x in args)})")

    def cast(self, ref: str, given: Kind, wanted: Kind) -> str:
        """The value in another kind, as NumPy casts; floats out of range become any integer."""
        if given == wanted:
            return ref
        source, goal = self._types[given], self._types[wanted]
        if wanted == "b1":
            none = self.constant(0, given)
            if given[0] == "f":
                return self.let(f"fcmp une {source} {ref}, {none}")
            return self.let(f"icmp ne {source} {ref}, {none}")
        if given[0] == "f" and wanted[0] == "f":
            how = "fpext" if wanted == "f8" else "fptrunc"
        elif given[0] == "f":
            how = "fptosi" if wanted[0] == "i" else "fptoui"
            return self.let(f"freeze {goal} " + self.let(f"{how} {source} {ref} to {goal}"))
        elif wanted[0] == "f":
            how = "sitofp" if given[0] == "i" else "uitofp"
        elif given == "b1":
            how = "zext"
        elif wanted[1] == given[1]:
            return ref
        elif wanted[1] > given[1] and given[0] == "u":
            how = "zext"
        else:
            how = "sext" if wanted[1] > given[1] else "trunc"
        return self.let(f"{how} {source} {ref} to {goal}")

    def load(self, pointer: str, kind: Kind, mark: str = "") -> str:
        """Read from memory."""
        read = self.let(f"load {self.memory_type(kind)}, ptr {pointer}, align {kind[1]}{mark}")
        return self.loaded(read, kind)

    def loaded(self, read: str, kind: Kind) -> str:
        """A value as it is in memory, as computed with."""
        if kind != "b1":
            return read
        none = "0" if self.lanes == 1 else "zeroinitializer"
        return self.let(f"icmp ne {self.memory_type(kind)} {read}, {none}")

    def stored(self, ref: str, kind: Kind) -> str:
        """A value as computed with, as it is in memory."""
        if kind != "b1":
            return ref
        return self.let(f"zext {self.type(kind)} {ref} to {self.memory_type(kind)}")

    def store(self, ref: str, pointer: str, kind: Kind, mark: str = "") -> None:
        """Write to memory."""
        ref = self.stored(ref, kind)
        self.do(f"store {self.memory_type(kind)} {ref}, ptr {pointer}, align {kind[1]}{mark}")

    def at(self, base: str, offset: int, kind: Kind) -> str:
        """The address so many elements on."""
        if not offset:
            return base
        return self.let(f"getelementptr i8, ptr {base}, i64 {offset * int(kind[1])}")

    def call(self, name: str, kind: Kind, *args: str) -> str:
        """Call a math function on values of one kind."""
        key = (name, kind, self.lanes)
        self.symbols.add(key)
        type_ = self._types[kind]
        arguments = ", ".join([f"{type_} {x}" for x in args])
        call = f"call {type_} {mathlib.symbol(*key)}({arguments})"
        if self.lanes > 1 and self._inlined:  # a call has all vectors put away before
            self._inlined -= 1
            call += INLINED
        return self.let(call)
