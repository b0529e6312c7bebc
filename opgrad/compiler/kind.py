"""The programs of calls with arguments of one structure, of the same shapes and dtypes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from attrs import define, field

from opgrad.compiler.primitives import BROADCAST, VIEWS
from opgrad.compiler.structures import builder
from opgrad.compiler.tracing import Output, Traces, own
from opgrad.graph import Graph
from opgrad.hooks import Executable
from opgrad.node import Node

OTHER: Any = object()
"""What a program gives for arguments that lead to other decisions than it was made for."""


@define(eq=False, repr=False)
class Program:
    """One trace of a function, made into code.

    Attributes:
        traces: the run that was recorded.
        graph: what became of its graph.
        executable: what the backend made of that.
        seconds: how long each stage took.
        kind: of the calls that it is for.
        used: when it was last found after another one, on the clock of its store.
        has_raised: its executable raised at least once; perhaps as the function would have.
        shared: the outputs that may share their memory with arguments, with each other, or with
            what was called back.
        built: makes the function's result of its leaves.
    """

    traces: Traces
    graph: Graph
    executable: Executable
    seconds: dict[str, float]
    kind: Kind = field(init=False)
    used: int = field(default=0, init=False)
    has_raised: bool = field(default=False, init=False)
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

    def run(self, inputs: Sequence[Any], stand_in: Executable | None = None) -> Any:
        """The function's result; ``OTHER`` if these arguments lead to other decisions.

        Args:
            inputs: the arguments that the program takes.
            stand_in: to run in place of the executable.
        """
        traces = self.traces
        try:
            values = (stand_in or self.executable)(*inputs)
        except Exception:  # the function may not come here, or catch it; or raise it, being traced
            self.has_raised = True
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
    """What is known of calls with the same structure, types, shapes, dtypes and static arguments.

    Attributes:
        form: the :class:`~opgrad.compiler.arguments.Form` of the calls, which knows this class.
        key: what it is found by, among the form's kinds.
        static: the static arguments, as they were given.
        programs: one for each way through decisions on values.
        is_watched: such calls go a longer way, and may run uncompiled.
        why: the reason, if they always do.
        used: when the last of these did, on the clock of the store.
        lost: seconds that it took to try programs, since it is watched.
        saved: seconds that the function would have taken where one of them fitted.
        plain_calls: how often the function ran for want of a program.
        plain_seconds: how long that took.
    """

    __slots__ = (
        *("form", "key", "static", "programs", "is_watched", "why", "used"),
        *("lost", "saved", "plain_calls", "plain_seconds"),
    )

    def __init__(self, form: Any, key: tuple[Any, ...], static: Sequence[Any]) -> None:
        self.form = form
        self.key = key
        self.static = static
        self.programs: tuple[Program, ...] = ()
        self.is_watched = False
        self.why: str | None = None
        self.used = self.plain_calls = 0
        self.lost = self.saved = self.plain_seconds = 0.0

    @property
    def is_worth_trying(self) -> bool:
        """Whether trying programs took no longer, so far, than the function would have."""
        return self.lost <= self.plain_seconds + self.saved
