"""The math functions that programs call: the C library's on numbers, our own on vectors."""

from __future__ import annotations

from collections.abc import Iterable

from opgrad_llvm import vecmath
from opgrad_llvm.kinds import REGISTER, Kind
from opgrad_llvm.target import host

Symbol = tuple[str, Kind, int]
"""A function's name, the kind of its values, and their lanes."""

_LIBM = {
    name: name for name in ("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "cbrt")
} | {name: name for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "erf", "erfc", "hypot")}
_LIBM |= {"arcsin": "asin", "arccos": "acos", "arctan": "atan", "arctan2": "atan2"}
_LIBM |= {"arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh"}
_LIBM |= {"power": "pow", "gammaln": "lgamma"}
"""Those that the C library has, by NumPy's and SciPy's names; from code that does one thing after
another it is called for a single number, as it is compiled with more care than a program can be."""

_DTYPES = {"f8": "float64", "f4": "float32"}


def has(name: str) -> bool:
    """Whether there is such a function."""
    return name in vecmath.FUNCTIONS


def symbol(name: str, kind: Kind, lanes: int) -> str:
    """What it is called in LLVM code."""
    if lanes == 1 and name in _LIBM:
        return f"@{_LIBM[name]}{'' if kind == 'f8' else 'f'}"
    return vecmath.symbol(name, _DTYPES[kind], lanes)


def definitions(symbols: Iterable[Symbol]) -> tuple[set[str], str]:
    """LLVM code for these functions: declarations, a line each, and definitions."""
    declarations = set()
    own = []
    for name, kind, lanes in symbols:
        if lanes == 1 and name in _LIBM:
            one = REGISTER[kind]
            arguments = ", ".join([one] * vecmath.FUNCTIONS[name].arity)
            declarations.add(f"declare {one} {symbol(name, kind, 1)}({arguments})")
        else:
            own.append((name, _DTYPES[kind], lanes))
    made = vecmath.definitions(own, fma=host().has_fma)
    return declarations | made.declarations, made.functions
