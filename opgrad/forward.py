"""The forward pass through one op: its inputs as nodes, its result checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from opgrad.data import (
    PLAIN,
    is_data,
    is_number,
    is_traced,
    node_of,
    read_only,
    say,
    show,
    snapshot,
    why_no_data,
)
from opgrad.errors import ForwardError, InputError, NotTraceable
from opgrad.node import Constant, Node, Writable, finished, next_number
from opgrad.operation import NO_PARAMS, Op, Raw, Rule
from opgrad.plugin import describe
from opgrad.registry import default
from opgrad.residuals import only_residuals
from opgrad.twins import twin


class _WritableConstant(Writable, Node):
    __slots__ = ()


def as_nodes(op: Op, args: tuple[Any, ...]) -> tuple[Node, ...]:
    """The op's inputs: nodes as they are, raw data as constants.

    Raises:
        InputError: there are too few or too many, or one is neither a node nor raw data.
    """
    inputs = tuple([as_node(x, op) for x in args])
    if len(inputs) != op.arity and op.arity is not None:
        raise InputError(
            f"{describe(op)} takes {op.arity} input{'s' * (op.arity != 1)}, given {len(inputs)}"
            + (f" (and params: {', '.join(sorted(op.param_names))})" if op.param_names else "")
        )
    return inputs


def as_node(x: Any, op: Op) -> Node:
    """A node as it is; raw data as a constant.

    Raises:
        InputError: ``x`` is neither.
    """
    if isinstance(x, Node):
        return finished(x)
    if x.__class__ not in PLAIN and not is_data(x):
        raise InputError(why_no_data(x, f"{describe(op)} takes"))
    return constant(x)


@twin("constant")
def constant(x: Raw) -> Constant:
    """Raw data, as a node: it reads small arrays as they are now, not as they will be."""
    node: Any = _WritableConstant()
    node.op = node.x = node.y = node.more = None
    node.data = snapshot(x)
    node.number = next_number()
    node.__class__ = Constant
    return node  # type: ignore[no-any-return]  # the twin has become a Constant


def run_forward(op: Op, inputs: tuple[Node, ...], params: Mapping[str, Any] = NO_PARAMS) -> Raw:
    """The op's result on the data of its inputs.

    Raises:
        ForwardError: it is neither a number nor an array.
        Exception: whatever the forward raised, with a note that names the op.
    """
    try:
        if op.opaque:
            data = call_back(op.forward, tuple([x.data for x in inputs]), params)
        else:
            data = op.forward(*[x.data for x in inputs], **params)
    except Exception as error:
        data = recover(error, op, inputs, params)
    return data if data.__class__ in PLAIN else settle(op, data, inputs)


def settle(op: Op, data: Any, inputs: tuple[Node, ...]) -> Raw:
    """Python numbers in, Python number out, also where the forward went through NumPy.

    Arrays become read-only: rules need them as they are now.

    Raises:
        ForwardError: ``data`` is neither a number nor an array.
    """
    if (recording := only_residuals.get()) is not None:
        recording.release_before(data, inputs)
    if is_traced(data):
        if is_number(data) or node_of(data).data.shape:
            return data
        return data.item() if all(is_number(x.data) for x in inputs) else data
    if type(data) is np.ndarray and data.ndim and data.dtype.kind in "fc":
        # Most often, and nothing else to look at.
        if data.flags.writeable:  # read_only(), written out
            data = data.view()
            data.setflags(False)
        return data
    if isinstance(data, np.generic | np.ndarray) and data.ndim == 0 and data.dtype.kind in "biufc":
        only_numbers = all(is_number(x.data) for x in inputs)
        return data.item() if only_numbers else np.asarray(data)[()]
    if isinstance(data, Node) or not is_data(data):
        raise ForwardError(
            f"the forward of {describe(op)} returned {say(data)}; "
            f"expected a number or a numeric array"
        )
    return read_only(data)


def recover(
    error: Exception, op: Op, inputs: tuple[Node, ...], params: Mapping[str, Any] = NO_PARAMS
) -> Raw:
    """What an op is traced as whose forward cannot be; any other exception, explained.

    Raises:
        Exception: the error, unless it is a :class:`~opgrad.errors.NotTraceable`.
    """
    for x in inputs:
        finished(x)
    cause = NotTraceable.behind(error)
    if cause is not None:
        cause.trace.unsettled = None
        data = tuple([x.data for x in inputs])
        lowering = default().lowering(op)
        made = NotImplemented if lowering is None else lowering(*data, **params)
        return cause.trace.call(op.forward, data, params) if made is NotImplemented else made
    explain(error, op, inputs)
    raise error


def call_back(
    function: Callable[..., Raw], args: tuple[Any, ...], params: Mapping[str, Any]
) -> Any:
    """What the function returns; while a function is traced, as one step, not looked into."""
    for x in args:
        if is_traced(x):
            return x.tracer.call(function, args, params)
    return function(*args, **params)


def run_rule(op: Op, rule: Rule, args: tuple[Any, ...], params: Mapping[str, Any]) -> Any:
    """What the rule returns; while a function is traced and the rule cannot be, it is one step."""
    try:
        return call_back(rule, args, params) if op.opaque else rule(*args, **params)
    except Exception as error:
        cause = NotTraceable.behind(error)
        if cause is None:
            raise
        cause.trace.unsettled = None
        return cause.trace.call(rule, args, params)


def explain(error: Exception, op: Op, inputs: tuple[Node, ...]) -> None:
    """Add to an exception from a forward which op it came from, and on what."""
    shown = ", ".join(show(x.data) for x in inputs)
    error.add_note(f"in the forward of {describe(op)} on inputs ({shown})")
