"""Powers with an exponent known now: products and square roots, where they are as exact as ``pow``.

Products of up to eight factors are off by at most 3.5 units in the last place.
"""

from __future__ import annotations

import math

from opgrad_llvm.code import Code
from opgrad_llvm.elements import Emit, choose, multiply, reciprocal
from opgrad_llvm.kinds import Kind

LARGEST = 8


def power_of(exponent: float) -> Emit | None:
    """Instructions for ``x ** exponent``; ``None``: it takes ``pow``."""
    twice = 2.0 * exponent
    if not math.isfinite(twice) or twice != int(twice) or abs(exponent) > LARGEST:
        return None
    whole, half = divmod(int(abs(twice)), 2)

    def emit(code: Code, kind: Kind, x: str) -> str:
        if exponent == 0.5:
            return code.intrinsic("sqrt", kind, x)  # at -0 and -inf, too, as NumPy does
        if exponent < 0 and not half:
            x = reciprocal(code, kind, x)  # of the base: the power of a small one might vanish
        if half:
            root = _root(code, kind, x)
            size = code.intrinsic("fabs", kind, x)  # the root of a negative one is NaN
            out = multiply(code, kind, _product(code, kind, size, whole), root) if whole else root
            return reciprocal(code, kind, out) if exponent < 0 else out
        return _product(code, kind, x, whole)

    return lambda code, kind, x, _: emit(code, kind, x)


def _product(code: Code, kind: Kind, x: str, count: int) -> str:
    """``x`` times itself, by repeated squaring."""
    out = ""
    while count:
        if count & 1:
            out = multiply(code, kind, out, x) if out else x
        count >>= 1
        if count:
            x = multiply(code, kind, x, x)
    return out or code.constant(1, kind)


def _root(code: Code, kind: Kind, x: str) -> str:
    """The square root, but 0 at -0 and inf at -inf, where other such powers are 0 or inf."""
    type_ = code.type(kind)
    root = code.intrinsic("sqrt", kind, x)
    positive = code.let(f"fadd {type_} {root}, {code.constant(0, kind)}")
    lowest = code.let(f"fcmp oeq {type_} {x}, {code.constant(-math.inf, kind)}")
    return choose(code, kind, lowest, code.constant(math.inf, kind), positive)
