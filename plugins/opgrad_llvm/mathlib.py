"""The math functions that programs call: exp, log, sin and their like, on vectors and numbers."""

from __future__ import annotations

from collections.abc import Iterable

from opgrad_llvm.kinds import REGISTER, Kind

Symbol = tuple[str, Kind, int]
"""A function's name, the kind of its values, and their lanes."""

LIBM = {
    name: 1
    for name in (
        *("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "cbrt", "erf", "erfc"),
        *("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh"),
        *("asinh", "acosh", "atanh"),
    )
} | {"pow": 2, "atan2": 2, "hypot": 2}
"""Those of the C library, with the number of their arguments."""


def has(name: str, kind: Kind) -> bool:
    """Whether there is such a function."""
    return name in LIBM


def symbol(name: str, kind: Kind, lanes: int) -> str:
    """What it is called in LLVM code."""
    if lanes == 1:
        return f"@{_scalar(name, kind)}"
    return f"@og_{name}_v{lanes}{kind}"


def definitions(symbols: Iterable[Symbol]) -> str:
    """LLVM code that defines or declares these functions."""
    text = {}
    for name, kind, lanes in sorted(symbols):
        one = REGISTER[kind]
        scalar = _scalar(name, kind)
        arity = LIBM[name]
        text[scalar] = f"declare {one} @{scalar}({', '.join([one] * arity)})"
        if lanes > 1:
            text[symbol(name, kind, lanes)] = _by_lanes(name, kind, lanes)
    return "\n".join(text.values())


def _scalar(name: str, kind: Kind) -> str:
    return name if kind == "f8" else f"{name}f"


def _by_lanes(name: str, kind: Kind, lanes: int) -> str:
    one, arity = REGISTER[kind], LIBM[name]
    vector = f"<{lanes} x {one}>"
    lines = [
        f"define internal {vector} {symbol(name, kind, lanes)}"
        f"({', '.join(f'{vector} %x{k}' for k in range(arity))}) {{"
    ]
    out = "undef"
    for i in range(lanes):
        for k in range(arity):
            lines.append(f"%e{i}_{k} = extractelement {vector} %x{k}, i32 {i}")
        arguments = ", ".join(f"{one} %e{i}_{k}" for k in range(arity))
        lines += [
            f"%c{i} = call {one} @{_scalar(name, kind)}({arguments})",
            f"%o{i} = insertelement {vector} {out}, {one} %c{i}, i32 {i}",
        ]
        out = f"%o{i}"
    return "\n".join([*lines, f"ret {vector} {out}", "}"])
