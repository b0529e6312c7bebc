"""Elementwise functions: the instructions that compute each, as NumPy does."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from opgrad_llvm.code import Code
from opgrad_llvm.kinds import Kind, is_float, known

Emit = Callable[..., str]
"""``emit(code, kind, *refs)``: write instructions on values of that kind; the result's name."""


@dataclass(frozen=True)
class Instruction:
    """One instruction of two values of one kind.

    Attributes:
        floats, ints, bools: what it is for these kinds of number; ``{s}`` stands for ``s`` or
            ``u``, for integers with or without a sign.
    """

    floats: str = ""
    ints: str = ""
    bools: str = ""

    def name(self, kind: Kind) -> str:
        """The instruction for a kind."""
        if kind[0] == "f":
            return self.floats
        name = self.bools if kind == "b1" and self.bools else self.ints
        return name.replace("{s}", "s" if kind[0] == "i" else "u")

    def __call__(self, code: Code, kind: Kind, x: str, y: str) -> str:
        return code.let(f"{self.name(kind)} {code.type(kind)} {x}, {y}")


def _intrinsic(name: str) -> Emit:
    return lambda code, kind, *refs: code.intrinsic(name, kind, *refs)


def math_call(name: str) -> Emit:
    """A call of the math function of that name (:mod:`opgrad_llvm.vecmath`)."""

    def emit(code: Code, kind: Kind, *refs: str) -> str:
        return code.call(name, kind, *refs)

    return emit


def _compare(floats: str, ints: str) -> Instruction:
    sign = "" if ints in ("eq", "ne") else "{s}"
    return Instruction(f"fcmp {floats}", f"icmp {sign}{ints}")


def choose(code: Code, kind: Kind, condition: str, x: str, y: str) -> str:
    """``x`` where the condition holds, else ``y``."""
    type_ = code.type(kind)
    return code.let(f"select {code.type('b1')} {condition}, {type_} {x}, {type_} {y}")


def _where(code: Code, kind: Kind, condition: str, x: str, y: str) -> str:
    return choose(code, kind, condition, x, y)


def _extremum(less: bool, skips_nan: bool) -> Emit:
    """The larger or smaller; a NaN wins (the first one, as in NumPy), or is skipped."""
    floats, ints = ("ole", "le") if less else ("oge", "ge")

    def emit(code: Code, kind: Kind, x: str, y: str) -> str:
        if is_float(kind) and not skips_nan and not math.isnan(known(y)):
            beyond = code.let(f"fcmp {'ogt' if less else 'olt'} {code.type(kind)} {x}, {y}")
            return choose(code, kind, beyond, y, x)  # one instruction, where processors have it
        first = _compare(floats, ints)(code, kind, x, y)
        if is_float(kind):
            judge = y if skips_nan else x
            nan = code.let(f"fcmp uno {code.type(kind)} {judge}, {judge}")
            first = code.let(f"or {code.type('b1')} {first}, {nan}")
        return choose(code, kind, first, x, y)

    return emit


def _truth(code: Code, kind: Kind, x: str) -> str:
    return code.cast(x, kind, "b1")


def _logical(name: str) -> Emit:
    def emit(code: Code, kind: Kind, x: str, y: str) -> str:
        return code.let(
            f"{name} {code.type('b1')} {_truth(code, kind, x)}, {_truth(code, kind, y)}"
        )

    return emit


def _logical_not(code: Code, kind: Kind, x: str) -> str:
    truth = _truth(code, kind, x)
    return code.let(f"xor {code.type('b1')} {truth}, {code.constant(1, 'b1')}")


def _negative(code: Code, kind: Kind, x: str) -> str:
    if is_float(kind):
        return code.let(f"fneg {code.type(kind)} {x}")
    return code.let(f"sub {code.type(kind)} {code.constant(0, kind)}, {x}")


def _absolute(code: Code, kind: Kind, x: str) -> str:
    if is_float(kind):
        return code.intrinsic("fabs", kind, x)
    if kind[0] != "i":
        return x
    negative = code.let(f"icmp slt {code.type(kind)} {x}, {code.constant(0, kind)}")
    return choose(code, kind, negative, _negative(code, kind, x), x)


def _sign(code: Code, kind: Kind, x: str) -> str:
    type_, none = code.type(kind), code.constant(0, kind)
    kept = choose(code, kind, code.let(f"fcmp oeq {type_} {x}, {none}"), none, x)
    below = code.let(f"fcmp olt {type_} {x}, {none}")
    above = code.let(f"fcmp ogt {type_} {x}, {none}")
    negative = choose(code, kind, below, code.constant(-1, kind), kept)
    return choose(code, kind, above, code.constant(1, kind), negative)


def _heaviside(code: Code, kind: Kind, x: str, at_zero: str) -> str:
    type_, none = code.type(kind), code.constant(0, kind)
    below = code.let(f"fcmp olt {type_} {x}, {none}")
    above = code.let(f"fcmp ogt {type_} {x}, {none}")
    zero = code.let(f"fcmp oeq {type_} {x}, {none}")
    step = choose(code, kind, below, none, choose(code, kind, zero, at_zero, x))
    return choose(code, kind, above, code.constant(1, kind), step)


def _square(code: Code, kind: Kind, x: str) -> str:
    return multiply(code, kind, x, x)


def reciprocal(code: Code, kind: Kind, x: str) -> str:
    """1 / x."""
    return code.let(f"fdiv contract {code.type(kind)} {code.constant(1, kind)}, {x}")


def _identity(code: Code, kind: Kind, x: str) -> str:
    return x


def _is_nan(code: Code, kind: Kind, x: str) -> str:
    return code.let(f"fcmp uno {code.type(kind)} {x}, {x}")


def _against_inf(comparison: str) -> Emit:
    def emit(code: Code, kind: Kind, x: str) -> str:
        size = code.intrinsic("fabs", kind, x)
        return code.let(
            f"fcmp {comparison} {code.type(kind)} {size}, {code.constant(math.inf, kind)}"
        )

    return emit


def _signbit(code: Code, kind: Kind, x: str) -> str:
    bits = f"i{kind[1]}"
    whole = code.let(f"bitcast {code.type(kind)} {x} to {code.type(bits)}")
    return code.let(f"icmp slt {code.type(bits)} {whole}, {code.constant(0, bits)}")


def _remainder(code: Code, kind: Kind, x: str, y: str) -> str:
    """Of the sign of ``y``, as Python's ``%``."""
    type_, none = code.type(kind), code.constant(0, kind)
    rest = code.let(f"frem {type_} {x}, {y}")
    is_zero = code.let(f"fcmp oeq {type_} {rest}, {none}")
    product = code.let(f"xor {code.type('b1')} {_less(code, kind, y, none)}, "
                       f"{_less(code, kind, rest, none)}")  # fmt: skip
    moved = code.let(f"fadd {type_} {rest}, {y}")
    signed = choose(code, kind, product, moved, rest)
    return choose(code, kind, is_zero, code.intrinsic("copysign", kind, none, y), signed)


def _scaled(factor: float) -> Emit:
    return lambda code, kind, x: multiply(code, kind, x, code.constant(factor, kind))


def _invert(code: Code, kind: Kind, x: str) -> str:
    ones = {"b": 1, "i": -1, "u": 2 ** (8 * int(kind[1])) - 1}[kind[0]]
    return code.let(f"xor {code.type(kind)} {x}, {code.constant(ones, kind)}")


def _xlogy(log: str) -> Emit:
    """x * log(y), and 0 where x is 0, unless y is NaN."""

    def emit(code: Code, kind: Kind, x: str, y: str) -> str:
        type_, none = code.type(kind), code.constant(0, kind)
        product = multiply(code, kind, x, code.call(log, kind, y))
        zero = code.let(f"fcmp oeq {type_} {x}, {none}")
        known = code.let(f"fcmp ord {type_} {y}, {y}")
        both = code.let(f"and {code.type('b1')} {zero}, {known}")
        return choose(code, kind, both, none, product)

    return emit


def _logaddexp2(code: Code, kind: Kind, x: str, y: str) -> str:
    """log2(2**x + 2**y) without overflow: the larger, and at most 1 that equal inputs add."""
    type_ = code.type(kind)
    apart = _absolute(code, kind, code.let(f"fsub {type_} {x}, {y}"))
    rest = code.call("exp2", kind, _negative(code, kind, apart))
    more = multiply(
        code, kind, code.call("log1p", kind, rest), code.constant(1 / math.log(2), kind)
    )
    equal = code.let(f"fcmp oeq {type_} {x}, {y}")  # infinite ones have no difference
    added = choose(code, kind, equal, code.constant(1, kind), more)
    return code.let(f"fadd {type_} {_maximum(code, kind, x, y)}, {added}")


def _log_expit(code: Code, kind: Kind, x: str) -> str:
    """min(x, 0) - log1p(exp(-abs(x)))."""
    type_ = code.type(kind)
    small = code.call("exp", kind, _negative(code, kind, _absolute(code, kind, x)))
    least = _minimum(code, kind, x, code.constant(0, kind))
    return code.let(f"fsub {type_} {least}, {code.call('log1p', kind, small)}")


def _ndtr(code: Code, kind: Kind, x: str) -> str:
    """erfc(-x / sqrt(2)) / 2."""
    scaled = multiply(code, kind, x, code.constant(-math.sqrt(0.5), kind))
    return multiply(code, kind, code.call("erfc", kind, scaled), code.constant(0.5, kind))


_less = _compare("olt", "lt")
_maximum = _extremum(less=False, skips_nan=False)
_minimum = _extremum(less=True, skips_nan=False)
multiply = Instruction("fmul contract", "mul", "and")

FLOATS = "f8 f4"
INTS = "i8 i4 i2 i1 u8 u4 u2 u1"
ALL = f"{FLOATS} {INTS} b1"

ELEMENTS: dict[Callable[..., object], tuple[Emit, str]] = {
    np.add: (Instruction("fadd contract", "add", "or"), ALL),
    np.subtract: (Instruction("fsub contract", "sub"), f"{FLOATS} {INTS}"),
    np.multiply: (multiply, ALL),
    np.divide: (Instruction("fdiv contract"), FLOATS),
    np.negative: (_negative, f"{FLOATS} {INTS}"),
    np.positive: (_identity, f"{FLOATS} {INTS}"),
    np.conjugate: (_identity, f"{FLOATS} {INTS}"),
    np.absolute: (_absolute, ALL),
    np.fabs: (_absolute, FLOATS),
    np.sqrt: (_intrinsic("sqrt"), FLOATS),
    np.floor: (_intrinsic("floor"), FLOATS),
    np.ceil: (_intrinsic("ceil"), FLOATS),
    np.trunc: (_intrinsic("trunc"), FLOATS),
    np.rint: (_intrinsic("rint"), FLOATS),
    np.copysign: (_intrinsic("copysign"), FLOATS),
    np.square: (_square, f"{FLOATS} {INTS}"),
    np.reciprocal: (reciprocal, FLOATS),
    np.sign: (_sign, FLOATS),
    np.heaviside: (_heaviside, FLOATS),
    np.maximum: (_maximum, ALL),
    np.minimum: (_minimum, ALL),
    np.fmax: (_extremum(less=False, skips_nan=True), FLOATS),
    np.fmin: (_extremum(less=True, skips_nan=True), FLOATS),
    np.greater: (_compare("ogt", "gt"), ALL),
    np.greater_equal: (_compare("oge", "ge"), ALL),
    np.less: (_less, ALL),
    np.less_equal: (_compare("ole", "le"), ALL),
    np.equal: (_compare("oeq", "eq"), ALL),
    np.not_equal: (_compare("une", "ne"), ALL),
    np.logical_and: (_logical("and"), ALL),
    np.logical_or: (_logical("or"), ALL),
    np.logical_xor: (_logical("xor"), ALL),
    np.logical_not: (_logical_not, ALL),
    np.bitwise_and: (Instruction(ints="and", bools="and"), f"{INTS} b1"),
    np.bitwise_or: (Instruction(ints="or", bools="or"), f"{INTS} b1"),
    np.bitwise_xor: (Instruction(ints="xor", bools="xor"), f"{INTS} b1"),
    np.invert: (_invert, f"{INTS} b1"),
    np.isnan: (_is_nan, FLOATS),
    np.isinf: (_against_inf("oeq"), FLOATS),
    np.isfinite: (_against_inf("olt"), FLOATS),
    np.signbit: (_signbit, FLOATS),
    np.fmod: (Instruction("frem"), FLOATS),
    np.remainder: (_remainder, FLOATS),
    np.deg2rad: (_scaled(math.pi / 180), FLOATS),
    np.radians: (_scaled(math.pi / 180), FLOATS),
    np.rad2deg: (_scaled(180 / math.pi), FLOATS),
    np.degrees: (_scaled(180 / math.pi), FLOATS),
    np.logaddexp2: (_logaddexp2, FLOATS),
    np.where: (_where, ALL),
}
"""The instructions of each function, and the kinds of number that they are for."""

SCIPY: dict[str, Emit] = {
    "xlogy": _xlogy("log"),
    "xlog1py": _xlogy("log1p"),
    "log_expit": _log_expit,
    "ndtr": _ndtr,
}
"""Those of functions of ``scipy.special``, by name."""
