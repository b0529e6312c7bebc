"""A unit of LLVM code: the functions of one program, what they call, and the text of it all."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field

from opgrad_llvm import mathlib
from opgrad_llvm.code import Code


@dataclass(frozen=True, eq=False)
class Function:
    """A function without a result.

    Attributes:
        name: its name.
        parameters: their types; they are numbered.
        body: its instructions.
        called: functions of the same unit that it calls.
        code: what it calls besides.
    """

    name: str
    parameters: str
    body: str
    called: tuple[str, ...]
    code: Code

    def text(self, *, exported: bool) -> str:
        """The definition."""
        linkage = "" if exported else "internal "
        return (
            f"define {linkage}void @{self.name}({self.parameters}) nounwind {{\n"
            f"{self.body}\nret void\n}}"
        )


@dataclass(eq=False)
class Unit:
    """Functions that are compiled together.

    Attributes:
        functions: by name.
        exported: those that are called from outside, with the number of their arguments.
        instructions: how many there are.
    """

    functions: dict[str, Function] = field(default_factory=dict)
    exported: dict[str, int] = field(default_factory=dict)
    instructions: int = 0

    def function(
        self, name: str, code: Code, parameters: str = "ptr", called: tuple[str, ...] = ()
    ) -> None:
        """Add a function."""
        self.instructions += len(code.lines)
        self.functions[name] = Function(name, parameters, "\n".join(code.lines), called, code)

    def export(self, name: str) -> None:
        """Have a function called from outside."""
        self.exported[name] = self.functions[name].parameters.count(",") + 1

    def calls(self, name: str, called: list[str]) -> None:
        """Add a function that calls others on its frame, for outside."""
        code = Code(1)
        code.lines = [f"call void @{other}(ptr %0)" for other in called]
        self.function(name, code, called=tuple(called))
        self.export(name)

    def text(self) -> str:
        """All of it, as LLVM reads it."""
        return _text(list(self.functions.values()), self.exported)

    def parts(self, size: int) -> list[str]:
        """The same in parts of so many instructions, which can be compiled one by one."""
        parts: list[list[Function]] = []
        room = 0
        for function in self.functions.values():
            length = function.body.count("\n") + 1
            if room < length:
                parts.append([])
                room = size
            parts[-1].append(function)
            room -= length
        return [self._part(part) for part in parts]

    def _part(self, functions: list[Function]) -> str:
        own = {function.name for function in functions}
        outside = {name for function in functions for name in function.called if name not in own}
        declared = [
            f"declare void @{name}({self.functions[name].parameters})" for name in sorted(outside)
        ]
        return "\n".join([*declared, _text(functions, own)])


def _text(functions: list[Function], exported: Container[str]) -> str:
    symbols: set[mathlib.Symbol] = set()
    intrinsics: set[str] = set()
    for function in functions:
        symbols |= function.code.symbols
        intrinsics |= function.code.intrinsics
    declarations, definitions = mathlib.definitions(symbols)
    texts = [function.text(exported=function.name in exported) for function in functions]
    return "\n".join([*sorted(intrinsics | declarations), definitions, *texts, ""])
