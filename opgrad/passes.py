"""Walks and passes over what a call recorded: from several roots, or over its newer part alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any

from opgrad.cotangent import exact_zeros, seed
from opgrad.diagnostics import has_nan
from opgrad.node import Constant, Node, finished
from opgrad.operation import Op
from opgrad.residuals import last_pass
from opgrad.schedule import cotangents_from
from opgrad.twins import twin

NOTHING: frozenset[Node] = frozenset()


def raw(x: Any) -> Any:
    """The data of a node; anything else as it is."""
    try:
        return x.data if isinstance(x, Node) else x
    except AttributeError:
        return finished(x)  # which is not, and says so


@twin("newer")
def newer(leaves: Iterable[Any], start: int, *, stop: Collection[Node] = NOTHING) -> list[Node]:
    """What the nodes among ``leaves`` depend on, without constants, in no order.

    The walk goes through nodes that are numbered from ``start`` on, and ends at older ones and at
    those of ``stop``, which are included.
    """
    seen = {x for x in leaves if isinstance(x, Node) and x.__class__ is not Constant}
    order = list(seen)
    for node in order:  # grows as it is walked
        if node.number < start or (stop and node in stop):
            continue
        x, y = node.x, node.y
        if x is not None and x not in seen and x.__class__ is not Constant:
            seen.add(x)
            order.append(x)
        if y is not None and y not in seen and y.__class__ is not Constant:
            seen.add(y)
            order.append(y)
        if node.more is not None:
            for parent in node.more[0]:
                if parent not in seen and parent.__class__ is not Constant:
                    seen.add(parent)
                    order.append(parent)
    return order


def back_from(
    roots: Sequence[Any],
    cts: Sequence[Any],
    wrt: frozenset[Node],
    *,
    record: bool,
    is_last: bool = False,
) -> Mapping[Node, Any]:
    """One backward pass from several roots; those that are no nodes, or have no cotangent, are not.

    Where it makes a NaN, or a lazy array that may have one, it is done again so that zero
    cotangents stay zero (see :class:`~opgrad.exact_zeros`). The last pass over a graph, which
    leaves no data in it, cannot be done again: there they do so from the start.
    """
    pairs = [
        (root, ct)
        for root, ct in zip(roots, cts, strict=True)
        if isinstance(root, Node) and root.__class__ is not Constant and ct is not None
    ]
    if not pairs:
        return {}
    root, ct = pairs[0]
    if len(pairs) > 1:
        seeds = {"cotangents": tuple(seed(root, ct, record=record) for root, ct in pairs)}
        root, ct = Node(1.0, _TIE, tuple(root for root, _ in pairs), seeds), 1.0
    if is_last:
        token = last_pass.set(root)
        try:
            with exact_zeros():
                return cotangents_from(root, ct, wrt)
        finally:
            last_pass.reset(token)
    try:
        found = cotangents_from(root, ct, wrt, None, record)
        if not _any_has_nan(found, wrt):
            return found
    except ArithmeticError:  # Python's numbers, or debug mode, are not content with a NaN
        pass
    with exact_zeros():
        return cotangents_from(root, ct, wrt, None, record)


@twin("any_has_nan")
def _any_has_nan(found: Mapping[Node, Any], nodes: Iterable[Node]) -> bool:
    return any(has_nan(raw(found.get(node)), if_lazy=True) for node in nodes)


_TIE = Op(
    name="tie",
    forward=lambda *roots, cotangents: 1.0,
    arity=None,
    param_names=frozenset({"cotangents"}),
    doc="Several results as one, from which a backward pass can start.",
    module=__name__,
)
_TIE.set_joint_rule(lambda g, out, *roots, cotangents: cotangents)


def dependent(nodes: Iterable[Node], on: set[Node]) -> set[Node]:
    """Those of the nodes that are, or depend on, others."""
    depend = set(on)
    for node in sorted(nodes, key=attrgetter("number")):
        if node not in depend and not depend.isdisjoint(node.inputs):
            depend.add(node)
    return depend
