"""What Python functions give a program back: checked, and brought into the form that was traced."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

import opgrad as og
from opgrad.compiler.avals import Aval

OPERATORS: dict[Callable[..., Any], Callable[..., Any]] = {
    np.add: operator.add,
    np.subtract: operator.sub,
    np.multiply: operator.mul,
    np.divide: operator.truediv,
    np.floor_divide: operator.floordiv,
    np.remainder: operator.mod,
    np.power: operator.pow,
    np.negative: operator.neg,
    np.absolute: operator.abs,
    np.bitwise_and: operator.and_,
    np.bitwise_or: operator.or_,
    np.bitwise_xor: operator.xor,
    np.invert: operator.invert,
    np.less: operator.lt,
    np.less_equal: operator.le,
    np.greater: operator.gt,
    np.greater_equal: operator.ge,
    np.equal: operator.eq,
    np.not_equal: operator.ne,
}
"""What Python computes with its own numbers, whose integers do not overflow."""


def python_function(node: og.Node, avals: Mapping[og.Node, Any]) -> Callable[..., Any]:
    """What computes a node in Python."""
    op: Any = node.op
    if op.elementwise and all(avals[x].number for x in node.inputs):
        function = OPERATORS.get(op.implements[0])
        if function is not None:
            return function
    return partial(op.forward, **node.params) if node.params else op.forward


def received(x: Any, aval: Aval) -> Any:
    """A result as the aval says, and nobody else's memory.

    Raises:
        og.errors.InputError: it has another shape or dtype than when the function was traced.
    """
    if aval.number:
        number = x.item() if isinstance(x, np.generic | np.ndarray) else x
        if type(number) is _PYTHON[aval.dtype.kind]:
            return number
        raise _changed(x, aval)
    if not aval.shape:
        if type(x) is aval.dtype.type:
            return x
        x = np.asarray(x)[()]
        if x.dtype != aval.dtype or x.shape:
            raise _changed(x, aval)
        return x
    if type(x) is not np.ndarray:
        x = np.asarray(x)
    if x.shape != aval.shape or x.dtype != aval.dtype:
        raise _changed(x, aval)
    if x.base is not None or x.flags.num & 0x101 != 0x101:
        return x.copy()
    return x


_PYTHON: dict[str, type] = {"f": float, "i": int, "b": bool, "c": complex}


def _changed(x: Any, aval: Aval) -> Exception:
    given = f"shape {np.shape(x)}, {getattr(x, 'dtype', type(x).__name__)}"
    return og.errors.InputError(
        f"in a compiled program, a function gave {given}; when it was traced, {aval}. Such a "
        f"function cannot be compiled, as what follows is made for one shape and dtype"
    )
