"""Primitives: the ops of a traced program, each a NumPy function.

A traced program has other ops than a recorded one: rules and forwards have run, and what is left is
the NumPy functions that they called. Those that backends know are brought into one form here.
Everything else is a :func:`call`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np
from attrs import frozen

from opgrad.compiler.avals import aval_of
from opgrad.node import Node, Writable, next_number
from opgrad.operation import NO_PARAMS, Op, full_name


@cache
def elementwise(function: Callable[..., Any], arity: int) -> Op:
    """The primitive of an elementwise function: a ufunc, or ``np.where``."""
    name = function.__name__
    return Op(
        name=name, forward=function, arity=arity, elementwise=True, implements=(function,), doc=name
    )


_math_erfc = np.frompyfunc(math.erfc, 1, 1)


def erfc(x: Any) -> Any:
    """1 - erf(x), of floats; NumPy has no such function."""
    out = _math_erfc(x)  # an array of objects, or a float
    return out if x.__class__ is float else np.asarray(out, np.asarray(x).dtype)[()]


def _primitive(name: str, forward: Callable[..., Any], arity: int | None, *params: str) -> Op:
    return Op(name=name, forward=forward, arity=arity, param_names=frozenset(params), doc=name)


def _scatter(*values: Any, shape: tuple[int, ...], dtype: Any, indices: tuple[Any, ...]) -> Any:
    if len(values) == 1:
        out = np.zeros(shape, dtype)
        out[indices[0]] = values[0]
        return out
    out = np.full(shape, -0.0, dtype)  # to which any number adds as it is
    is_blank = np.ones(shape, bool)
    for index, value in zip(indices, values, strict=True):
        out[index] += value
        is_blank[index] = False
    out[is_blank] = 0
    return out


ERFC = elementwise(erfc, 1)
MATMUL = _primitive("matmul", np.matmul, 2)
SUM = _primitive("sum", np.sum, 1, "axis")
PROD = _primitive("prod", np.prod, 1, "axis")
MAX = _primitive("max", np.max, 1, "axis")
MIN = _primitive("min", np.min, 1, "axis")
RESHAPE = _primitive("reshape", lambda x, *, shape: np.reshape(x, shape), 1, "shape")
BROADCAST = _primitive("broadcast_to", lambda x, *, shape: np.broadcast_to(x, shape), 1, "shape")
TRANSPOSE = _primitive("transpose", lambda x, *, axes: np.transpose(x, axes), 1, "axes")
ASTYPE = _primitive("astype", lambda x, *, dtype: np.asarray(x, dtype)[()], 1, "dtype")
GETITEM = _primitive("getitem", lambda x, *, index: x[index], 1, "index")
"""An element or slice; the index is of integers, slices, ``None`` and ``...`` alone."""
SCATTER = _primitive("scatter", _scatter, None, "shape", "dtype", "indices")
"""Zeros of that shape, with each value added at its index, one after the other."""
PICK = _primitive("pick", lambda x, *, index: x[index], 1, "index")
"""One of several results."""
NUMBER = _primitive("number", lambda x: x.item() if hasattr(x, "item") else x, 1)
"""A Python number of an array of no axes."""


class _WritableNode(Writable, Node):
    __slots__ = ()


def make(
    op: Op | None, inputs: tuple[Node, ...], aval: Any, params: Mapping[str, Any] = NO_PARAMS
) -> Node:
    """A node of a traced graph: its data are an aval, or a tuple of them."""
    node: Any = _WritableNode()
    n = len(inputs)
    node.op = op
    node.x = inputs[0] if n else None
    node.y = inputs[1] if n > 1 else None
    variadic = op is not None and op.arity is None
    node.more = (inputs[2:], dict(params)) if n > 2 or params or variadic else None
    node.data = aval
    node.number = next_number()
    node.__class__ = Node
    return node  # type: ignore[no-any-return]  # the twin has become a Node


VIEWS = {GETITEM, BROADCAST, RESHAPE, TRANSPOSE, PICK}
"""What may share its memory with what it is applied to."""


@frozen
class Hole:
    """Where, in the arguments of a call, its input of that position goes."""

    position: int


@frozen(eq=False)
class Call:
    """A call of any function, with holes where inputs go."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]

    def __call__(self, *inputs: Any) -> Any:
        """The function's result."""
        args = fill(self.args, inputs)
        return self.function(*args, **{name: fill(x, inputs) for name, x in self.kwargs.items()})

    def __repr__(self) -> str:
        return full_name(self.function)


def fill(template: Any, inputs: tuple[Any, ...]) -> Any:
    """The arguments, with the inputs in place of the holes."""
    if isinstance(template, Hole):
        return inputs[template.position]
    if isinstance(template, tuple | list):
        filled = (fill(x, inputs) for x in template)
        if hasattr(template, "_fields"):
            return type(template)(*filled)
        return type(template)(filled)
    if isinstance(template, dict):
        return {key: fill(x, inputs) for key, x in template.items()}
    if isinstance(template, slice):
        return slice(*[fill(x, inputs) for x in (template.start, template.stop, template.step)])
    return template


class OtherShape(Exception):  # noqa: N818  # caught by what runs the program
    """A call that a program makes gave another shape or dtype than when it was traced."""


def call(run: Callable[..., Any], name: str, aval: Any) -> Op:
    """The primitive of calls that backends make in Python.

    Args:
        run: takes the inputs to the result, or to a tuple of several.
        name: of what is called.
        aval: of the result when traced, or a tuple of these. With another one, it raises
            ``OtherShape``.
    """

    def forward(*inputs: Any) -> Any:
        out = run(*inputs)
        if aval_of(out) != aval:
            raise OtherShape(name)
        return out

    return Op(name=name, forward=forward, arity=None, opaque=True, doc="")
