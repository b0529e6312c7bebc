"""Walks and passes over what a call recorded: from several roots, or over its newer part alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any

from opgrad.alive import of_seed
from opgrad.cotangent import seed
from opgrad.node import Constant, Node
from opgrad.operation import Op, OwnPass
from opgrad.schedule import cotangents_from
from opgrad.twins import twin

NOTHING: frozenset[Node] = frozenset()


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

    See :func:`~opgrad.schedule.cotangents_from`.
    """
    root, ct = tied(roots, cts, record)
    return {} if root is None else cotangents_from(root, ct, wrt, None, record, is_last)


def tied(roots: Sequence[Any], cts: Sequence[Any], record: bool) -> tuple[Node | None, Any]:
    """One root and its cotangent that stand for all; ``None``, if there is none."""
    pairs = [
        (root, ct)
        for root, ct in zip(roots, cts, strict=True)
        if isinstance(root, Node) and root.__class__ is not Constant and ct is not None
    ]
    if not pairs:
        return None, None
    if len(pairs) == 1:
        return pairs[0]
    seeds = {"cotangents": tuple(seed(root, ct, record=record) for root, ct in pairs)}
    return Node(1.0, _TIE, tuple(root for root, _ in pairs), seeds), 1.0


_TIE = Op(
    name="tie",
    forward=lambda *roots, cotangents: 1.0,
    arity=None,
    param_names=frozenset({"cotangents"}),
    doc="Several results as one, from which a backward pass can start.",
    module=__name__,
)
_TIE.set_joint_rule(lambda g, out, *roots, cotangents: cotangents)
_TIE.set_own_pass(
    OwnPass(lambda g, alive, tie, record: [(ct, of_seed(ct)) for ct in tie.params["cotangents"]])
)


def dependent(nodes: Iterable[Node], on: set[Node]) -> set[Node]:
    """Those of the nodes that are, or depend on, others."""
    depend = set(on)
    for node in sorted(nodes, key=attrgetter("number")):
        if node not in depend and not depend.isdisjoint(node.inputs):
            depend.add(node)
    return depend
