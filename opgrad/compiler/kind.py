"""The programs of calls with arguments of one structure, of the same shapes and dtypes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from attrs import field, frozen

from opgrad.compiler.primitives import BROADCAST, VIEWS
from opgrad.compiler.structures import builder
from opgrad.compiler.tracing import Output, Traces, own
from opgrad.graph import Graph
from opgrad.hooks import Executable
from opgrad.node import Node

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
        shared: the outputs that may share their memory with arguments, with each other, or with
            what was called back.
        built: makes the function's result of its leaves.
    """

    traces: Traces
    graph: Graph
    executable: Executable
    seconds: dict[str, float]
    shared: tuple[int, ...] = field(init=False)
    built: Callable[[Sequence[Any]], Any] = field(init=False)

    @shared.default
    def _shared(self) -> tuple[int, ...]:
        found, seen = [], set[Node]()
        n = len(self.graph.outputs) - bool(self.traces.guards)
        for i, node in enumerate(self.graph.outputs[:n]):
            root = node
            while root.op in VIEWS and root.op is not BROADCAST:
                root = root.x or root
            is_fresh = root.op is not None and not root.op.opaque and root.op is not BROADCAST
            if not is_fresh or root in seen:
                found.append(i)
            seen.add(root)
        return tuple(found)

    @built.default
    def _built(self) -> Callable[[Sequence[Any]], Any]:
        structure = self.traces.structure
        return builder(structure) or structure.unflatten

    def run(self, inputs: Sequence[Any]) -> Any:
        """The function's result; ``OTHER`` if these arguments lead to other decisions."""
        traces = self.traces
        try:
            values = self.executable(*inputs)
        except Exception:  # the function may not come here, or catch it; or raise it, being traced
            return OTHER
        if traces.guards:
            if not values[-1]:
                return OTHER
            values = values[:-1]
        if self.shared:
            values = list(values)
            for i in self.shared:
                values[i] = own(values[i])
        if traces.is_plain:
            return self.built(values)
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
