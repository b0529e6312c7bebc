"""The programs of calls with arguments of one structure, of the same shapes and dtypes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import frozen

from opgrad.compiler.primitives import OtherShape
from opgrad.compiler.tracing import Output, Traces, own
from opgrad.graph import Graph
from opgrad.hooks import Executable

OTHER: Any = object()
"""What a program gives for arguments that lead to other decisions than it was made for."""


@frozen(eq=False, repr=False)
class Program:
    """One trace of a function, made into code.

    Attributes:
        traces: the run that was recorded.
        graph: what became of its graph.
        executable: what the backend made of that.
        seconds: how long each stage took.
    """

    traces: Traces
    graph: Graph
    executable: Executable
    seconds: dict[str, float]

    def run(self, inputs: Sequence[Any]) -> Any:
        """The function's result; ``OTHER`` if these arguments lead to other decisions."""
        traces = self.traces
        try:
            values = self.executable(*inputs)
        except OtherShape:
            return OTHER
        except Exception:
            if traces.guards:
                return OTHER  # perhaps this call would not come here
            raise
        if traces.guards:
            if not values[-1]:
                return OTHER
            values = values[:-1]
        if traces.is_plain:
            return traces.structure.unflatten(values)
        return traces.structure.unflatten(
            [
                values[leaf.position] if isinstance(leaf, Output) else own(leaf.value)
                for leaf in traces.result
            ]
        )

    def __repr__(self) -> str:
        return f"<Program: {len(self.graph)} nodes, {self.traces.guards} guard(s)>"


class Kind:
    """What is known of such calls.

    Attributes:
        programs: one for each way through decisions on values.
        is_eager: the function runs as it is.
    """

    __slots__ = ("is_eager", "programs")

    def __init__(self) -> None:
        self.programs: list[Program] = []
        self.is_eager = False
