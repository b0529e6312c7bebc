"""Steps: which nodes are computed together, and in which order.

Every node has a *phase*: as early as what it needs is there. Nodes of one phase are independent,
but for chains of scalars, and chains of elementwise nodes of one shape with the reductions that end
them, which are one piece of code: a *step*. Going over from one to another takes a phase.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import opgrad as og
from opgrad_llvm.roles import Roles

Shape = tuple[int, ...]


@dataclass(eq=False)
class Step:
    """Nodes that are computed by one piece of code.

    Attributes:
        kind: ``scalar``: straight-line code; ``loop``: over the elements of arrays; ``host``: one
            call of Python.
        nodes: in order.
        shape: what a loop goes over.
    """

    kind: Literal["scalar", "loop", "host"]
    nodes: list[og.Node] = field(default_factory=list)
    shape: Shape = ()


class Schedule:
    """The steps of a graph.

    Attributes:
        phases: steps that depend on none of each other, by phase; host steps last.
        step_of: where each node is computed; views and leaves are nowhere.
        escaping: nodes that others need than their own step.
    """

    def __init__(self, graph: og.Graph, roles: Roles) -> None:
        self._roles = roles
        self._ready: dict[og.Node, int] = {}  # the phase from which others can use a node
        self._phase: dict[og.Node, int] = {}
        self.step_of: dict[og.Node, Step] = {}
        self._find_phases(graph)
        self._sink(graph)
        self.phases = self._steps(graph)
        self.escaping = self._escaping(graph)

    def _find_phases(self, graph: og.Graph) -> None:
        of, ready, phase = self._roles.of, self._ready, self._phase
        avals = self._roles.avals
        for node in graph.nodes:
            role = of[node]
            first = 0
            if role == "leaf":
                ready[node] = 0
            elif role in ("scalar", "load", "gather"):
                for x in node.inputs:
                    at = phase[x] if x in phase and of[x] in ("scalar", "load") else ready[x]
                    if at > first:
                        first = at
                phase[node] = first
                ready[node] = first + 1
            elif role == "view":
                ready[node] = max(ready[x] for x in node.inputs)
            else:
                shape = self.domain(node)
                for x in node.inputs:
                    fused = role != "host" and of[x] == "loop" and avals[x].shape == shape
                    first = max(first, phase[x] if fused else ready[x])
                phase[node] = first
                ready[node] = first + 1

    def steps(self) -> list[Step]:
        """All steps, in an order in which they can run."""
        return [step for phase in self.phases for step in phase]

    def domain(self, node: og.Node) -> Shape | None:
        """What the loop that computes a node goes over."""
        whose = node.x if self._roles.of[node] == "reduce" else node
        assert whose is not None
        return getattr(self._roles.avals[whose], "shape", None)

    def _sink(self, graph: og.Graph) -> None:
        """Move loop nodes to the loop that uses them, where that saves an array between loops."""
        of, phase = self._roles.of, self._phase
        users: dict[og.Node, list[og.Node]] = {}
        for node in graph.nodes:
            for x in node.inputs:
                if of[x] == "loop":
                    users.setdefault(x, []).append(node)
        outputs = set(graph.outputs)
        for node in reversed(graph.nodes):
            if of[node] != "loop" or node in outputs or node not in users:
                continue
            by = users[node]
            if any(
                of[u] not in ("loop", "reduce") or self.domain(u) != node.data.shape for u in by
            ):
                continue
            latest = min(phase[u] for u in by)
            if latest > phase[node]:
                kept = [
                    x
                    for x in dict.fromkeys(node.inputs)
                    if of[x] == "loop"
                    and any(u is not node and phase.get(u, 0) < latest for u in users[x])
                ]
                if len(kept) <= 1:
                    phase[node] = latest

    def _steps(self, graph: og.Graph) -> list[list[Step]]:
        of, phase, step_of = self._roles.of, self._phase, self.step_of
        steps: dict[tuple[int, object], Step] = {}
        for node in graph.nodes:
            at = phase.get(node)
            if at is None:
                continue
            role = of[node]
            key: object
            if role == "host":
                steps[at, node] = step_of[node] = Step("host", [node])
                continue
            key = self.domain(node) if role in ("loop", "reduce") else None
            step = steps.get((at, key))
            if step is None:
                made = (
                    Step("scalar") if key is None else Step("loop", shape=self.domain(node) or ())
                )
                step = steps[at, key] = made
            step.nodes.append(node)
            step_of[node] = step
        phases: list[list[Step]] = [[] for _ in range(1 + max((at for at, _ in steps), default=-1))]
        for (at, _), step in steps.items():
            phases[at].append(step)
        for group in phases:
            group.sort(key=lambda step: step.kind == "host")
        return phases

    def _escaping(self, graph: og.Graph) -> set[og.Node]:
        step_of, of = self.step_of, self._roles.of
        escaping = {node for node in graph.outputs if node in step_of}
        for node in graph.nodes:
            step = step_of.get(node)
            for x in node.inputs:
                home = step_of.get(x)
                if home is not None and (home is not step or of[x] == "reduce"):
                    escaping.add(x)
        return escaping
