"""Transcendental functions of vectors, as LLVM IR: ``@og_exp_v8f64`` takes and gives 8 doubles.

`definitions` writes the functions that a module needs, `symbol` names them. Errors are below 4
units in the last place (ulp), special values are NumPy's; README.md tells how, and when the C
library is called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from opgrad_llvm.vecmath import (
    error_function,
    exponential,
    gamma,
    inverse_trigonometric,
    logarithm,
    power,
    trigonometric,
)
from opgrad_llvm.vecmath.emit import SUFFIX, Code, Element, Vector

DTYPES: dict[str, Element] = {"float64": "double", "float32": "float"}


@dataclass(frozen=True)
class Definition:
    """How a function is written: ``emit`` gives the result's vector from the arguments'."""

    emit: Callable[..., Vector]
    arity: int = 1
    in_double: bool = False  # emit wants float64 vectors, and the element of the result
    library: str | None = None  # the C library's name for what it computes: for one float64,
    beyond: Callable[[Vector], Vector] | None = None  # or where only this mask holds, which is rare


FUNCTIONS = {
    "exp": Definition(exponential.exp),
    "exp2": Definition(exponential.exp2),
    "expm1": Definition(exponential.expm1),
    "sinh": Definition(exponential.sinh),
    "cosh": Definition(exponential.cosh),
    "tanh": Definition(exponential.tanh),
    "expit": Definition(exponential.expit),
    "log": Definition(logarithm.log, library="log"),
    "log2": Definition(logarithm.log2),
    "log10": Definition(logarithm.log10),
    "log1p": Definition(logarithm.log1p),
    "logaddexp": Definition(logarithm.logaddexp, arity=2, in_double=True),
    "arcsinh": Definition(logarithm.arcsinh),
    "arccosh": Definition(logarithm.arccosh),
    "arctanh": Definition(logarithm.arctanh),
    "sin": Definition(
        trigonometric.sin, in_double=True, library="sin", beyond=trigonometric.beyond
    ),
    "cos": Definition(
        trigonometric.cos, in_double=True, library="cos", beyond=trigonometric.beyond
    ),
    "tan": Definition(
        trigonometric.tan, in_double=True, library="tan", beyond=trigonometric.beyond
    ),
    "arcsin": Definition(inverse_trigonometric.arcsin),
    "arccos": Definition(inverse_trigonometric.arccos),
    "arctan": Definition(inverse_trigonometric.arctan),
    "arctan2": Definition(inverse_trigonometric.arctan2, arity=2),
    "erf": Definition(error_function.erf, library="erf"),
    "erfc": Definition(error_function.erfc, in_double=True, library="erfc"),
    "power": Definition(power.power, arity=2, in_double=True, library="pow"),
    "cbrt": Definition(power.cbrt),
    "gammaln": Definition(gamma.gammaln, in_double=True, library="lgamma", beyond=gamma.beyond),
    "digamma": Definition(gamma.digamma, in_double=True),
    "hypot": Definition(power.hypot, arity=2, in_double=True),
}


def symbol(name: str, dtype: str, lanes: int) -> str:
    """The name of a function in IR: ``@og_exp_v8f64``; with one lane, ``@og_exp_f64``."""
    vector = "" if lanes == 1 else f"v{lanes}"
    return f"@og_{name}_{vector}{SUFFIX[DTYPES[dtype]]}"


class Definitions(NamedTuple):
    """LLVM IR: what a module declares, a line each, and the functions that it then defines.

    They are apart because LLVM refuses to read the same declaration twice.
    """

    declarations: frozenset[str]
    functions: str


def definitions(needed: Iterable[tuple[str, str, int]], *, fma: bool = True) -> Definitions:
    """The functions given as (name, dtype, lanes), for a module that calls them.

    Args:
        needed: Names are those of `FUNCTIONS`; dtypes ``"float64"`` and ``"float32"``. Repeats
            count once.
        fma: Whether the target has fused multiply-add. Where it has not and this says so, the
            function that needs it does without; otherwise it would be called, lane by lane.

    Raises:
        KeyError: A name or dtype that is not there.
    """
    declarations: set[str] = set()
    functions = [
        function
        for name, dtype, lanes in sorted(set(needed))
        for function in define(name, dtype, Code(lanes, fma, declarations))
    ]
    return Definitions(frozenset(declarations), "\n\n".join(functions))


def define(name: str, dtype: str, code: Code) -> list[str]:
    """The function and, if it needs one for arguments far from 0, that one."""
    definition, element = FUNCTIONS[name], DTYPES[dtype]
    parameters = [Vector(code, f"%x{k}", element) for k in range(definition.arity)]
    if definition.library and definition.beyond is None and code.type(element) == "double":
        result = code.call_library(definition.library, *parameters)
    elif definition.in_double:
        wide = [convert(x, "double") for x in parameters]
        result = convert(definition.emit(*wide, element), element)
    else:
        result = definition.emit(*parameters)

    own = symbol(name, dtype, code.lanes)
    if definition.library is None or definition.beyond is None:
        return [function(own, parameters, [*code.lines, f"ret {result}"])]
    is_far = definition.beyond(parameters[0])
    any_far = code.any(is_far)
    far = f"{own}_far"
    type_ = code.type(element)
    lines = [
        *code.lines,
        f"br i1 {any_far}, label %far, label %done",
        "far:",
        f"%other = call {type_} {far}({parameters[0]})",
        f"%far_result = select {is_far}, {type_} %other, {result}",
        "br label %done",
        "done:",
        f"%result = phi {type_} [{result.name}, %entry], [%far_result, %far]",
        f"ret {type_} %result",
    ]
    return [far_function(far, definition.library, parameters[0]), function(own, parameters, lines)]


def far_function(symbol: str, name: str, parameter: Vector) -> str:
    """A function that calls the C library's for every lane."""
    code = Code(parameter.code.lanes, parameter.code.fused, parameter.code.declarations)
    x = Vector(code, parameter.name, parameter.element)
    result = convert(code.call_library(name, convert(x, "double")), x.element)
    return function(symbol, [x], [*code.lines, f"ret {result}"], "noinline cold ")


def function(symbol: str, parameters: list[Vector], lines: list[str], attributes: str = "") -> str:
    """A function of vectors of one type, which is that of the result, too."""
    type_ = parameters[0].code.type(parameters[0].element)
    takes = ", ".join(map(str, parameters))
    header = f"define internal {type_} {symbol}({takes}) {attributes}nounwind {{"
    return "\n".join([header, "entry:", *lines, "}"])


def convert(x: Vector, element: Element) -> Vector:
    """To the other float type, if it is not this one."""
    if x.element == element:
        return x
    return x.widen() if element == "double" else x.narrow()
