"""Which instructions an elementwise node takes, and on which kinds of number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from opgrad.compiler.avals import Aval
from opgrad.compiler.primitives import erfc
from opgrad_llvm import mathlib
from opgrad_llvm.elements import ELEMENTS, SCIPY, Emit, Instruction, math_call
from opgrad_llvm.kinds import REGISTER, Kind, is_float, kind_of
from opgrad_llvm.powers import power_of


@dataclass(frozen=True)
class Rule:
    """How native code computes a node.

    Attributes:
        inputs: what its inputs are cast to.
        kind: what it computes in.
        output: the kind of its result.
        emit: writes the instructions.
    """

    inputs: tuple[Kind, ...]
    kind: Kind
    output: Kind
    emit: Emit

    @cached_property
    def all_floats(self) -> bool:
        """Whether any number can be cast to its inputs."""
        return all(map(is_float, self.inputs))

    @cached_property
    def instruction(self) -> str:
        """On plain numbers: the one instruction of two values that it is, if it is one."""
        emit = self.emit
        if not isinstance(emit, Instruction):
            return ""
        return f"{emit.name(self.kind)} {REGISTER[self.kind]}"


def rule_of(
    function: Callable[..., Any], given: tuple[Aval, ...], out: Aval, last: float | int | None
) -> Rule | None:
    """The rule for an elementwise function; ``None``: native code cannot compute it as NumPy does.

    Args:
        function: a ufunc, ``np.where`` or ``erfc``.
        given: of its inputs.
        out: of its result.
        last: the last input, if it is a number known now.
    """
    output = kind_of(out.dtype)
    if any(kind_of(aval.dtype) is None for aval in given):
        return None
    if any(aval.number and aval.dtype.kind == "i" for aval in given) and any(
        aval.dtype.kind in "iu" and aval.dtype.itemsize < 8 for aval in given
    ):
        return None  # Python's integer may be out of the array's range
    if output is None or (out.number and output[0] == "i" and function is not np.where):
        return None  # Python's own integers do not overflow
    kinds = _loop_kinds(function, given)
    if kinds is None or kinds[-1] != output:
        return None
    *inputs, _ = kinds
    kind = inputs[-1]
    if any(other != kind for other in inputs[function is np.where :]):
        return None
    emit = _emit(function, kind, last)
    return emit and Rule(tuple(inputs), kind, output, emit)


def cast_rule(given: Aval, out: Aval) -> Rule | None:
    """The rule for a cast; ``None``: native code does not have the kinds."""
    source, goal = kind_of(given.dtype), kind_of(out.dtype)
    if source is None or goal is None:
        return None
    return Rule((goal,), goal, goal, lambda code, kind, x: x)


def _emit(function: Callable[..., Any], kind: Kind, last: float | int | None) -> Emit | None:
    found = ELEMENTS.get(function)
    if found is not None:
        return found[0] if kind in found[1].split() else None
    if not is_float(kind):
        return None
    if function is np.power and last is not None and (emit := power_of(last)):
        return emit
    name = getattr(function, "__name__", "")
    if function is erfc:
        return math_call(name)
    if getattr(np, name, None) is not function:
        name = _scipy_name(function)
        if name in SCIPY:
            return SCIPY[name]
    return math_call(name) if mathlib.has(name) else None


def _scipy_name(function: Callable[..., Any]) -> str:
    """The name of a function that is no one of NumPy's: a ufunc of SciPy's, or nobody's."""
    if not isinstance(function, np.ufunc) or hasattr(np, function.__name__):
        return ""
    import sys

    special = sys.modules.get("scipy.special")
    name = function.__name__
    if getattr(special, name, None) is not function:
        return ""
    return {"psi": "digamma"}.get(name, name)


def _loop_kinds(function: Callable[..., Any], given: tuple[Aval, ...]) -> list[Kind] | None:
    """The kinds that NumPy would compute in: of each input, and of the result."""
    if function is erfc:
        dtypes: tuple[Any, ...] = (given[0].dtype, given[0].dtype)
    elif function is np.where:
        chosen = np.result_type(*[_example(aval) for aval in given[1:]])
        dtypes = (np.dtype(bool), chosen, chosen, chosen)
    else:
        assert isinstance(function, np.ufunc)
        try:
            dtypes = function.resolve_dtypes((*map(_weak, given), None))
        except TypeError:  # NumPy has no loop for these
            return None
    kinds = [kind_of(dtype) for dtype in dtypes]
    return None if None in kinds else kinds  # type: ignore[return-value]  # no None is in it


def _weak(aval: Aval) -> Any:
    """A dtype; for a Python number its type, as it takes on others' dtypes."""
    if aval.number and aval.dtype.kind != "b":
        return {"f": float, "i": int, "c": complex}[aval.dtype.kind]
    return aval.dtype


def _example(aval: Aval) -> Any:
    return _weak(aval)(0) if aval.number and aval.dtype.kind != "b" else aval.dtype
