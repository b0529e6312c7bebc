"""From a traced graph to a program: roles, steps, layout, code, glue."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter

import opgrad as og
from opgrad_llvm.glue import Glue
from opgrad_llvm.layout import Layout
from opgrad_llvm.loop import emit_loop
from opgrad_llvm.program import Program
from opgrad_llvm.roles import Roles
from opgrad_llvm.scalar import emit_scalars
from opgrad_llvm.schedule import Schedule, Step
from opgrad_llvm.unit import Unit


def lower(graph: og.Graph, inputs: Sequence[og.Node]) -> Program:
    """A program for a graph of primitives; ``inputs`` are the leaves that arguments go to."""
    start = perf_counter()
    roles = Roles(graph, inputs)
    schedule = Schedule(graph, roles)
    layout = Layout(graph, inputs, roles, schedule)
    unit = Unit()
    runs: list[list[str] | Step] = []  # names of functions that run in one native call; host steps
    for number, phase in enumerate(schedule.phases):
        for k, step in enumerate(phase):
            if step.kind == "host":
                runs.append(step)
                continue
            if step.kind == "scalar":
                names = emit_scalars(unit, f"s{number}", step.nodes, roles, layout)
            else:
                names = emit_loop(unit, f"l{number}_{k}", step, schedule, roles, layout)
            if not runs or isinstance(runs[-1], Step):
                runs.append([])
            last = runs[-1]
            assert isinstance(last, list)
            last += names
    glue = Glue(inputs, roles, layout)
    glue.begin(layout.touched)
    natives = []
    for run in runs:
        if isinstance(run, Step):
            glue.host(run.nodes[0], layout.touched)
        else:
            natives.append(f"run{len(natives)}")
            unit.calls(natives[-1], run)
            glue.native(natives[-1])
    glue.end(graph.outputs)
    return Program(unit, glue, natives, schedule, perf_counter() - start)
