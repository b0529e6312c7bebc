"""Python's own numbers: what a program computes is what Python would, or a guard fails.

Python's integers grow, its divisions and powers raise, its roots are complex, and it compares an
integer with a float exactly. A program has 64 bits and what processors compute. Where the two
could differ, the condition under which they do not is a decision that Python takes, and so a guard.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from opgrad.compiler.primitives import elementwise
from opgrad.data import concrete_of, is_number, is_traced, node_of, tracer_of
from opgrad.operation import Op

_POWER, _FINITE = elementwise(np.power, 2), elementwise(np.isfinite, 1)

FITS = 2.0**62
"""Integers that are smaller, by an estimate in floats, have no more than 64 bits."""
MODERATE = 64.0
"""Exponents of complex numbers up to here neither overflow nor vanish on the way."""
EXACT = 2.0**53
"""Floats are integers without gaps up to here."""


def binary(name: str, op: Op, compute: Callable[..., Any], x: Any, y: Any) -> Any:
    """An operator of two numbers, at least one of them traced."""
    tracer = tracer_of(x if is_traced(x) else y)
    given, kinds = (x, y), _kind(x) + _kind(y)
    if "b" in kinds and not (name in _OF_BOOLS and kinds == "bb"):
        x, y, kinds = as_int(x), as_int(y), kinds.replace("b", "i")
    if name in _MAKES_FLOATS and set(kinds) == {"i", "f"}:
        x, y = _rounded(x), _rounded(y)  # as Python does before it computes
    if "i" in kinds and (is_long(x) or is_long(y)):
        condition: Any = False
    elif "c" in kinds:
        condition = _COMPLEX.get(name, _holds)(x, y)
    elif "f" in kinds:
        condition = _FLOAT.get(name, _holds)(x, y)
    else:
        condition = _INTEGER.get(name, _holds)(x, y)
    if condition is RAISES:
        out = tracer.compute(compute, *map(_plain, given))
        tracer.escape(_why(name, kinds))  # such as 0.0 ** -inf, which does not
        return out
    if not condition:
        tracer.escape(_why(name, kinds))
        return compute(*map(_plain, given))
    if condition is AS_FLOATS:
        x, y = _float(x), _float(y)
    out = tracer.record(op, (x, y), compute=compute)
    if "c" in kinds and name in _CAN_OVERFLOW and not _is_usual(out, x, y):
        tracer.escape(_why(name, kinds))
        return _plain(out)
    if name == "pow" and _kind(out) == "f" and (is_traced(y) or not 0 <= y <= 1):
        _is_finite(out, x, y)
    return out


def unary(name: str, op: Op, compute: Callable[..., Any], x: Any) -> Any:
    """An operator of one number."""
    tracer, x = x.tracer, as_int(x)
    if _kind(x) == "i" and name != "invert" and not _fits(_float(x)):
        tracer.escape(_why(name, "i"))
        return compute(x.concrete)
    out = tracer.record(op, (x,), compute=compute)
    if _kind(x) == "c" and name == "abs":
        _is_finite(out, x)
    return out


def _why(name: str, kinds: str) -> str:
    if set(kinds) <= set("bi"):
        return "an integer of more than 64 bits needs Python itself;"
    if name == "pow" and "c" not in kinds:
        return "a root of zero, or a complex root of a negative number, needs Python itself;"
    return f"{name} of such numbers needs Python itself;"


def as_int(x: Any) -> Any:
    """The integer that a bool is; other numbers as they are."""
    if not is_traced(x):
        return int(x) if type(x) is bool else x
    return np.where(x, 1, 0).item() if type(x.concrete) is bool else x


def fit_each_other(x: Any, y: Any, *, compared: bool = False) -> bool:
    """Whether a Python integer fits into the dtype of the integers that it meets, as it must.

    Compared, it need not: programs compare both as int64, if that has all values of the dtype.
    """
    for number, array in ((x, y), (y, x)):
        if is_traced(number):
            if _kind(number) != "i" or not is_number(number) or is_number(array):
                continue
            dtype = array.aval.dtype if is_traced(array) else array.dtype
            is_free = dtype != np.uint64 if compared else dtype == np.int64
            if dtype.kind in "iu" and not is_free:
                limits = np.iinfo(dtype)
                top = min(int(limits.max), 2**63 - 1)
                return bool(number >= int(limits.min)) and bool(number <= top)
        elif is_long(number) and not compared:
            return _kind(array) == "f" if is_traced(array) else array.dtype.kind == "f"
    return True


def is_long(x: Any) -> bool:
    """Whether it is an integer of more than 64 bits, which no program has."""
    return type(x) is int and not -(2**63) <= x < 2**63


_MAKES_FLOATS = frozenset({"add", "sub", "mul", "truediv"})


def _rounded(x: Any) -> Any:
    """A long integer as the float that it is beside another one, if there is such a float."""
    return float(x) if is_long(x) and abs(x) < 2**1023 else x


# -- conditions ----------------------------------------------------------------------------------


class _Raises:
    """Python raises."""


class _AsFloats:
    """Python makes floats of both."""


RAISES, AS_FLOATS = _Raises(), _AsFloats()


def _kind(x: Any) -> str:
    if is_traced(x):
        kind: str = node_of(x).data.dtype.kind
        return kind
    return {bool: "b", int: "i", float: "f", complex: "c"}.get(type(x), "f")


def _plain(x: Any) -> Any:
    return concrete_of(x) if is_traced(x) else x


def _float(x: Any) -> Any:
    return x * 1.0


def _holds(x: Any, y: Any) -> Any:
    return True


def _fits(estimate: Any) -> bool:
    return bool(abs(estimate) < FITS)


def _is_exact(x: Any) -> bool:
    return _kind(x) != "i" or bool(abs(_float(x)) < EXACT)


def _is_finite(out: Any, *inputs: Any) -> bool:
    """Whether a result is finite: Python raises where it is not and its inputs are."""
    if not is_traced(out):
        return True
    if bool(out.tracer.record(_FINITE, (out,))):
        return True
    for x in inputs:
        if is_traced(x):
            bool(x.tracer.record(_FINITE, (x,)))
    return False


def _is_usual(out: Any, x: Any, y: Any) -> bool:
    """Whether a result of complex numbers is neither infinite nor NaN, nor zero."""
    return _is_finite(out, x, y) and bool(out != 0)


def _add(x: Any, y: Any) -> Any:
    return _fits(_float(x) + _float(y))


def _sub(x: Any, y: Any) -> Any:
    return _fits(_float(x) - _float(y))


def _mul(x: Any, y: Any) -> Any:
    return _fits(_float(x) * _float(y))


def _divides(x: Any, y: Any) -> Any:
    return True if bool(y) else RAISES


def _divides_exactly(x: Any, y: Any) -> Any:
    return (_is_exact(x) and _is_exact(y)) if bool(y) else RAISES


def _floor_divides(x: Any, y: Any) -> Any:
    if not bool(y):
        return RAISES
    return (not is_traced(y) and y != -1) or _fits(_float(x))


def _left(x: Any, y: Any) -> Any:
    if bool(y < 0):
        return RAISES
    return bool(y < 63) and _fits(_float(x) * 2.0 ** _float(y))


def _right(x: Any, y: Any) -> Any:
    return RAISES if bool(y < 0) else bool(y < 63)


def _compares(x: Any, y: Any) -> Any:
    return _is_exact(x) and _is_exact(y)


def _integer_power(x: Any, y: Any) -> Any:
    if bool(y < 0):
        return AS_FLOATS if bool(x) else RAISES
    tracer = (x if is_traced(x) else y).tracer
    return _fits(tracer.record(_POWER, (abs(_float(x)), _float(y))))


def _float_power(x: Any, y: Any) -> Any:
    is_known = not is_traced(y) and np.isfinite(y)
    is_whole = _kind(y) == "i" or (is_known and y == int(y))
    if (is_known and is_whole and y >= 0) or bool(x > 0):
        return True
    if bool(x == 0):
        if bool(y < 0):
            return RAISES
        return is_whole or not bool(y == 0.5)  # NumPy's root of -0.0 is another
    return is_whole


def _complex_power(x: Any, y: Any) -> Any:
    return bool(x != 0) and bool(abs(y) <= MODERATE)


_OF_BOOLS = {"and", "or", "xor"}
_CAN_OVERFLOW = {"mul", "truediv", "pow"}
_INTEGER = {
    "add": _add,
    "sub": _sub,
    "mul": _mul,
    "truediv": _divides_exactly,
    "floordiv": _floor_divides,
    "mod": _floor_divides,
    "pow": _integer_power,
    "lshift": _left,
    "rshift": _right,
}
_FLOAT = {
    "truediv": _divides,
    "floordiv": _divides,
    "mod": _divides,
    "pow": _float_power,
    **dict.fromkeys(("lt", "le", "gt", "ge", "eq", "ne"), _compares),
}
_COMPLEX = {
    "truediv": _divides,
    "pow": _complex_power,
    "eq": _compares,
    "ne": _compares,
}
