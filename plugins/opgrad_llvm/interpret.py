"""A graph computed node by node in Python, where native code cannot be used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import opgrad as og
from opgrad.compiler.avals import aval_of
from opgrad_llvm.received import python_function


def interpret(graph: og.Graph, inputs: Sequence[og.Node], given: Sequence[Any]) -> tuple[Any, ...]:
    """The values of the graph's outputs."""
    values: dict[og.Node, Any] = dict(zip(inputs, given, strict=True))
    avals: dict[og.Node, Any] = {}
    for node in graph.nodes:
        is_constant = isinstance(node, og.Constant)
        avals[node] = aval_of(node.data) if is_constant else node.data
        if is_constant:
            values[node] = node.data
        elif node.op is not None:
            values[node] = python_function(node, avals)(*[values[x] for x in node.inputs])
    return tuple(values[node] for node in graph.outputs)
