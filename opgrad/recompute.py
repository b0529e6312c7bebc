"""Checkpoints: functions whose inner results are not kept, but computed again on the way back."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import numpy as np
from attrs import frozen

from opgrad import diagnostics
from opgrad.call import fresh_node
from opgrad.choice import check_function
from opgrad.containers import flatten
from opgrad.data import snapshot
from opgrad.node import Constant, Node, next_number
from opgrad.operation import Op
from opgrad.passes import newer
from opgrad.pushforward import Pushforward
from opgrad.residuals import Recording, only_residuals
from opgrad.running import running
from opgrad.steps import by_number, step_by_step
from opgrad.tangent import zero_like
from opgrad.value import Value

if TYPE_CHECKING:
    import optree

P = ParamSpec("P")
R = TypeVar("R")


def checkpoint(f: Callable[P, R]) -> Callable[P, R]:
    """The same function; of what it computes on the way, nothing is stored.

    A backward pass runs it again, and keeps its inner results only as long as it is in there. So a
    chain of ``n`` layers in segments of ``sqrt(n)``, each a checkpoint, takes memory for
    ``2 sqrt(n)`` layers instead of ``n``, and one more forward pass (Griewank, "Achieving
    logarithmic growth of temporal and spatial complexity in reverse automatic differentiation",
    1992). Checkpoints can be nested.

    Args:
        f: takes and returns numbers, arrays, Values, and containers of them. It may use Values from
            outside. Run twice, it must do the same. If it returns several, it is run again for each
            that a gradient flows to.
    """
    check_function(f, "checkpoint")

    @functools.wraps(f)
    def recomputed(*args: P.args, **kwargs: P.kwargs) -> R:
        leaves, structure = flatten((args, kwargs))
        slots = tuple(i for i, leaf in enumerate(leaves) if isinstance(leaf, Value))
        given = tuple(leaves[i] for i in slots)
        kept = tuple(None if i in slots else snapshot(leaf) for i, leaf in enumerate(leaves))
        segment = _Segment(f, structure, kept, slots)
        start = next_number()
        fresh = [Value.leaf(x.data) for x in given]
        outs, form = flatten(segment.run(fresh))
        stands_for: Mapping[Node, Node] = dict(zip(fresh, given, strict=True))
        results: list[Any] = []
        for index, out in enumerate(outs):
            if not isinstance(out, Node) or out in stands_for or out.number < start:
                results.append(stands_for.get(out, out) if isinstance(out, Node) else out)
                continue
            reached = newer([out], start)
            captured = tuple(node for node in reached if node.number < start)
            params = {"segment": segment, "index": index, "captured": captured}
            results.append(_computed(out.data, (*given, *captured), params))
        rebuilt: Any = form.unflatten(results)
        return rebuilt  # type: ignore[no-any-return]  # in the form of f's result

    return recomputed


@frozen(eq=False)
class _Segment:
    """A function, and the arguments of a call: Values in ``slots``, the rest in ``kept``."""

    f: Callable[..., Any]
    structure: optree.PyTreeSpec
    kept: tuple[Any, ...]
    slots: tuple[int, ...]

    def __repr__(self) -> str:
        return getattr(self.f, "__name__", repr(self.f))

    def run(self, inputs: Sequence[Any]) -> Any:
        leaves = list(self.kept)
        for i, x in zip(self.slots, inputs, strict=True):
            leaves[i] = x
        args, kwargs = self.structure.unflatten(leaves)
        start = min((x.number for x in inputs if isinstance(x, Node)), default=next_number())
        with running(start, inputs):
            return self.f(*args, **kwargs)


CHECKPOINT = Op(
    name="checkpoint",
    forward=lambda *inputs, segment, index, captured: flatten(
        segment.run(inputs[: len(segment.slots)])
    )[0][index],
    arity=None,
    param_names=frozenset({"segment", "index", "captured"}),
    doc="A function, computed again for its derivative.",
    module=__name__,
)


def _rule(
    g: Any, out: Any, *inputs: Any, segment: _Segment, index: int, captured: tuple[Node, ...]
) -> tuple[Any, ...]:
    """Run the function again, and back through what that made."""
    record = isinstance(g, Node) or any(isinstance(x, Node) for x in inputs)
    start = next_number()
    fresh = [fresh_node(x) for x in inputs[: len(segment.slots)]]
    is_last = not record and not diagnostics.state.depth
    letting_go = only_residuals.set(Recording(start) if is_last else None)
    try:
        root = flatten(segment.run(fresh))[0][index]
    finally:
        only_residuals.reset(letting_go)
    stop = frozenset(fresh)
    reached = newer([root], start, stop=stop)
    reached.sort(key=by_number, reverse=True)
    cotangents: dict[Node, Any] = dict.fromkeys(reached)
    cotangents[root] = g
    del root  # or its data would be kept
    order = [node for node in reached if node not in stop and node.number >= start]
    del reached
    step_by_step(order, cotangents, stop.union(captured), record=record, is_last=is_last)
    return tuple(cotangents.get(node) for node in (*fresh, *captured))


def _jvp_rule(
    tangents: tuple[Any, ...],
    out: Any,
    *inputs: Any,
    segment: _Segment,
    index: int,
    captured: tuple[Node, ...],
) -> Any:
    """Run the function again, and the tangents through what that made."""
    start = next_number()
    fresh = [fresh_node(x) for x in inputs[: len(segment.slots)]]
    root = flatten(segment.run(fresh))[0][index]
    sources: tuple[Node, ...] = (*fresh, *captured)
    pairs = zip(sources, tangents, strict=True)
    given = {x: t for x, t in pairs if isinstance(t, Node) or np.any(t)}
    record = any(isinstance(x, Node) for x in (*inputs, *given.values()))
    tangent = Pushforward([root], sources, start).push(given, record).get(root)
    return zero_like(root.data) if tangent is None else tangent


CHECKPOINT.set_joint_rule(_rule)
CHECKPOINT.set_jvp_rule(_jvp_rule)


def _computed(data: Any, inputs: tuple[Node, ...], params: Mapping[str, Any]) -> Node:
    if not any(type(x) is not Constant for x in inputs):
        return Value.leaf(data)  # of Values that the function made itself
    value: Value[Any] = Value.__new__(Value)
    Node.__init__(value, data, CHECKPOINT, inputs, params)
    value.grad = 0
    return value
