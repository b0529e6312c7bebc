"""The steps of a backward pass: which nodes it visits, and what it does at each of them.

Schedulers are made of these (:mod:`opgrad.schedule` passes them on), and so are checkpoints.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from operator import attrgetter
from typing import Any

import numpy as np

from opgrad import diagnostics
from opgrad.alive import Masks, behind, cut, may_have_nan, shrunk
from opgrad.cotangent import accumulate, fit, wrong_count
from opgrad.data import is_data, read_only, show
from opgrad.errors import NonFiniteError, NotDifferentiable, VjpError
from opgrad.forward import run_rule
from opgrad.node import Constant, Node, raw
from opgrad.operation import missing_rule
from opgrad.plugin import describe
from opgrad.residuals import Leaving, reads
from opgrad.tangent import zero_like
from opgrad.twins import twin

by_number = attrgetter("number")


@twin("plan")
def plan(root: Node, wrt: frozenset[Node] | None) -> tuple[list[Node], dict[Node, Any]]:
    """The nodes between ``wrt`` and ``root``, newest first, and a place for each one's cotangent.

    Inputs are older than outputs, so this is a topological order.
    """
    order = [root]
    cotangents: dict[Node, Any] = {root: None}
    others = False  # ends that nobody asks for: leaves, and what was made of constants alone
    for node in order:  # grows as it is walked
        x, y = node.x, node.y
        is_end = True
        if x is not None and x.__class__ is not Constant:
            is_end = False
            if x not in cotangents:
                cotangents[x] = None
                order.append(x)
        if y is not None and y.__class__ is not Constant:
            is_end = False
            if y not in cotangents:
                cotangents[y] = None
                order.append(y)
        if node.more is not None:
            for parent in node.more[0]:
                if parent.__class__ is not Constant:
                    is_end = False
                    if parent not in cotangents:
                        cotangents[parent] = None
                        order.append(parent)
        if is_end and wrt is not None and node not in wrt:
            others = True
    order.sort(key=by_number, reverse=True)
    if wrt is None or not others:
        return order, cotangents
    needed = set(wrt)
    for node in reversed(order):
        more = () if node.more is None else node.more[0]
        if node.x in needed or node.y in needed or not needed.isdisjoint(more):
            needed.add(node)
    order = [node for node in order if node in needed]
    return order, dict.fromkeys(order)


def step_by_step(
    order: Sequence[Node],
    cotangents: dict[Node, Any],
    keep: frozenset[Node] | None,
    *,
    record: bool = False,
    is_last: bool = False,
    masks: Masks | None = None,
) -> None:
    """A pass that can record, let go of data, and track what is alive; it fills ``cotangents``.

    Args:
        order: the nodes to visit, newest first.
        cotangents: a place for each, with that of the root.
        keep: the nodes whose cotangents are wanted (``None``: all); the others are freed when used.
        record: run the rules on Values.
        is_last: let go of the data of nodes that the pass has been through.
        masks: to track what is alive (:mod:`opgrad.alive`).
    """
    owned: set[Node] = set()
    leaving = Leaving(order) if is_last and not record else None
    for node in order:
        g = cotangents[node]
        if g is None or node.op is None:
            continue
        if keep is not None and node not in keep:
            cotangents[node] = None  # free it: nobody asks for it again
            owned.discard(node)
        if leaving is not None and not reads(node.op).out:
            leaving.let_go(node)
        try:
            _deliver(node, g, cotangents, owned, record, masks)
        except Exception as error:
            explain(error, node)
            raise
        g = None  # or it would live until the next rule has run
        if leaving is not None:
            leaving.let_go(node)


def _deliver(
    node: Node,
    g: Any,
    cotangents: dict[Node, Any],
    owned: set[Node],
    record: bool,
    masks: Masks | None,
) -> None:
    # A function, so that nothing of it lives on when the pass looks at who knows a node.
    for parent, ct in arrivals(node, g, cotangents, record, masks):
        accumulate(cotangents, owned, parent, ct)
        del ct


def pull_back(
    node: Node, g: Any, needed: Container[Node], record: bool = False
) -> list[tuple[Node, Any]]:
    """Run the VJP of one node: its needed inputs, each with its cotangent, checked.

    To ``record`` the pass, the rule is run on the nodes themselves instead of on their data.

    Raises:
        VjpError: the rule returned the wrong number of cotangents, or one that does not fit.
        NotDifferentiable: a needed cotangent is not defined.
    """
    return list(arrivals(node, g, needed, record))


def arrivals(
    node: Node,
    g: Any,
    needed: Container[Node],
    record: bool = False,
    masks: Masks | None = None,
) -> Iterator[tuple[Node, Any]]:
    """What :func:`pull_back` gives, one by one: an input's own rule runs when it is its turn.

    With ``masks`` it is 0 for what is dead.
    """
    g = read_only(g)
    if masks is None:
        pulled = _pulled(node, g, needed, record)
    else:
        pulled = _tracked(node, g, needed, record, masks)
    for position, ct in pulled:
        ct = fit(node, position, node.inputs[position].data, ct, record=record)
        if ct is not None:
            if diagnostics.state.depth:
                diagnostics.check_cotangent(node, position, g, ct)
            yield node.inputs[position], ct
        ct = None  # or it would live until the next rule has run


def _tracked(
    node: Node, g: Any, needed: Container[Node], record: bool, masks: Masks
) -> Iterator[tuple[int, Any]]:
    """What :func:`_pulled` gives, with 0 for what is dead; the masks are told what they need."""
    op, inputs = node.op, node.inputs
    assert op is not None
    if op.own_pass is not None:
        for position, (ct, mask) in enumerate(op.own_pass.pull(g, masks.of(node), node, record)):
            if inputs[position] in needed:
                masks.tell(node, position, mask)
                yield position, ct
        return
    # Where the rule is differentiated again, what is dead must be cut off even if it is finite.
    always = record and op.elementwise and not op.selects
    left = [i for i, parent in enumerate(inputs) if parent in needed]
    try:
        for position, ct in _pulled(node, g, needed, record):
            left.remove(position)
            unpacked = ct[0] if isinstance(ct, tuple) and len(ct) == 1 else ct
            if unpacked is None:
                masks.tell(node, position, False)
                yield position, ct
                continue
            ct = unpacked
            del unpacked
            if is_data(raw(ct)) and (always or may_have_nan(ct)):
                [mask] = behind(node, [position], masks.of(node))
                if op.elementwise and np.shape(ct) != np.shape(node.data):
                    mask = shrunk(mask, np.shape(ct))  # the rule has summed over what was broadcast
                ct = cut(ct, mask)
            yield position, ct
            ct = None
    except ZeroDivisionError:  # what Python's numbers have in the place of infinity
        if np.any(masks.of(node)):
            raise
        for position in left:
            yield position, zero_like(inputs[position].data)


def _pulled(node: Node, g: Any, needed: Container[Node], record: bool) -> Iterator[tuple[int, Any]]:
    """What the rules return for the inputs that are needed, by position, not yet looked at."""
    op, inputs, params = node.op, node.inputs, node.params
    assert op is not None
    if record and op.opaque:
        raise NotDifferentiable(
            f"{describe(op)} is opaque: its VJP calls foreign code, so there are no second "
            f"derivatives through it"
        )
    if diagnostics.state.depth:
        diagnostics.check_unchanged(node)
    positions = [i for i, parent in enumerate(inputs) if parent in needed]
    out: Any = node if record else node.data
    data = primals(node, record)
    if op.joint_rule is None:
        for position in positions:
            rule = op.rules[position] if op.rules else missing_rule
            yield position, run_rule(op, rule, (g, out, *data), params)
        return
    if not positions:
        return
    cts = run_rule(op, op.joint_rule, (g, out, *data), params)
    if cts.__class__ is not tuple or len(cts) != len(inputs):
        raise wrong_count(node, cts)
    for position in positions:
        yield position, cts[position]


def primals(node: Node, record: bool) -> list[Any]:
    """What a node's rules see of its inputs: the nodes themselves, to record; else their data."""
    if record:
        return [x if x.__class__ is not Constant else x.data for x in node.inputs]
    return [x.data for x in node.inputs]


def explain(error: Exception, node: Node) -> None:
    """Add to an exception from a VJP which op it came from, on what, and made where."""
    if isinstance(error, VjpError | NonFiniteError) or node.op is None:
        return  # says so already
    inputs = ", ".join(show(parent.data) for parent in node.inputs)
    error.add_note(
        f"in the VJP of {describe(node.op)} at inputs ({inputs}); {diagnostics.created_at(node)}"
    )
