"""What is told of a fault: the program as text that can be pasted, and the two results."""

from __future__ import annotations

from attrs import frozen

from tests.fuzz.namespaces import IMPORTS
from tests.fuzz.program import Program
from tests.fuzz.subject import Fault

CALLS = {
    "compiled_python": 'og.compile(program, backend="python")',
    "compiled_llvm": 'og.compile(program, backend="llvm")',
    "checkpointed": "og.checkpoint(program)",
}
"""What is called, where it is not the program itself."""


@frozen(eq=False)
class Finding:
    """A fault of a program, shrunk.

    Attributes:
        check: what found it.
        seed: of the series.
        number: of the program in it.
    """

    check: str
    seed: int
    number: int
    program: Program
    fault: Fault

    @property
    def kind(self) -> tuple[str, ...]:
        """Findings of one kind are likely one fault."""
        return self.check, self.fault.kind, *sorted(self.program.functions())

    def __str__(self) -> str:
        fault = self.fault
        rerun = f"make fuzz SEED={self.seed} ONLY={self.number}"
        where = f" ({fault.where})" if fault.where else ""
        rule = "-" * 80
        return (
            f"{rule}\n{self.check}: {fault.kind} differs{where}; again: {rerun}\n\n"
            f"{self.text()}\n"
            f"given:    {_indented(fault.given)}\nexpected: {_indented(fault.expected)}\n"
        )

    def text(self) -> str:
        """The program, its inputs, and calls of it."""
        program, call = self.program, CALLS.get(self.check, "program")
        lines = [IMPORTS, "", program.source()]
        if call != "program":
            lines.append(f"tested = {call}")
            call = "tested"
        point = self.fault.point or program
        if call == "tested" and point.setting() != program.setting():  # for which it was traced
            lines.append(program.setting() + program.call_text(call))
        return "\n".join([*lines, point.setting() + point.call_text(call), ""])


def _indented(x: object) -> str:
    text = repr(x)
    text = text if len(text) < 1200 else text[:1200] + " ..."
    return text.replace("\n", "\n          ")
