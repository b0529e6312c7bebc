"""What is told of a fault: the program as text that can be pasted, and the two results."""

from __future__ import annotations

from attrs import frozen

from tests.fuzz.namespaces import IMPORTS
from tests.fuzz.program import Program, calls_of
from tests.fuzz.subject import Fault


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
        names = {
            call.function for step in self.program.steps for call in calls_of(step.expression)
        }
        return self.check, self.fault.kind, *sorted(names)

    def __str__(self) -> str:
        rerun = f"make fuzz SEED={self.seed} ONLY={self.number}"
        where = f" ({self.fault.where})" if self.fault.where else ""
        rule = "-" * 80
        return (
            f"{rule}\n{self.check}: {self.fault.kind} differs{where}; again: {rerun}\n\n"
            f"{IMPORTS}\n{self.program.source()}\n{self.program.setting()}"
            f"{self.program.call_text()}\n\n"
            f"given:    {_indented(self.fault.given)}\nexpected: {_indented(self.fault.expected)}\n"
        )


def _indented(x: object) -> str:
    text = repr(x)
    text = text if len(text) < 1200 else text[:1200] + " ..."
    return text.replace("\n", "\n          ")
