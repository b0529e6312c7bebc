"""Program: what a backend gives back, to be called with raw inputs."""

from __future__ import annotations

import struct
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

import opgrad as og
from opgrad_llvm.engine import Library, build
from opgrad_llvm.glue import Glue, Workspace, runner
from opgrad_llvm.interpret import interpret
from opgrad_llvm.schedule import Schedule
from opgrad_llvm.spread import Spread
from opgrad_llvm.threads import Loop
from opgrad_llvm.unit import Unit

SMALL = 2000
"""Instructions up to which code is compiled with the greatest care at once."""
PART = 4000
"""Instructions that are compiled in one go in the background: others must wait for LLVM."""
OFTEN = 20_000
"""Calls after which better code is made in the background."""


@dataclass(frozen=True, eq=False)
class Source:
    """A unit of code, and how to compile it.

    Attributes:
        unit: the code.
        is_straight: much straight-line code: better code takes ten times as long to make, and is
            a little faster.
    """

    unit: Unit
    is_straight: bool

    def first(self) -> Library | None:
        """The code of the first tier."""
        if not self.unit.exported:
            return None
        careful = 2 if self.unit.instructions < SMALL else 1
        level = 0 if self.is_straight else careful
        return build([self.unit.text()], self.unit.exported, level)

    def better(self, *, in_background: bool) -> Library | None:
        """That of the second tier; ``None``: the program ends."""
        main = threading.main_thread()
        return build(
            self.unit.parts(PART),
            self.unit.exported,
            1,
            stop=lambda: in_background and not main.is_alive(),
        )


class Program:
    """A compiled graph. Any number of threads may call it at once.

    Each call runs on a workspace of its own; workspaces are kept for later calls.
    """

    def __init__(
        self,
        graph: og.Graph,
        sources: Sequence[Source],
        glue: Glue,
        spreads: Mapping[str, Spread],
        schedule: Schedule,
        seconds: float,
    ) -> None:
        self._graph = graph
        self._inputs = glue.inputs
        self._sources = sources
        self._glue = glue
        self._spreads = spreads
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
        self.libraries = [source.first() for source in sources]
        self._calls_left = OFTEN if any(source.is_straight for source in sources) else 0

    def __call__(self, *inputs: Any) -> Sequence[Any]:
        """The values of the graph's outputs."""
        if self._calls_left:
            self._count()
        free = self._free
        try:
            run = free.pop()
        except IndexError:
            run = self._runner()
        try:
            return run(*inputs)  # type: ignore[no-any-return]  # a tuple
        except struct.error:  # an integer that does not fit into 64 bits
            return interpret(self._graph, self._inputs, inputs)
        finally:
            free.append(run)

    def _runner(self) -> Any:
        functions: dict[str, Any] = {}
        for library in self.libraries:
            if library is not None:
                functions |= library.functions
        space = Workspace(self._glue.layout, self._constants)
        natives = {name: Loop(spread, functions) for name, spread in self._spreads.items()}
        natives = functions | natives | {"libraries": self.libraries}  # these stay loaded
        return runner(self._glue, self._code, space, natives)

    # -- tiers ---------------------------------------------------------------------------------

    def _count(self) -> None:
        """One of the calls after which better code is made."""
        self._calls_left -= 1
        if not self._calls_left:
            threading.Thread(target=self._improve, args=(True,), name="opgrad-compile").start()

    def optimise(self) -> None:
        """Make the best code there is, now; otherwise programs that are called often get it."""
        self._calls_left = 0
        self._improve(False)

    def _improve(self, in_background: bool) -> None:
        libraries = list(self.libraries)
        for k, source in enumerate(self._sources):
            if source.is_straight:
                better = source.better(in_background=in_background)
                if better is None:
                    return
                libraries[k] = better
        self.libraries = libraries
        self._free = deque()  # calls that run keep their old one

    # -- for people ----------------------------------------------------------------------------

    def report(self) -> Sequence[str]:
        """What was made of the graph, in lines for people."""
        layout = self._glue.layout
        lines = [f"llvm: lowered in {1e3 * self._seconds['lower']:.1f} ms"]
        for source, library in zip(self._sources, self.libraries, strict=True):
            if library is not None:
                stages = ", ".join(f"{name} {1e3 * s:.1f}" for name, s in library.seconds.items())
                lines.append(
                    f"{source.unit.instructions} lines of LLVM code, {library.size} bytes of "
                    f"machine code at level {library.level}; ms: {stages}"
                )
        lines.append(f"buffers: {layout.arena + layout.scratch} bytes; frame: {8 * layout.words}")
        for step in self._schedule.steps():
            if step.kind == "scalar":
                lines.append(f"straight-line code: {len(step.nodes)} nodes")
            elif step.kind == "loop":
                shape = " x ".join(map(str, step.shape))
                lines.append(f"loop over {shape}: {len(step.nodes)} nodes")
        return lines + self._glue.notes
