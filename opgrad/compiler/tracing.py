"""One run of a function on traced arrays: its graph, its guards, and the form of its result."""

from __future__ import annotations

import dis
import gc
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from functools import reduce
from types import ModuleType
from typing import Any

import numpy as np
from attrs import frozen

from opgrad.compiler.avals import Aval
from opgrad.compiler.primitives import RESHAPE, elementwise, make
from opgrad.compiler.recording import Trace
from opgrad.compiler.rewrite import snapshot
from opgrad.compiler.traced import StandInType, Traced
from opgrad.containers import STATIC, flatten, flatten_in_order
from opgrad.data import NUMBER_TYPES
from opgrad.errors import NotTraceable, OpgradError
from opgrad.forward import constant
from opgrad.graph import Graph
from opgrad.node import Node, next_number
from opgrad.passes import newer

_BOOL = Aval((), np.dtype(bool))
_EQUAL, _AND = elementwise(np.equal, 2), elementwise(np.logical_and, 2)
_NOT, _TRUE = elementwise(np.logical_not, 1), elementwise(np.not_equal, 2)

tracing: ContextVar[bool] = ContextVar("tracing", default=False)
"""Whether a function is being traced in this context."""


@frozen(eq=False)
class Traces:
    """What became of one run.

    Attributes:
        graph: its outputs are what was returned and traced, and last, if there are guards,
            whether all came out as they did in this run.
        inputs: the leaves of the graph that the arguments go to.
        result: the leaves of what was returned: positions of outputs, and others as they are.
        structure: that of what was returned.
        guards: how many decisions were taken from values.
        is_plain: whether the result's leaves are the outputs, one by one.
    """

    graph: Graph
    inputs: tuple[Node, ...]
    result: tuple[Output | Static, ...]
    structure: Any
    guards: int
    is_plain: bool


@frozen
class Output:
    """A leaf of the result that the program computes."""

    position: int


@frozen(eq=False)
class Static:
    """A leaf of the result that depends on no argument."""

    value: Any


def trace(
    f: Callable[..., Any], name: str, leaves: Sequence[Any], structure: Any, dynamic: Sequence[int]
) -> tuple[Traces | NotTraceable, Any]:
    """What became of ``f`` on the arguments, those leaves at ``dynamic`` traced; and its result.

    In place of the traces, why there are none, if ``f`` went on with plain data.

    Raises:
        NotTraceable: ``f`` would turn a traced value into plain data, and has to run again.
        Exception: whatever ``f`` raised.
    """
    run = Trace(name)
    arguments = list(leaves)
    inputs = []
    for i in dynamic:
        arguments[i] = run.input(leaves[i])
        inputs.append(arguments[i].node)
    args, kwargs = structure.unflatten(arguments)
    start = next_number()
    token = tracing.set(True)
    try:
        returned = f(*args, **kwargs)
        if isinstance(run.unsettled, NotTraceable):  # raised where it could not come through
            raise run.unsettled
        _check(run, f"{name} caught {run.unsettled!r}, which decides what it does;", run.unsettled)
    except NotTraceable:
        raise
    except Exception as error:
        if NotTraceable.behind(error) is None and (
            not _is_of_function(error, run) or holds_stand_in(error.args)
        ):
            raise run.refusal(
                f"{name} raised {error!r} on what stands for its arguments;"
            ) from error
        raise
    finally:
        tracing.reset(token)
        run.is_open = False
    after, now = flatten_in_order((args, kwargs))
    is_changed = now != structure or any(a is not b for a, b in zip(after, arguments, strict=True))
    if is_changed:
        raise run.refusal(f"{name} changes a container that it was given;")
    found, out_structure = flatten(returned)
    parts = [x.stands_for if type(x) is StandInType else x for x in found]  # it has asked type(x)
    if run.given_up is None:
        for part in parts:
            is_node = isinstance(part, Node)
            is_outside = is_node and any(node.number < start for node in newer([part], start))
            _check(run, f"{name} takes a Value that it was not given;", is_outside)
            is_returned = is_node or isinstance(part, _RETURNED)
            _check(run, f"{name} returns {type(part).__name__};", not is_returned)
    if run.given_up is not None:
        return run.given_up, _as_computed(run, returned, parts, out_structure)
    outputs: list[Node] = []
    result: list[Output | Static] = []
    concrete = []
    for part in parts:
        if isinstance(part, Node):  # of ops called on raw data; raw it goes out
            part = part.data
        if isinstance(part, Traced):
            result.append(Output(len(outputs)))
            outputs.append(part.node)
            concrete.append(own(part.concrete))
        else:
            result.append(Static(own(part)))
            concrete.append(own(part))
    if run.guards:
        outputs.append(reduce(_both, [_holds(node, outcome) for node, outcome in run.guards]))
    traces = Traces(
        graph=snapshot(outputs, inputs),
        inputs=tuple(inputs),
        result=tuple(result),
        structure=out_structure,
        guards=len(run.guards),
        is_plain=all(isinstance(leaf, Output) for leaf in result),
    )
    return traces, out_structure.unflatten(concrete)


def _as_computed(run: Trace, returned: Any, parts: list[Any], structure: Any) -> Any:
    """What a function returned that went on with plain data.

    Raises:
        NotTraceable: it may hold stand-ins where they are not seen.
    """
    rest = [part for part in parts if not isinstance(part, Traced)]
    if any(holds_stand_in(part) for part in rest):
        assert run.given_up is not None
        raise run.given_up
    if len(rest) == len(parts):
        return returned
    return structure.unflatten([x.concrete if isinstance(x, Traced) else x for x in parts])


_RETURNED = (Traced, np.ndarray, *NUMBER_TYPES, *STATIC, np.dtype)
"""What a function may return that programs are made of; other objects might hold traced values."""


def _check(run: Trace, what: str, is_refused: object) -> None:
    """Give up a run that no program can be made of: its own result stays."""
    if is_refused:
        run.give_up(what)


def _is_of_function(error: Exception, run: Trace) -> bool:
    """Whether a plain run would raise it, too: it is of what was computed, or raised on purpose.

    Others, such as a TypeError from C code, may be due to what stands for the arguments.
    """
    if error is run.unsettled or isinstance(error, OpgradError):
        return True
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    if place is None or isinstance(error, TypeError | AttributeError):
        return False
    code = place.tb_frame.f_code.co_code
    return code[place.tb_lasti] in _RAISE


_RAISE = {dis.opmap[name] for name in ("RAISE_VARARGS", "RERAISE")}


def holds_stand_in(x: Any, limit: int = 10_000) -> bool:
    """Whether a stand-in can be reached from an object; true if there is too much to look at."""
    seen: set[int] = set()
    ahead = [x]
    while ahead:
        x = ahead.pop()
        if isinstance(x, Traced):
            return True
        if id(x) in seen or isinstance(x, ModuleType | type):
            continue
        seen.add(id(x))
        if len(seen) > limit:
            return True
        ahead += gc.get_referents(x)
    return False


def own(data: Any) -> Any:
    """A copy of what can change."""
    return data.copy() if isinstance(data, np.ndarray) else data


def _holds(node: Node, outcome: bool | int) -> Node:
    """Whether a guard comes out as it did."""
    if not isinstance(outcome, bool):
        return make(_EQUAL, (node, constant(outcome)), _BOOL)
    if node.data.shape:  # of one element
        node = make(RESHAPE, (node,), Aval((), node.data.dtype), {"shape": ()})
    if node.data.dtype.kind != "b":
        node = make(_TRUE, (node, constant(0)), _BOOL)
    return node if outcome else make(_NOT, (node,), _BOOL)


def _both(a: Node, b: Node) -> Node:
    return make(_AND, (a, b), _BOOL)
