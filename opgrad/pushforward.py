"""The way forward of tangents: the derivative of results along a direction, in one walk.

From the oldest node to the newest, each makes the tangent of its output of those of its inputs:

- by its op's own JVP rule (``@op.jvp``), if there is one;
- if the op is linear in each input: by the op itself, on a tangent in the place of its input;
- if it is elementwise: by its VJP rules, as its Jacobian is diagonal, and so its own transpose;
- else by the VJP of its VJP. The VJP is linear in its cotangent; the VJP of that is the JVP.

:class:`Pushforward` is the walk, and keeps what several directions have in common.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from opgrad import diagnostics
from opgrad.alive import (
    Alive,
    behind,
    cut,
    either,
    may_have_nan,
    of_seed,
    ones,
    reached,
    settled,
    tracer,
)
from opgrad.cotangent import fit, in_form_of, is_less_precise, seed, wrong_count
from opgrad.data import show
from opgrad.errors import JvpError, NonFiniteError, NotDifferentiable, VjpError
from opgrad.forward import run_rule
from opgrad.node import Node, raw
from opgrad.passes import newer, tied
from opgrad.plugin import describe
from opgrad.schedule import SEQUENTIAL
from opgrad.steps import primals
from opgrad.tangent import check_tangent, fit_tangent, one_like, zero_like
from opgrad.value import Value, apply


class Pushforward:
    """What leads from some nodes to others, ready for tangents.

    Args:
        roots: where it leads; anything but nodes is ignored.
        inputs: where it starts.
        start: the number that nodes on the way have at least.
    """

    def __init__(self, roots: Sequence[Any], inputs: Iterable[Node], start: int) -> None:
        stop = frozenset(inputs)
        self._roots = [root for root in roots if isinstance(root, Node)]
        reached = newer(self._roots, start, stop=stop)
        between = [node for node in reached if node.op is not None and node not in stop]
        self._order = sorted(between, key=lambda node: node.number)
        self._linear: dict[Any, tuple[Value[Any], list[Any]]] = {}

    def push(self, tangents: Mapping[Node, Any], record: bool) -> Mapping[Node, Any]:
        """The tangents of all nodes that depend on those that have one.

        As a backward pass does (:func:`~opgrad.schedule.cotangents_from`), it tracks which zeros
        are structural if it is recorded, or else if it came upon a NaN.

        Args:
            tangents: of the inputs, in their form.
            record: run the rules on Values, so that the results can be differentiated.

        Raises:
            JvpError: an op's JVP returned something that does not fit.
            NotDifferentiable: a derivative on the way is not defined.
        """
        if not record:
            try:
                found = self.walk(tangents, record)
                if not any(self._has_nan(found, root) for root in self._roots):
                    return found
            except ArithmeticError:  # Python's numbers, or debug mode, do not make a NaN
                pass
        return self.walk(tangents, record, {x.number: of_seed(t) for x, t in tangents.items()})

    @staticmethod
    def _has_nan(found: Mapping[Node, Any], root: Node) -> bool:
        return diagnostics.has_nan(raw(found.get(root)), if_lazy=True)

    def walk(
        self,
        tangents: Mapping[Node, Any],
        record: bool,
        alive: dict[int, Alive] | None = None,
    ) -> Mapping[Node, Any]:
        """One walk from the oldest node to the newest.

        Args:
            tangents, record: as :meth:`push` takes them.
            alive: to track what is alive (:mod:`opgrad.alive`): the masks of the inputs that have
                a tangent, by their numbers. The others' are added.
        """
        found = dict(tangents)
        for node in self._order:
            given = [found.get(x) for x in node.inputs]
            if all(t is None for t in given):
                continue
            try:
                if diagnostics.state.depth:
                    diagnostics.check_unchanged(node)
                if alive is None:
                    tangent = self._through(node, given, record)
                else:
                    masks = [alive.get(x.number, True) for x in node.inputs]
                    tangent, mask = self._tracked(node, given, masks, record)
                    alive[node.number] = mask
                if tangent is not None:
                    found[node] = tangent
                    if diagnostics.state.depth:
                        check_tangent(node, given, tangent)
            except Exception as error:
                _explain(error, node)
                raise
        return found

    def _tracked(
        self, node: Node, given: list[Any], masks: Sequence[Alive], record: bool
    ) -> tuple[Any, Alive]:
        """The tangent of a node's output, and its mask, given those of its inputs."""
        op, inputs = node.op, node.inputs
        assert op is not None
        given = [None if mask is False else t for t, mask in zip(given, masks, strict=True)]
        coming = [i for i, t in enumerate(given) if t is not None]
        if not coming:
            return None, False
        if op.own_pass is not None:
            assert op.own_pass.push is not None
            return op.own_pass.push(given, masks, node, record)
        if op.selects:
            if not op.elementwise:  # whose rules choose for themselves
                selected = dict(zip(coming, behind(node, coming, True), strict=True))
                given = [None if t is None else cut(t, selected[i]) for i, t in enumerate(given)]
            tracers = [
                None if t is None else tracer(op, x.data, mask)
                for t, x, mask in zip(given, inputs, masks, strict=True)
            ]
            mask = reached(self._through(node, tracers, record=False))
            tangent = self._through(node, given, record)
            return (cut(tangent, mask) if may_have_nan(tangent) else tangent), mask
        if all(masks[i] is True for i in coming) or not (op.elementwise or op.linear):
            return self._through(node, given, record), True
        parts = [self._part(node, i, given[i], masks[i], record) for i in coming]
        kept = [(part, mask) for part, mask in parts if part is not None]
        if not kept:
            return None, False
        return (
            fit_tangent(node, _total([part for part, _ in kept]), record=record),
            functools.reduce(either, [mask for _, mask in kept]),
        )

    def _part(
        self, node: Node, position: int, t: Any, alive: Alive, record: bool
    ) -> tuple[Any, Alive]:
        """What one tangent adds to that of the output, where the op is elementwise or linear."""
        op, data = node.op, [x.data for x in node.inputs]
        assert op is not None
        given: list[Any] = [None] * len(data)
        given[position] = t
        if op.elementwise:
            mask = alive
            if mask is not True and np.shape(mask) != np.shape(node.data):
                mask = settled(np.broadcast_to(mask, np.shape(node.data)))
            parts = _elementwise(node, given, primals(node, record), record)
            part = _total(parts) if parts else None
        else:
            tracers = [ones(x) for x in data]
            tracers[position] = tracer(op, data[position], alive)
            mask = reached(run_rule(op, op.forward, tuple(tracers), node.params))
            part = _in_each_place(node, given, primals(node, record), record)
        is_cut = part is not None and ((record and op.elementwise) or may_have_nan(part))
        return (cut(part, mask) if is_cut else part), mask

    def _through(self, node: Node, given: list[Any], record: bool) -> Any:
        op, inputs = node.op, node.inputs
        assert op is not None
        if record and op.opaque and not op.linear:
            raise NotDifferentiable(
                f"{describe(op)} is opaque: its rules call foreign code, so there are no second "
                f"derivatives through it"
            )
        data = primals(node, record)
        if op.jvp_rule is not None:
            full = zip(given, inputs, strict=True)
            ts = tuple(zero_like(x.data) if t is None else t for t, x in full)
            out = node if record else node.data
            made = run_rule(op, op.jvp_rule, (ts, out, *data), node.params)
            return fit_tangent(node, made, record=record)
        if op.linear:
            return fit_tangent(node, _in_each_place(node, given, data, record), record=record)
        if op.elementwise:
            parts = _elementwise(node, given, data, record)
            shape = np.shape(node.data)
            if all(np.shape(raw(part)) == shape for part in parts):
                return fit_tangent(node, _total(parts), record=record) if parts else None
        return self._transposed(node, given, data, record)

    def _transposed(self, node: Node, given: list[Any], primals: list[Any], record: bool) -> Any:
        """By the VJP, at a cotangent that stands for any, and its own VJP."""
        op = node.op
        assert op is not None
        if op.opaque:
            raise NotDifferentiable(
                f"{describe(op)} is opaque: its VJP calls foreign code, so that no JVP can be made "
                f"of it; the op may give its own with @{op.name}.jvp"
            )
        positions = [i for i, t in enumerate(given) if t is not None]
        key = (node, record, *positions)
        if key not in self._linear:
            probe = Value.leaf(one_like(node.data))
            cts = [
                fit(node, i, node.inputs[i].data, ct, record=True)
                for i, ct in zip(
                    positions, _cotangents(node, probe, primals, positions, record), strict=True
                )
            ]
            self._linear[key] = probe, cts
        probe, cts = self._linear[key]
        ts = [given[i] for i in positions]
        root, ct = tied(cts, ts, record)
        if root is None:
            return None
        # Not cotangents_from(): that a tangent is 0 here says nothing of what was selected.
        return SEQUENTIAL.run(root, seed(root, ct, record=record), frozenset([probe]), record).get(
            probe
        )


def _in_each_place(node: Node, given: list[Any], primals: list[Any], record: bool) -> Any:
    """The sum of the op on the primals, each of which in turn is replaced by its tangent."""
    op, parts = node.op, list[Any]()
    assert op is not None
    for i, t in enumerate(given):
        if t is not None:
            args = (*primals[:i], t, *primals[i + 1 :])
            if record:
                made = apply(op, args, node.params)
            else:
                made = run_rule(op, op.forward, args, node.params)
            parts.append(made)
    return _total(parts)


def _elementwise(node: Node, given: list[Any], primals: list[Any], record: bool) -> list[Any]:
    """What each tangent adds to that of the output, by the VJP rules.

    Between real numbers the rule does the same to a tangent as to a cotangent. A complex number is
    a pair of real ones, for which that is not so. The rule then pairs ``t`` with cotangents 1 and
    i of the output: the real part of ``rule(1) t`` is that of its tangent, the real part of
    ``rule(i) t`` is minus the imaginary part.
    """
    out, shape = node.data, np.shape(node.data)
    is_complex = any(_is_complex(x.data) for x in (node, *node.inputs))
    assert node.op is not None
    if node.op.joint_rule is None and not is_complex:
        parts = []
        for i, t in enumerate(given):
            if t is not None:
                g = t if np.shape(raw(t)) == shape else np.broadcast_to(t, shape)
                if is_less_precise(raw(g), out):  # a rule that selects passes it on as it is
                    g = in_form_of(out, g)
                parts += _cotangents(node, g, primals, [i], record)
        return [ct for ct in map(functools.partial(_plain, node), parts) if ct is not None]
    one = one_like(out)
    parts = _products(node, one, given, primals, record)
    if is_complex:
        parts = [np.real(part) for part in parts]
    if _is_complex(out):
        others = _products(node, 1j * one, given, primals, record)
        parts = [a - 1j * np.real(b) for a, b in zip(parts, others, strict=True)]
    return parts


def _products(node: Node, g: Any, given: list[Any], primals: list[Any], record: bool) -> list[Any]:
    """Each tangent times what the VJP makes of ``g``."""
    positions = [i for i, t in enumerate(given) if t is not None]
    cts = [_plain(node, ct) for ct in _cotangents(node, g, primals, positions, record)]
    return [ct * given[i] for i, ct in zip(positions, cts, strict=True) if ct is not None]


def _cotangents(
    node: Node, g: Any, primals: list[Any], positions: Sequence[int], record: bool
) -> list[Any]:
    """What the VJP rules return for these inputs, not yet checked one by one.

    Raises:
        VjpError: a joint rule returned the wrong number of cotangents.
    """
    op, out, params = node.op, node if record else node.data, node.params
    assert op is not None
    if op.joint_rule is None:
        return [run_rule(op, op.rules[i], (g, out, *primals), params) for i in positions]
    cts = run_rule(op, op.joint_rule, (g, out, *primals), params)
    if cts.__class__ is not tuple or len(cts) != len(primals):
        raise wrong_count(node, cts)
    return [cts[i] for i in positions]


def _plain(node: Node, ct: Any) -> Any:
    """What a rule returned for one input; ``None`` if it said that this has no gradient."""
    assert node.op is not None
    if node.op.joint_rule is None:
        if ct is None or (isinstance(ct, tuple) and len(ct) != 1):
            raise wrong_count(node, ct)
        if isinstance(ct, tuple):
            [ct] = ct
    if isinstance(ct, NotDifferentiable):
        raise type(ct)(*ct.args)  # a fresh one: an instance may be shared, and would keep its trace
    return ct


def _is_complex(data: Any) -> bool:
    return isinstance(data, complex) or getattr(getattr(data, "dtype", None), "kind", "") == "c"


def _total(parts: Sequence[Any]) -> Any:
    total, *rest = parts
    for part in rest:
        total = total + part
    return total


def _explain(error: Exception, node: Node) -> None:
    """Add to an exception which op's JVP it came from, on what, and made where."""
    if isinstance(error, JvpError | VjpError | NonFiniteError) or node.op is None:
        return  # says so already
    inputs = ", ".join(show(x.data) for x in node.inputs)
    error.add_note(
        f"in the JVP of {describe(node.op)} at inputs ({inputs}); {diagnostics.created_at(node)}"
    )
