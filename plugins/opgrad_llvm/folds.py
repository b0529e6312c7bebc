"""Reductions inside loops: what they start from, how values are added, how lanes become one."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from opgrad.compiler.primitives import MAX, MIN, PROD, SUM
from opgrad_llvm.code import Code
from opgrad_llvm.elements import ELEMENTS, Emit
from opgrad_llvm.kinds import Kind

_FUNCTION: dict[Any, Callable[..., Any]] = {
    SUM: np.add,
    PROD: np.multiply,
    MAX: np.maximum,
    MIN: np.minimum,
}


_OF_TRUTHS: dict[Any, Callable[..., Any]] = {MAX: np.bitwise_or, MIN: np.bitwise_and}


def combine(op: Any, kind: Kind) -> Emit:
    """The instructions that take one more value in."""
    return ELEMENTS[(_OF_TRUTHS if kind == "b1" else _FUNCTION)[op]][0]


def start(op: Any, kind: Kind) -> int | float:
    """The value that changes nothing."""
    if op is SUM:
        return 0
    if op is PROD:
        return 1
    if kind[0] == "f":
        return -math.inf if op is MAX else math.inf
    if kind == "b1":
        return int(op is MIN)
    limits = np.iinfo(np.dtype(kind))
    return int(limits.min if op is MAX else limits.max)


def inside(op: Any, given: Kind, out: Kind, *, many: bool) -> Kind:
    """What it is computed in: sums of many float32 in float64, as rounding errors add up."""
    if op in (MAX, MIN):
        return given
    return "f8" if many and out == "f4" else out


def one(code: Code, op: Any, kind: Kind, lanes: str) -> str:
    """The lanes of a vector taken together: one number."""
    emit = combine(op, kind)
    width = code.lanes
    while width > 1:
        half = width // 2
        order = ", ".join(f"i32 {k + half if k < half else 0}" for k in range(code.lanes))
        type_ = code.type(kind)
        upper = code.let(
            f"shufflevector {type_} {lanes}, {type_} {lanes}, <{code.lanes} x i32> <{order}>"
        )
        lanes = emit(code, kind, lanes, upper)
        width = half
    return code.let(f"extractelement {code.type(kind)} {lanes}, i32 0")
