"""The backward pass: in which order the VJPs of a graph run, and what becomes of their cotangents.

:func:`backward` is what users call. It hands over to a *scheduler*; every scheduler does the same
three things: :func:`plan` which nodes to visit, :func:`pull_back` through one node at a time, and
:func:`accumulate` what arrives at each. :class:`Sequential` is the one to read.

To write a scheduler, import these three from here, and :func:`explain` for exceptions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextvars import ContextVar
from itertools import dropwhile, zip_longest
from typing import Any

import numpy as np
from attrs import frozen

from opgrad import diagnostics
from opgrad.alive import Masks, of_seed
from opgrad.cotangent import NUMBERS, fit, seed, wrong_count
from opgrad.cotangent import accumulate as accumulate
from opgrad.data import NUMBER_TYPES, read_only, say
from opgrad.diagnostics import has_nan
from opgrad.errors import InputError, NoGradientError, SchedulerError
from opgrad.hooks import Scheduler, hookimpl
from opgrad.node import Node, finished, raw
from opgrad.registry import default
from opgrad.steps import explain as explain
from opgrad.steps import plan as plan
from opgrad.steps import pull_back as pull_back
from opgrad.steps import step_by_step
from opgrad.twins import twin

USUAL = (np.ndarray, *NUMBER_TYPES)


@frozen(eq=False, repr=False)
class Gradients(Mapping[Node, Any]):
    """The result of a backward pass: an immutable mapping from nodes to their cotangents.

    A node that no gradient flows to has no entry: ``gradients.get(x, 0)`` makes that a zero,
    ``gradients[x]`` a :class:`~opgrad.errors.NoGradientError` (a ``KeyError``).

    NumPy arrays in it are read-only, since two nodes may share one (the inputs of a sum do): copy
    what you want to change.
    """

    _cotangents: Mapping[Node, Any]  # None where nothing arrived

    def __getitem__(self, node: Node) -> Any:
        ct = self._cotangents.get(node)
        if ct is None:
            raise NoGradientError(
                f"no gradient flows from the root to {node!r}: the root does not depend on it "
                f"differentiably, or it is not among `wrt`. Use .get(node, 0) to make that a zero."
            )
        if isinstance(ct, np.ndarray):
            ct = ct.view()
            ct.flags.writeable = False
        return ct

    def __iter__(self) -> Iterator[Node]:
        return (node for node, ct in self._cotangents.items() if ct is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return f"<Gradients of {len(self)} nodes>"


def backward(
    root: Node,
    cotangent: Any = None,
    wrt: Iterable[Node] | None = None,
    *,
    record: bool = False,
    scheduler: str | Scheduler | None = None,
) -> Gradients:
    """The cotangents of ``wrt``, given the cotangent of ``root``. Changes no node.

    Args:
        root: the result to differentiate.
        cotangent: the derivative of the final result with respect to ``root``, of its shape. May
            be left out at a real scalar: 1.
        wrt: the nodes whose cotangents are wanted; only nodes on a path from these to ``root`` are
            visited. ``None``: every node that ``root`` depends on, itself included.
        record: run the rules on Values, so that the cotangents are Values, themselves recorded, and
            can be differentiated again.
        scheduler: name or object; ``None``: the current one (see :func:`use_scheduler`).

    Raises:
        CotangentError: ``cotangent`` is missing where it is needed, or has the wrong shape.
        VjpError: an op's VJP returned something that does not fit.
        NotDifferentiable: a gradient on the way is not defined.
    """
    if wrt is None:
        return Gradients(cotangents_from(root, cotangent, None, scheduler, record))
    if isinstance(wrt, Node):
        raise InputError("wrt takes several Values; for one, wrap it: wrt=[v]")
    targets = tuple(wrt)
    for node in targets:
        if not isinstance(node, Node):
            raise InputError(f"wrt takes Values; given {say(node)}")
        finished(node)
    found = cotangents_from(root, cotangent, frozenset(targets), scheduler, record)
    return Gradients({node: found.get(node) for node in targets})  # the rest of the graph may go


def cotangents_from(
    root: Node,
    cotangent: Any,
    wrt: frozenset[Node] | None,
    scheduler: str | Scheduler | None = None,
    record: bool = False,
    is_last: bool = False,
) -> Mapping[Node, Any]:
    """What the scheduler found, as it returned it: ``None`` for nodes that nothing reached.

    A pass that makes a NaN, or a lazy array that may have one, is done again, and now tracks which
    zeros are structural (:mod:`opgrad.alive`): their product with infinity is 0. Two passes track
    them from the start. One that is recorded, since a NaN may come up when it is itself
    differentiated; and the last one over a graph, which leaves no data to do it again.

    Args:
        root, cotangent, wrt, scheduler, record: those of :func:`backward`.
        is_last: the graph's data may be let go, where nobody else knows them.
    """
    if not isinstance(root, Node):
        raise InputError(f"backward() differentiates a Value; given {say(root)}")
    finished(root)
    chosen = current_scheduler() if scheduler is None else find_scheduler(scheduler)
    start = seed(root, cotangent, record=record)
    if record:
        order, cotangents = plan(root, wrt)
        is_tracked = of_seed(start) is not True or any(n.op and n.op.selects for n in order)
        if is_tracked or chosen is SEQUENTIAL:
            return _pass(order, cotangents, start, wrt, record=True, is_tracked=is_tracked)
        return _run(chosen, root, start, wrt, record)
    if is_last and chosen is SEQUENTIAL:
        return _pass(*plan(root, wrt), start, wrt, is_last=True)
    try:
        found = _run(chosen, root, start, wrt, record)
        if not any_has_nan(found.values() if wrt is None else [found.get(x) for x in wrt]):
            return found
    except ArithmeticError:  # Python's numbers, or debug mode, do not make a NaN
        pass
    return _pass(*plan(root, wrt), start, wrt)


def _run(
    chosen: Scheduler, root: Node, start: Any, wrt: frozenset[Node] | None, record: bool
) -> Mapping[Node, Any]:
    found = chosen.run(root, start, wrt, record)
    if found.__class__ is not dict and not isinstance(found, Mapping):
        raise SchedulerError(
            f"the scheduler {chosen.name!r} returned {say(found)}; expected a mapping from nodes "
            f"to their cotangents"
        )
    return found


def _pass(
    order: list[Node],
    cotangents: dict[Node, Any],
    start: Any,
    wrt: frozenset[Node] | None,
    *,
    record: bool = False,
    is_last: bool = False,
    is_tracked: bool = True,
) -> Mapping[Node, Any]:
    if order:
        cotangents[order[0]] = start
        masks = Masks(order, cotangents, of_seed(start)) if is_tracked else None
        step_by_step(order, cotangents, wrt, record=record, is_last=is_last, masks=masks)
    return cotangents


@twin("any_has_nan")
def any_has_nan(cts: Iterable[Any]) -> bool:
    """Whether one of these cotangents has a NaN, or is lazy and may have one."""
    return any(has_nan(raw(ct), if_lazy=True) for ct in cts)


class Sequential:
    """One VJP after the other, from the newest node to the oldest."""

    name = "sequential"

    @twin("run_in_order")
    def run(
        self, root: Node, cotangent: Any, wrt: frozenset[Node] | None, record: bool = False, /
    ) -> dict[Node, Any]:
        """The cotangents of ``wrt`` (of every node, if None), given that of ``root``."""
        order, cotangents = plan(root, wrt)
        if root in cotangents:
            cotangents[root] = cotangent
        by_steps = record or diagnostics.state.depth > 0
        if by_steps or not isinstance(root.data, USUAL):  # a rule may not be traceable
            step_by_step(order, cotangents, wrt, record=record)
            return cotangents
        owned: set[Node] = set()  # nodes whose cotangent is a sum made here, ours to change
        node = root
        try:
            for node in order:
                g, op = cotangents[node], node.op
                if g is None or op is None:
                    continue
                if wrt is not None and node not in wrt:
                    cotangents[node] = None  # free it: nobody asks for it again
                x: Any = node.x
                y: Any = node.y
                more = node.more
                if more is not None and (
                    y is not None or op.joint_rule is not None or op.arity is None
                ):
                    for parent, ct in pull_back(node, g, cotangents):
                        accumulate(cotangents, owned, parent, ct)
                    continue
                # The same for one input, and for two and no params, without loops and lists, and
                # with no more than a glance at numbers: three times faster on scalars.
                cy = None
                if g.__class__ not in NUMBERS:
                    g = read_only(g)
                if y is None:
                    if x not in cotangents:
                        continue
                    if more is None:
                        cx = op.rules[0](g, node.data, x.data)
                    else:
                        cx = op.rules[0](g, node.data, x.data, **more[1])
                elif op.joint_rule is None:
                    cx = op.rules[0](g, node.data, x.data, y.data) if x in cotangents else None
                    cy = op.rules[1](g, node.data, x.data, y.data) if y in cotangents else None
                elif x not in cotangents and y not in cotangents:
                    continue
                else:
                    cts = op.joint_rule(g, node.data, x.data, y.data)
                    if cts.__class__ is not tuple or len(cts) != 2:
                        raise wrong_count(node, cts)
                    cx, cy = cts
                if x in cotangents:
                    if cx.__class__ in NUMBERS and x.data.__class__ in NUMBERS:
                        old = cotangents[x]
                        cotangents[x] = cx if old is None else old + cx
                    else:
                        accumulate(cotangents, owned, x, fit(node, 0, x.data, cx))
                if y in cotangents:
                    if cy.__class__ in NUMBERS and y.data.__class__ in NUMBERS:
                        old = cotangents[y]
                        cotangents[y] = cy if old is None else old + cy
                    else:
                        accumulate(cotangents, owned, y, fit(node, 1, y.data, cy))
                g = cx = cy = None  # or they would live until the next rule has run
        except Exception as error:
            explain(error, node)
            raise
        return cotangents


# -- which scheduler ---------------------------------------------------------------------------

SEQUENTIAL = Sequential()
_choices: ContextVar[tuple[_Choice, ...]] = ContextVar("opgrad_scheduler", default=())
"""What is chosen in this thread or task, the latest last."""


def current_scheduler() -> Scheduler:
    """The one that runs where none is named."""
    choices = _choices.get()
    return choices[-1].by.scheduler if choices else SEQUENTIAL


def find_scheduler(scheduler: str | Scheduler) -> Scheduler:
    """The scheduler itself, or the one that plugins provide under that name.

    Raises:
        UnknownSchedulerError: no installed plugin provides it.
    """
    if isinstance(scheduler, str):
        return default().scheduler(scheduler)
    if isinstance(scheduler, Scheduler) and not isinstance(scheduler, type):
        return scheduler
    raise InputError(f"a scheduler is a name, or has .name and .run(...); given {scheduler!r}")


class use_scheduler:  # noqa: N801  # used like a function, and as a context manager
    """Make a scheduler the current one: in a ``with`` block, or from now on.

    It is the current one in this thread and, in asynchronous code, in this task and those that it
    starts; others keep theirs. Without a block, that is so until the next choice, or until the end
    of the block that the choice is made in. Blocks may end in any order, as those of generators do:
    what is left are the choices of those that are still open.

    Example:
        >>> loss = og.Value(3.0) * 2
        >>> with og.use_scheduler("threaded"):
        ...     loss.backward()

    Raises:
        UnknownSchedulerError: no installed plugin provides it.
    """

    def __init__(self, scheduler: str | Scheduler) -> None:
        self.scheduler = find_scheduler(scheduler)
        _choices.set((*_last_in_each_block(_choices.get()), _Choice(self, of_block=False)))

    def __enter__(self) -> Scheduler:
        # The choice that was made from now on was for this block.
        others = (c for c in _choices.get() if c.by is not self or c.of_block)
        _choices.set((*others, _Choice(self, of_block=True)))
        return self.scheduler

    def __exit__(self, *_: object) -> None:
        choices = _choices.get()
        mine = [i for i, choice in enumerate(choices) if choice.by is self and choice.of_block]
        if mine:  # or a generator was closed in another thread or task than it ran in
            later = dropwhile(lambda choice: not choice.of_block, choices[mine[-1] + 1 :])
            _choices.set((*choices[: mine[-1]], *later))


@frozen(eq=False)
class _Choice:
    by: use_scheduler
    of_block: bool


def _last_in_each_block(choices: tuple[_Choice, ...]) -> Iterator[_Choice]:
    """Without choices from now on that another one followed: a loop may make any number."""
    for choice, following in zip_longest(choices, choices[1:]):
        if choice.of_block or following is None or following.of_block:
            yield choice


@hookimpl
def opgrad_schedulers() -> list[Scheduler]:
    """The default scheduler comes through the same door as any other."""
    return [SEQUENTIAL]
