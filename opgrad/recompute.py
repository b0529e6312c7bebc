"""Checkpoints: functions whose inner results are not kept, but computed again on the way back."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import numpy as np
from attrs import frozen

from opgrad import diagnostics
from opgrad.alive import Alive, Masks
from opgrad.call import fresh_node
from opgrad.choice import check_function
from opgrad.containers import flatten
from opgrad.data import is_traced, say, snapshot
from opgrad.errors import ChangedError
from opgrad.node import Constant, Node, next_number, raw
from opgrad.operation import Op, OwnPass
from opgrad.passes import newer
from opgrad.pushforward import Pushforward
from opgrad.residuals import Recording, only_residuals
from opgrad.running import running
from opgrad.steps import by_number, primals, step_by_step
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
        fresh = [Value.leaf(raw(x)) for x in given]
        outs, form = flatten(segment.run(fresh))
        stands_for: Mapping[Node, Node] = dict(zip(fresh, given, strict=True))
        results: list[Any] = []
        for index, out in enumerate(outs):
            if not isinstance(out, Node) or out in stands_for or out.number < start:
                results.append(stands_for.get(out, out) if isinstance(out, Node) else out)
                continue
            reached = newer([out], start)
            captured = tuple(node for node in reached if node.number < start)
            params = {
                "segment": segment,
                "index": index,
                "form": _Form.of(out.data),
                "captured": captured,
            }
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

    def run_again(self, inputs: Sequence[Any], index: int, form: _Form) -> Node:
        """The result of that index, as another run has it: what it was before."""
        outs = flatten(self.run(inputs))[0]
        out = outs[index] if index < len(outs) else None
        is_given = any(out is x for x in inputs)
        if isinstance(out, Node) and not is_given:
            found = _Form.of(out.data)
            if found.is_like(form):
                return out
            now = found.say(beside=form)
        else:
            now = "an argument" if is_given else say(raw(out))
        raise ChangedError(
            f"{self!r}, a checkpoint, was run again for its derivative, and did not do the same: "
            f"result {index} was a computed Value of {form.say()}, and is {now} now. What it "
            f"draws at random or changes outside, do outside, and pass it in; what it takes from "
            f"outside must not change before the backward pass."
        )

    def run(self, inputs: Sequence[Any]) -> Any:
        leaves = list(self.kept)
        for i, x in zip(self.slots, inputs, strict=True):
            leaves[i] = x
        args, kwargs = self.structure.unflatten(leaves)
        start = min((x.number for x in inputs if isinstance(x, Node)), default=next_number())
        with running(start, inputs):
            return self.f(*args, **kwargs)


@frozen
class _Form:
    """What a result is told by, when it is computed again: it need not be kept for that.

    Attributes:
        shape, dtype: of a number, ``()`` and ``None``.
        total: the sum of all elements; ``None`` where that would be known only later.
        size: the sum of their magnitudes.
    """

    shape: tuple[int, ...]
    dtype: Any
    total: Any
    size: Any

    @classmethod
    def of(cls, data: Any) -> _Form:
        shape, dtype = getattr(data, "shape", ()), getattr(data, "dtype", None)
        if is_traced(data) or not isinstance(data, np.ndarray | int | float | complex | np.number):
            return cls(shape, dtype, None, None)
        with np.errstate(all="ignore"):
            return cls(shape, dtype, np.sum(data), np.sum(np.abs(data)))

    def is_like(self, other: _Form) -> bool:
        """Whether it is the same to half the digits: BLAS may round otherwise the second time."""
        if (self.shape, self.dtype) != (other.shape, other.dtype):
            return False
        if self.total is None or other.total is None or not np.isfinite(other.size):
            return True
        has_digits = self.dtype is not None and self.dtype.kind in "fc"
        eps = np.finfo(self.dtype if has_digits else np.float64).eps
        limit = float(np.sqrt(eps)) * float(other.size)
        return bool(abs(self.total - other.total) <= limit and abs(self.size - other.size) <= limit)

    def say(self, *, beside: _Form | None = None) -> str:
        """In words; only what is not the same, if that is but the numbers."""
        if beside is not None and (self.shape, self.dtype) == (beside.shape, beside.dtype):
            return "of other numbers"
        return f"shape {self.shape}" + ("" if self.dtype is None else f" and dtype {self.dtype}")


CHECKPOINT = Op(
    name="checkpoint",
    forward=lambda *inputs, segment, index, form, captured: flatten(
        segment.run(inputs[: len(segment.slots)])
    )[0][index],
    arity=None,
    param_names=frozenset({"segment", "index", "form", "captured"}),
    selects=True,  # what is in there may
    doc="A function, computed again for its derivative.",
    module=__name__,
)


def _back(
    g: Any, alive: Alive | None, inputs: Sequence[Any], params: Mapping[str, Any]
) -> list[tuple[Any, Alive]]:
    """Run the function again, and back through what that made.

    Args:
        g: the cotangent of its result.
        alive: the mask of that; ``None``: this is not tracked.
        inputs: Values, if the pass is recorded.
        params: the op's.

    Returns:
        A cotangent, with its mask, for each input.
    """
    segment, index, captured = params["segment"], params["index"], params["captured"]
    record = isinstance(g, Node) or any(isinstance(x, Node) for x in inputs)
    start = next_number()
    fresh = [fresh_node(x) for x in inputs[: len(segment.slots)]]
    is_last = not record and not diagnostics.state.depth
    letting_go = only_residuals.set(Recording(start) if is_last else None)
    try:
        root = segment.run_again(fresh, index, params["form"])
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
    keep = stop.union(captured)
    masks = None if alive is None else Masks(order, cotangents, alive, ends=keep)
    step_by_step(order, cotangents, keep, record=record, is_last=is_last, masks=masks)
    sources: tuple[Node, ...] = (*fresh, *captured)
    return [(cotangents.get(x), True if masks is None else masks.of(x)) for x in sources]


def _forth(
    tangents: Sequence[Any],
    alive: Sequence[Alive] | None,
    inputs: Sequence[Any],
    params: Mapping[str, Any],
) -> tuple[Any, Alive]:
    """Run the function again, and the tangents through what that made; as :func:`_back`."""
    start = next_number()
    fresh = [fresh_node(x) for x in inputs[: len(params["segment"].slots)]]
    root = params["segment"].run_again(fresh, params["index"], params["form"])
    sources: tuple[Node, ...] = (*fresh, *params["captured"])
    pairs = zip(sources, tangents, strict=True)
    given = {x: t for x, t in pairs if isinstance(t, Node) or (t is not None and np.any(t))}
    record = any(isinstance(x, Node) for x in (*inputs, *given.values()))
    masks = None
    if alive is not None:
        masks = {x.number: mask for x, mask in zip(sources, alive, strict=True)}
    tangent = Pushforward([root], sources, start).walk(given, record, masks).get(root)
    if tangent is None:
        return zero_like(root.data), False
    return tangent, (masks or {}).get(root.number, True)


def _rule(g: Any, out: Any, *inputs: Any, **params: Any) -> tuple[Any, ...]:
    return tuple(ct for ct, _ in _back(g, None, inputs, params))


def _jvp_rule(tangents: tuple[Any, ...], out: Any, *inputs: Any, **params: Any) -> Any:
    return _forth(tangents, None, inputs, params)[0]


CHECKPOINT.set_joint_rule(_rule)
CHECKPOINT.set_jvp_rule(_jvp_rule)
CHECKPOINT.set_own_pass(
    OwnPass(
        pull=lambda g, alive, node, record: _back(g, alive, primals(node, record), node.params),
        push=lambda ts, alive, node, record: _forth(ts, alive, primals(node, record), node.params),
    )
)


def _computed(data: Any, inputs: tuple[Node, ...], params: Mapping[str, Any]) -> Node:
    if not any(type(x) is not Constant for x in inputs):
        return Value.leaf(data)  # of Values that the function made itself
    value: Value[Any] = Value.__new__(Value)
    Node.__init__(value, data, CHECKPOINT, inputs, params)
    value.grad = 0
    return value
