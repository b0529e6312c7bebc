"""A unit of LLVM code: the functions of one program, what they call, and the text of it all."""

from __future__ import annotations

from opgrad_llvm import mathlib
from opgrad_llvm.code import Code


class Unit:
    """Functions that are compiled together.

    Attributes:
        instructions: how many there are.
    """

    def __init__(self) -> None:
        self._functions: list[str] = []
        self._symbols: set[mathlib.Symbol] = set()
        self._intrinsics: set[str] = set()
        self.instructions = 0

    def function(
        self, name: str, code: Code, parameters: str = "ptr", *, exported: bool = False
    ) -> None:
        """Add a function without a result; its parameters are numbered."""
        self._symbols |= code.symbols
        self._intrinsics |= code.intrinsics
        self.instructions += len(code.lines)
        linkage = "" if exported else "internal "
        self._functions.append(
            f"define {linkage}void @{name}({parameters}) nounwind {{\n"
            + "\n".join(code.lines)
            + "\nret void\n}"
        )

    def calls(self, name: str, called: list[str]) -> None:
        """Add a function for outside that calls others on its frame."""
        code = Code(1)
        code.lines = [f"call void @{other}(ptr %0)" for other in called]
        self.function(name, code, exported=True)

    def text(self) -> str:
        """All of it, as LLVM reads it."""
        declarations, functions = mathlib.definitions(self._symbols)
        return "\n".join(
            [*sorted(self._intrinsics | declarations), functions, *self._functions, ""]
        )
