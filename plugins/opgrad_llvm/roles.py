"""Roles: how each node of a traced graph is to be computed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

import opgrad as og
from opgrad.compiler.avals import Aval, aval_of
from opgrad.compiler.primitives import (
    ASTYPE,
    BROADCAST,
    GETITEM,
    MATMUL,
    MAX,
    MIN,
    NUMBER,
    PROD,
    RESHAPE,
    SCATTER,
    SUM,
    TRANSPOSE,
)
from opgrad_llvm.kinds import Kind, kind_of
from opgrad_llvm.rules import Rule, cast_rule, rule_of
from opgrad_llvm.views import View, block_of, part_of, view_of

Role = Literal["leaf", "scalar", "load", "loop", "reduce", "view", "gather", "scatter", "host"]
"""
``scalar``: straight-line code; ``load``: likewise, one element of an array; ``loop``: an
elementwise node of an array; ``reduce``: what ends a loop; ``view``: no code, other strides;
``gather``: a scatter of numbers, stores in straight-line code; ``scatter``: a loop of its own;
``host``: a call of Python.
"""

VIEWS = (RESHAPE, BROADCAST, TRANSPOSE, GETITEM)
REDUCTIONS = (SUM, PROD, MAX, MIN)


class Roles:
    """The role of every node, and what it takes to play it.

    Attributes:
        of: the roles.
        avals: of every node.
        rules: for nodes of the roles ``scalar`` and ``loop``.
        views: for arrays that native code may read: where their elements are.
        kinds: of all that native code may read.
        fresh: nodes whose array must be a new one in each call.
        reasons: why a node is called back.
    """

    def __init__(self, graph: og.Graph, inputs: Sequence[og.Node]) -> None:
        self.of: dict[og.Node, Role] = {}
        self.avals: dict[og.Node, Any] = {}
        self.rules: dict[og.Node, Rule] = {}
        self.views: dict[og.Node, View] = {}
        self.kinds: dict[og.Node, Kind] = {}
        self.fresh = {_base(node) for node in graph.outputs}
        self.reasons: dict[og.Node, str] = {}
        self._known: dict[Any, Rule | None] = {}
        self._blocks: dict[str, int] = {}
        for node in inputs:  # in the order of the arguments
            self._leaf(node, "input", node.data)
        for node in graph.nodes:
            if node.op is not None:
                self.avals[node] = node.data
                role = self.of[node] = self._role(node)
                if role in _IN_MEMORY:
                    self._locate(node, role)
            elif node not in self.of:
                self._leaf(node, "constant", aval_of(node.data))

    def _leaf(self, node: og.Node, origin: str, aval: Aval) -> None:
        self.of[node] = "leaf"
        self.avals[node] = aval
        self._keep(node, origin)

    def _locate(self, node: og.Node, role: Role) -> None:
        if role == "host" and not self._fits_buffer(node):
            self._keep(node, "host")
        else:
            self._keep(node, "output" if node in self.fresh else "buffer")

    def _fits_buffer(self, node: og.Node) -> bool:
        """Whether NumPy can write the result where it is told to."""
        if node.op is not MATMUL or not node.data.shape:
            return False
        return node.data.dtype.kind == "f" and all(
            self.avals[x].dtype == node.data.dtype for x in node.inputs
        )

    def _keep(self, node: og.Node, origin: str) -> None:
        """Give an array a block, if native code can read it."""
        aval = self.avals[node]
        kind = kind_of(aval.dtype) if isinstance(aval, Aval) else None
        if kind is None:
            return
        self.kinds[node] = kind
        if aval.shape and aval.size:
            number = self._blocks.get(origin, 0)
            self._blocks[origin] = number + 1
            self.views[node] = block_of(origin, number, aval).whole()

    def _role(self, node: og.Node) -> Role:
        op: Any = node.op
        aval = node.data
        if op.elementwise:
            rule = self._rule(node)
            if rule is None or not aval.size:
                return self._host(node, f"native code has no {op.name} of {aval}")
            self.rules[node] = rule
            self.kinds[node] = rule.output
            return "loop" if aval.shape else "scalar"
        if op.opaque:
            return self._host(node, "foreign code")
        if not isinstance(aval, Aval):
            return self._host(node, "several results")
        if op is SCATTER:
            return self._scatter(node)
        x = node.x
        if x is not None and isinstance(self.avals[x], Aval) and aval.size:
            if op is ASTYPE:
                return self._identity(node, x)
            if op is NUMBER or op in VIEWS:
                return self._view(node, x)
            if op in REDUCTIONS:
                return self._reduction(node, x)
        return self._host(node, "NumPy's")

    def _rule(self, node: og.Node) -> Rule | None:
        op: Any = node.op
        inputs = node.inputs
        last = inputs[-1]
        exponent: Any = None
        if op.implements[0] is np.power and isinstance(last, og.Constant):
            exponent = last.data if isinstance(last.data, int | float) else None
        avals = self.avals
        key = (op, exponent, *[id(avals[x]) for x in inputs], id(node.data))
        known = self._known
        if key in known:
            rule = known[key]
        else:
            given = tuple([avals[x] for x in inputs])
            rule = known[key] = rule_of(op.implements[0], given, node.data, exponent)
        if rule is not None and not rule.all_floats:
            for x, kind in zip(inputs, rule.inputs, strict=True):
                if isinstance(x, og.Constant) and not _fits(x.data, kind):
                    return None
        return rule

    def _identity(self, node: og.Node, x: og.Node) -> Role:
        rule = cast_rule(self.avals[x], node.data)
        if rule is None or (isinstance(x, og.Constant) and not _fits(x.data, rule.output)):
            return self._host(node, f"native code has no {node.data}")
        self.rules[node] = rule
        self.kinds[node] = rule.output
        return "loop" if node.data.shape else "scalar"

    def _view(self, node: og.Node, x: og.Node) -> Role:
        if not self.avals[x].shape:  # of a number
            return self._identity(node, x)
        view = self.views.get(x)
        if view is None:
            return self._host(node, f"native code has no {node.data}")
        if node.op is NUMBER:
            found: View | None = View(view.block, view.offset, (), ())
        else:
            found = view_of(node.op, node.params, view, node.data)
        if found is None or found.shape != node.data.shape:
            return self._host(node, "a copy in another order")
        self.views[node] = found
        self.kinds[node] = view.block.kind
        return "view" if found.shape else "load"

    def _reduction(self, node: og.Node, x: og.Node) -> Role:
        if not node.params["axis"] or not self.avals[x].shape:
            return self._identity(node, x)
        given, out = kind_of(self.avals[x].dtype), kind_of(node.data.dtype)
        if given is None or out is None or not self.avals[x].size:
            return self._host(node, f"native code has no {self.avals[x]}")
        if (given[0] == "f") != (out[0] == "f") or (given == "b1" and node.op is PROD):
            return self._host(node, f"native code has no {node.op} from {given} to {out}")
        return "reduce"

    def _scatter(self, node: og.Node) -> Role:
        kind = kind_of(node.data.dtype)
        if kind is None or kind == "b1" or not node.data.shape or not node.data.size:
            return self._host(node, f"native code has no such {node.data}")
        block = block_of("buffer", -1, node.data)
        parts = [part_of(block, index).shape for index in node.params["indices"]]
        avals = [self.avals[x] for x in node.inputs]
        if any(aval.shape or not kind_of(aval.dtype) for aval in avals) or any(parts):
            return self._host(node, "adds up arrays")
        return "gather"

    def _host(self, node: og.Node, reason: str) -> Role:
        self.reasons[node] = reason
        return "host"


_IN_MEMORY = ("loop", "reduce", "scatter", "gather", "host")


def _fits(data: Any, kind: Kind) -> bool:
    """Whether a constant can be cast to a kind without being another number."""
    return kind[0] == "f" or not isinstance(data, int) or -(2**63) <= data < 2**63


def _base(node: og.Node) -> og.Node:
    """What a result is, but for its shape."""
    while node.op is RESHAPE and node.x is not None:
        node = node.x
    return node
