"""Program: what a backend gives back, to be called with raw inputs."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any

import numpy as np

import opgrad as og
from opgrad_llvm.engine import Library, build
from opgrad_llvm.glue import Glue, Workspace, runner
from opgrad_llvm.schedule import Schedule
from opgrad_llvm.unit import Unit

LARGE = 5000
"""Instructions of straight-line code from which on it is compiled fast first."""
SMALL = 2000
"""Instructions up to which code is compiled with the greatest care at once."""


class Program:
    """A compiled graph. Any number of threads may call it at once."""

    def __init__(
        self, unit: Unit, glue: Glue, natives: Sequence[str], schedule: Schedule, seconds: float
    ) -> None:
        self._glue = glue
        self._natives = natives
        self._instructions = unit.instructions
        self._schedule = schedule
        self._seconds = {"lower": seconds}
        self._source = glue.text()
        self._code = compile(self._source, "<opgrad program>", "exec")
        self._constants = [
            np.ascontiguousarray(node.data)
            for node, view in glue.roles.views.items()
            if view.block.origin == "constant" and isinstance(node, og.Constant)
        ]
        self._free: deque[Any] = deque()
        self._library: Library | None = None
        if natives:
            level = 2 if unit.instructions < SMALL else 1
            self._library = build(unit.text(), natives, level)
            self._seconds |= self._library.seconds

    def __call__(self, *inputs: Any) -> Sequence[Any]:
        """The values of the graph's outputs."""
        try:
            run = self._free.pop()
        except IndexError:
            run = self._runner()
        try:
            return run(*inputs)  # type: ignore[no-any-return]  # a tuple
        finally:
            self._free.append(run)

    def _runner(self) -> Any:
        functions: dict[str, Any] = dict(self._library.functions) if self._library else {}
        space = Workspace(self._glue.layout, self._constants)
        return runner(self._glue, self._code, space, functions)

    def report(self) -> Sequence[str]:
        """What was made of the graph, in lines for people."""
        library, layout = self._library, self._glue.layout
        stages = ", ".join(f"{name} {1e3 * s:.1f} ms" for name, s in self._seconds.items())
        lines = [f"llvm: {self._instructions} instructions of LLVM code; {stages}"]
        if library:
            source = ", from the disk cache" if library.cached else ""
            lines.append(f"{library.size} bytes of object code, level {library.level}{source}")
        lines.append(f"buffers: {layout.arena} bytes; frame: {8 * layout.words} bytes")
        for phase in self._schedule.phases:
            for step in phase:
                if step.kind == "scalar":
                    lines.append(f"straight-line code: {len(step.nodes)} nodes")
                elif step.kind == "loop":
                    lines.append(f"loop over {step.shape}: {len(step.nodes)} nodes")
        return lines + self._glue.notes
