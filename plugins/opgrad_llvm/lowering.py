"""From a traced graph to a program: roles, steps, layout, code, glue."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter

import opgrad as og
from opgrad_llvm.glue import Glue
from opgrad_llvm.layout import Layout
from opgrad_llvm.loop import emit_loop
from opgrad_llvm.program import Program, Source
from opgrad_llvm.roles import Roles
from opgrad_llvm.scalar import emit_scalars
from opgrad_llvm.scatter import emit_scatter
from opgrad_llvm.schedule import Schedule, Step
from opgrad_llvm.spread import Spread
from opgrad_llvm.unit import Unit

LARGE = 2500
"""Nodes of straight-line code from which on it is compiled apart, fast first."""


def lower(graph: og.Graph, inputs: Sequence[og.Node]) -> Program:
    """A program for a graph of primitives; ``inputs`` are the leaves that arguments go to."""
    start = perf_counter()
    lowering = _Lowering(graph, inputs)
    lowering.write()
    return lowering.program(start)


class _Lowering:
    """Writes native code step by step, then the Python around it."""

    def __init__(self, graph: og.Graph, inputs: Sequence[og.Node]) -> None:
        self.graph = graph
        self.roles = Roles(graph, inputs)
        self.schedule = Schedule(graph, self.roles)
        self.layout = Layout(graph, inputs, self.roles, self.schedule)
        self.glue = Glue(inputs, self.roles, self.layout)
        scalars = sum(len(step.nodes) for step in self.schedule.steps() if step.kind == "scalar")
        self.loops = Unit()
        self.scalars = Unit() if scalars > LARGE else self.loops
        self.runs: list[tuple[Unit, list[str]] | Spread | og.Node] = []

    def write(self) -> None:
        """Write the code of all steps."""
        for number, step in enumerate(self.schedule.steps()):
            if step.kind == "host":
                self.runs.append(step.nodes[0])
            elif step.kind == "scalar":
                names = emit_scalars(
                    self.scalars, f"s{number}", step.nodes, self.roles, self.layout
                )
                self._run(self.scalars, names)
            elif step.kind == "scatter":
                node = step.nodes[0]
                names = emit_scatter(self.loops, f"c{number}", node, self.roles, self.layout)
                self._run(self.loops, names)
            else:
                self._loop(f"l{number}", step)

    def _loop(self, name: str, step: Step) -> None:
        spread = emit_loop(self.loops, name, step, self.schedule, self.roles, self.layout)
        if not spread.is_large:
            self._run(self.loops, [name])
            return
        for function in spread.names():
            self.loops.export(function)
        self.runs.append(spread)

    def _run(self, unit: Unit, names: list[str]) -> None:
        """Have functions called, in one native call with those before, if that can be."""
        last = self.runs[-1] if self.runs else None
        if isinstance(last, tuple) and last[0] is unit:
            last[1].extend(names)
        else:
            self.runs.append((unit, names))

    def program(self, start: float) -> Program:
        """Write the Python around it."""
        glue, touched = self.glue, self.layout.touched
        glue.begin(touched)
        spreads = {}
        for number, run in enumerate(self.runs):
            if isinstance(run, og.Node):
                glue.host(run, touched)
                continue
            name = f"run{number}"
            if isinstance(run, Spread):
                spreads[name] = run
            else:
                run[0].calls(name, run[1])
            glue.native(name)
        glue.end(self.graph.outputs)
        sources = [Source(self.loops, is_straight=False)]
        if self.scalars is not self.loops:
            sources.append(Source(self.scalars, is_straight=True))
        return Program(self.graph, sources, glue, spreads, self.schedule, perf_counter() - start)
