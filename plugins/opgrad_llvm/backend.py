"""The backend, as the registry knows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import opgrad as og

if TYPE_CHECKING:
    from opgrad_llvm.program import Program


class Llvm:
    """Makes machine code with LLVM, which is loaded when it is first used."""

    name = "llvm"

    def lower(self, graph: og.Graph, inputs: Sequence[og.Node], /) -> Program:
        """A program for a graph of primitives."""
        from opgrad_llvm.lowering import lower

        return lower(graph, inputs)
