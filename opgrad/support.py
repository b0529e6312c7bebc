"""What stands in the way of a derivative, told before anything is differentiated."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

from attrs import frozen

from opgrad.call import fresh_node
from opgrad.containers import flatten, is_leaf
from opgrad.data import say
from opgrad.errors import InputError
from opgrad.graph import Graph
from opgrad.node import Node, finished
from opgrad.operation import Op
from opgrad.plugin import describe
from opgrad.recompute import CHECKPOINT

Mode = Literal["vjp", "jvp"]


@frozen
class Support:
    """Whether a derivative exists; true if nothing is missing.

    Attributes:
        mode: ``"vjp"`` or ``"jvp"``.
        order: of the derivative.
        missing: the ops that stand in the way.
    """

    mode: str
    order: int
    missing: tuple[Op, ...]

    def __bool__(self) -> bool:
        return not self.missing

    def __str__(self) -> str:
        what = f"{self.mode} of order {self.order}"
        if self:
            return f"{what}: supported"
        return f"{what}: not supported by {', '.join(map(describe, self.missing))}"


def supports(
    what: Graph | Node | Op | Callable[..., Any],
    mode: Mode = "vjp",
    order: int = 1,
    *,
    args: Sequence[Any] = (),
    kwargs: Mapping[str, Any] | None = None,
) -> Support:
    """Which ops stand in the way of a derivative, before one is computed.

    An op without a rule has no derivative, and an opaque one no second derivative. A JVP is made of
    what there is: the op's own JVP rule; the op itself, if it is linear; the VJP rules of an
    elementwise op; else the VJP of the VJP, which an opaque op does not have. What cannot be known
    beforehand: a rule that raises :class:`~opgrad.NotDifferentiable` when it runs.

    Args:
        what: a graph, a Value, an op, or a function.
        mode: reverse (``"vjp"``) or forward (``"jvp"``).
        order: 1 for first derivatives, 2 for second ones, ...
        args: example arguments to run a function on, to see which ops it calls.
        kwargs: the same by keyword.

    Raises:
        InputError: mode or order is none, or ``what`` is nothing of the kind.
    """
    if not isinstance(mode, str) or mode not in ("vjp", "jvp"):
        raise InputError(f"a mode is 'vjp' or 'jvp'; given {say(mode)}")
    if not isinstance(order, int) or order < 1:
        raise InputError(f"an order is 1, 2, ...; given {say(order)}")
    if isinstance(what, Node):
        finished(what)
    has = _has_jvp if mode == "jvp" else _has_vjp
    found = dict.fromkeys(_ops_of(what, args, kwargs or {}))
    return Support(mode, order, tuple(op for op in found if not has(op, order)))


def _has_vjp(op: Op, order: int) -> bool:
    return op.complete and (order == 1 or not op.opaque)


def _has_jvp(op: Op, order: int) -> bool:
    if op.linear:
        return True
    if op.opaque:
        return order == 1 and (op.jvp_rule is not None or (op.elementwise and op.complete))
    return op.jvp_rule is not None or op.complete


def _ops_of(what: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Iterable[Op]:
    if isinstance(what, Op):
        return [what]
    if isinstance(what, Node):
        what = Graph.of(what)
    if isinstance(what, Graph):
        return _ops_in(what)
    if not callable(what):
        raise InputError(f"supports() takes a graph, a Value, an op or a function; {say(what)}")
    leaves, structure = flatten((tuple(args), dict(kwargs)))
    example: Any = structure.unflatten([fresh_node(x) if is_leaf(x) else x for x in leaves])
    outs = [out for out in flatten(what(*example[0], **example[1]))[0] if isinstance(out, Node)]
    return _ops_in(Graph.of(*outs))


def _ops_in(graph: Graph) -> Iterable[Op]:
    for node in graph.nodes:
        if node.op is CHECKPOINT:
            segment = node.params["segment"]
            inside = segment.run([fresh_node(x.data) for x in node.inputs[: len(segment.slots)]])
            yield from _ops_in(Graph.of(flatten(inside)[0][node.params["index"]]))
        elif node.op is not None:
            yield node.op
