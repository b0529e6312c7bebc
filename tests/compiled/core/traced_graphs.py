"""Traced graphs to try passes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import opgrad as og

INTERPRETER = og.default_registry().backend("python")


def traced(function: Callable[..., Any], *args: Any) -> og.Graph:
    """The graph of a function before any pass, traced on these arguments."""
    compiled = og.compile(function, backend="python")
    compiled(*args)
    return compiled.traced_graph


def run(graph: og.Graph, *args: Any) -> Sequence[Any]:
    """The values of the graph's outputs."""
    with np.errstate(all="ignore"):
        return INTERPRETER.lower(graph, graph.inputs)(*args)


def ops_of(graph: og.Graph) -> list[str]:
    """The names of its primitives, in order."""
    return [node.op.name for node in graph.nodes if node.op is not None]
