"""Exact algebra on elementwise primitives."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from opgrad.compiler.primitives import elementwise, make
from opgrad.compiler.rewrite import aval, is_constant
from opgrad.node import Constant, Node

_MULTIPLY, _NEGATIVE = elementwise(np.multiply, 2), elementwise(np.negative, 1)
_DIVIDE = elementwise(np.divide, 2)


def simplify_arithmetic(node: Node) -> Node | None:
    """One of x and -x and the like in the place of an application, where it is the same."""
    op = node.op
    if op is None or not op.elementwise or node.data.dtype.kind == "c":
        return None  # of complex numbers, NumPy's products with infinity are not exact
    x, y = node.x, node.y
    if y is None:
        rule = _UNARY.get(op.name)
    elif x.__class__ is Constant or y.__class__ is Constant or node.more is not None:
        rule = _WITH_CONSTANT.get(op.name)
    else:
        return None
    found = rule(node) if rule else None
    return found if found is not None and aval(found) == node.data else None


def _value(node: Node | None) -> Any:
    """The one number that a constant is; NaN, which equals nothing, for anything else."""
    if node is None or not is_constant(node):
        return math.nan
    data = node.data
    return math.nan if data.__class__ is not float and np.shape(data) else data


def _multiply(node: Node) -> Node | None:
    x, y = node.inputs
    for a, b in ((x, y), (y, x)):
        if _value(b) == 1:
            return a
        if _value(b) == -1 and aval(a) == node.data:
            return make(_NEGATIVE, (a,), node.data)
    return None


def _divide(node: Node) -> Node | None:
    x, y = node.inputs
    return x if _value(y) == 1 else None


def _is_zero(node: Node, sign: float) -> bool:
    value = _value(node)
    return value == 0 and not isinstance(value, complex) and math.copysign(1.0, value) == sign


def _add(node: Node) -> Node | None:
    x, y = node.inputs
    if _is_zero(y, -1.0):  # adding 0.0 makes 0.0 of -0.0
        return x
    return y if _is_zero(x, -1.0) else None


def _subtract(node: Node) -> Node | None:
    x, y = node.inputs
    return x if _is_zero(y, 1.0) else None


def _negative(node: Node) -> Node | None:
    [x] = node.inputs
    return x.x if x.op is _NEGATIVE else None


def _power(node: Node) -> Node | None:
    x, y = node.inputs
    n = _value(y)
    if n == 1:
        return x
    if aval(x) != node.data or node.data.dtype.kind != "f":
        return None
    if n == 2:
        return make(_MULTIPLY, (x, x), node.data)
    return None


def _where(node: Node) -> Node | None:
    _, x, y = node.inputs
    return x if x is y else None


_UNARY = {"negative": _negative}
_WITH_CONSTANT = {
    "multiply": _multiply,
    "divide": _divide,
    "add": _add,
    "subtract": _subtract,
    "power": _power,
    "where": _where,
}
