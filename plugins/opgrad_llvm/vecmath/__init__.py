"""Transcendental functions of vectors, as LLVM IR: ``og_exp_v8f64`` takes and gives 8 doubles.

`definitions` writes the functions that a module needs, `symbol` names them. They are arithmetic
only, the same for any number of lanes, so one lane computes what eight do; no library is called,
but for sin, cos and tan of arguments beyond 1.6e6. Special values are NumPy's. Errors are at most
4 units in the last place (ulp); the largest ones seen are in docs/.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from opgrad_llvm.vecmath import (
    error_function,
    exponential,
    inverse_trigonometric,
    logarithm,
    power,
    trigonometric,
)
from opgrad_llvm.vecmath.emit import INF, SUFFIX, Code, Element, Vector

DTYPES: dict[str, Element] = {"float64": "double", "float32": "float"}


@dataclass(frozen=True)
class Definition:
    """How a function is written: ``emit`` gives the result's vector from the arguments'."""

    emit: Callable[..., Vector]
    arity: int = 1
    in_double: bool = False  # emit wants float64 vectors, and the element of the result
    beyond: float | None = None  # above this, the C library's function of the same name


FUNCTIONS = {
    "exp": Definition(exponential.exp),
    "exp2": Definition(exponential.exp2),
    "expm1": Definition(exponential.expm1),
    "sinh": Definition(exponential.sinh),
    "cosh": Definition(exponential.cosh),
    "tanh": Definition(exponential.tanh),
    "expit": Definition(exponential.expit),
    "log": Definition(logarithm.log),
    "log2": Definition(logarithm.log2),
    "log10": Definition(logarithm.log10),
    "log1p": Definition(logarithm.log1p),
    "logaddexp": Definition(logarithm.logaddexp, arity=2),
    "arcsinh": Definition(logarithm.arcsinh),
    "arccosh": Definition(logarithm.arccosh),
    "arctanh": Definition(logarithm.arctanh),
    "sin": Definition(trigonometric.sin, in_double=True, beyond=trigonometric.LARGEST),
    "cos": Definition(trigonometric.cos, in_double=True, beyond=trigonometric.LARGEST),
    "tan": Definition(trigonometric.tan, in_double=True, beyond=trigonometric.LARGEST),
    "arcsin": Definition(inverse_trigonometric.arcsin),
    "arccos": Definition(inverse_trigonometric.arccos),
    "arctan": Definition(inverse_trigonometric.arctan),
    "arctan2": Definition(inverse_trigonometric.arctan2, arity=2),
    "erf": Definition(error_function.erf),
    "erfc": Definition(error_function.erfc, in_double=True),
    "power": Definition(power.power, arity=2, in_double=True),
    "cbrt": Definition(power.cbrt),
    "hypot": Definition(power.hypot, arity=2, in_double=True),
}


def symbol(name: str, dtype: str, lanes: int) -> str:
    """The name of a function in IR, ``@og_exp_v8f64``; with one lane, a scalar's: ``@og_exp_f64``."""
    vector = "" if lanes == 1 else f"v{lanes}"
    return f"@og_{name}_{vector}{SUFFIX[DTYPES[dtype]]}"


def definitions(needed: Iterable[tuple[str, str, int]], *, fma: bool = True) -> str:
    """LLVM IR that defines functions given as (name, dtype, lanes), for a module to begin with.

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
        text
        for name, dtype, lanes in sorted(set(needed))
        for text in define(name, dtype, lanes, fma, declarations)
    ]
    return "\n\n".join(["\n".join(sorted(declarations)), *functions]) + "\n"


def define(name: str, dtype: str, lanes: int, fma: bool, declarations: set[str]) -> list[str]:
    """The function, and those that only it calls; what they declare is added to the set."""
    definition, element = FUNCTIONS[name], DTYPES[dtype]
    code = Code(lanes, fma)
    type_ = code.type(element)
    parameters = [Vector(code, f"%x{k}", element) for k in range(definition.arity)]
    if definition.in_double:
        arguments = parameters if element == "double" else [x.widen() for x in parameters]
        result = definition.emit(*arguments, element)
        result = result if element == "double" else result.narrow()
    else:
        result = definition.emit(*parameters)

    functions = []
    ending = [f"ret {result}"]
    if definition.beyond is not None:
        far = symbol(name, dtype, lanes) + "_far"
        size = abs(parameters[0])
        any_far = code.any((size > definition.beyond) & (size < INF))
        ending = [
            f"br i1 {any_far}, label %far, label %done",
            "far:",
            f"%far_result = call {type_} {far}({parameters[0]})",
            "br label %done",
            "done:",
            f"%result = phi {type_} [{result.name}, %entry], [%far_result, %far]",
            f"ret {type_} %result",
        ]
        functions.append(lane_by_lane(far, name, element, lanes))
        declarations.add(f"declare double @{name}(double)")
    declarations |= code.declarations
    takes = ", ".join(map(str, parameters))
    header = f"define internal {type_} {symbol(name, dtype, lanes)}({takes}) nounwind {{"
    functions.append("\n".join([header, "entry:", *code.lines, *ending, "}"]))
    return functions


def lane_by_lane(symbol: str, name: str, element: Element, lanes: int) -> str:
    """A function that calls the C library's for every lane: for arguments that are rare."""
    code = Code(lanes, fused=False)
    type_ = code.type(element)
    x = Vector(code, "%x0", element)
    wide = x if element == "double" else x.widen()
    results = wide
    for lane in range(lanes):
        results = code.call_lane(f"@{name}", wide, results, lane)
    result = results if element == "double" else results.narrow()
    header = f"define internal {type_} {symbol}({x}) noinline cold nounwind {{"
    return "\n".join([header, *code.lines, f"ret {result}", "}"])
