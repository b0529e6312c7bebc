"""LLVM IR written as arithmetic: each operation on a `Vector` appends one line to its `Code`.

The same Python code emits a function for any number of lanes and for both precisions; one lane is
a plain scalar. Nothing here depends on the target: what it has of vector units and of fused
multiply-add, LLVM's code generator finds out.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Element = Literal["double", "float", "i64", "i32", "i1"]
Number = int | float

INTEGER: dict[Element, Element] = {"double": "i64", "float": "i32"}  # as wide as the float
FLOAT: dict[Element, Element] = {"i64": "double", "i32": "float"}
INF = float("inf")
NAN = float("nan")
SUFFIX = {"double": "f64", "float": "f32"}  # in the names of intrinsics


@dataclass(frozen=True)
class Format:
    """The layout of a floating-point type."""

    mantissa: int  # bits stored
    bias: int  # of the exponent

    @property
    def tiny(self) -> float:
        """The smallest normal number."""
        return 2.0 ** (1 - self.bias)

    @property
    def epsilon(self) -> float:
        """From 1 to the next number."""
        return 2.0**-self.mantissa

    @property
    def rounder(self) -> float:
        """Added to a small number, it leaves the nearest integer in the low bits of the sum."""
        return 1.5 * 2.0**self.mantissa

    @property
    def exponent_bits(self) -> int:
        """A mask of the exponent, and of the sign, which is none where this is used."""
        return -1 << self.mantissa


FORMATS: dict[Element, Format] = {"double": Format(52, 1023), "float": Format(23, 127)}


@dataclass
class Code:
    """The body of one function while it is written.

    ``fused`` tells whether the target multiplies and adds in one rounding. Without it the exact
    error of a product takes ten instructions; results differ in their last bits.
    """

    lanes: int
    fused: bool
    declarations: set[str]  # of what the module takes from elsewhere
    lines: list[str] = field(default_factory=list)

    def type(self, element: Element) -> str:
        """The IR type of a vector of this element; of one lane, the element itself."""
        return element if self.lanes == 1 else f"<{self.lanes} x {element}>"

    def append(self, instruction: str, element: Element) -> Vector:
        """Write an instruction; its result."""
        name = f"%v{len(self.lines)}"
        self.lines.append(f"{name} = {instruction}")
        return Vector(self, name, element)

    def constant(self, number: Number, element: Element) -> Vector:
        """The same number in every lane, rounded to the element."""
        if element in FLOAT or element == "i1":
            text = str(int(number))
        else:
            text = float_literal(number, element)
        return Vector(self, text if self.lanes == 1 else f"splat ({element} {text})", element)

    def intrinsic(self, name: str, *args: Vector) -> Vector:
        """Call an LLVM intrinsic that takes and returns vectors of one type."""
        element = args[0].element
        type_, lanes = self.type(element), "" if self.lanes == 1 else f"v{self.lanes}"
        symbol = f"@llvm.{name}.{lanes}{SUFFIX[element]}"
        self.declarations.add(f"declare {type_} {symbol}({', '.join([type_] * len(args))})")
        return self.append(f"call {type_} {symbol}({', '.join(map(str, args))})", element)

    def any(self, mask: Vector) -> str:
        """Whether a mask holds in any lane: the name of an ``i1``."""
        if self.lanes == 1:
            return mask.name
        symbol = f"@llvm.vector.reduce.or.v{self.lanes}i1"
        self.declarations.add(f"declare i1 {symbol}({self.type('i1')})")
        return self.append(f"call i1 {symbol}({mask})", "i1").name

    def call_library(self, name: str, *args: Vector) -> Vector:
        """Call the C library's function of doubles, for each lane."""
        self.declarations.add(f"declare double @{name}({', '.join(['double'] * len(args))})")
        if self.lanes == 1:
            return self.append(f"call double @{name}({', '.join(map(str, args))})", "double")
        results = args[0]
        for lane in range(self.lanes):
            scalars = [
                "double " + self.append(f"extractelement {x}, i32 {lane}", "double").name
                for x in args
            ]
            value = self.append(f"call double @{name}({', '.join(scalars)})", "double").name
            results = self.append(f"insertelement {results}, double {value}, i32 {lane}", "double")
        return results


def float_literal(number: Number, element: Element) -> str:
    """A float in hexadecimal, as LLVM reads it: the bits of a double, also for a float."""
    if element == "float":
        number = struct.unpack("f", struct.pack("f", number))[0]
    return f"0x{struct.unpack('Q', struct.pack('d', number))[0]:016X}"


@dataclass(frozen=True, eq=False)
class Vector:
    """A value of the function being written; operators on it write instructions.

    Floats and integers have arithmetic, comparisons of floats are ordered (false for NaN) and give
    masks (of element ``i1``), which `select` and the bitwise operators take.
    """

    code: Code
    name: str
    element: Element

    def __str__(self) -> str:
        return f"{self.code.type(self.element)} {self.name}"

    @property
    def format(self) -> Format:
        """Of a vector of floats: their layout."""
        return FORMATS[self.element]

    def like(self, other: Vector | Number) -> Vector:
        """A number as a constant of this vector's element; a vector as it is."""
        return other if isinstance(other, Vector) else self.code.constant(other, self.element)

    def _binary(self, instruction: str, other: Vector | Number) -> Vector:
        return self.code.append(f"{instruction} {self}, {self.like(other).name}", self.element)

    def _arithmetic(self, name: str, other: Vector | Number) -> Vector:
        return self._binary(f"f{name}" if self.element in INTEGER else name, other)

    def __add__(self, other: Vector | Number) -> Vector:
        return self._arithmetic("add", other)

    def __radd__(self, other: Number) -> Vector:
        return self.like(other) + self

    def __sub__(self, other: Vector | Number) -> Vector:
        return self._arithmetic("sub", other)

    def __rsub__(self, other: Number) -> Vector:
        return self.like(other) - self

    def __mul__(self, other: Vector | Number) -> Vector:
        return self._arithmetic("mul", other)

    def __rmul__(self, other: Number) -> Vector:
        return self.like(other) * self

    def __truediv__(self, other: Vector | Number) -> Vector:
        return self._binary("fdiv", other)

    def __rtruediv__(self, other: Number) -> Vector:
        return self.like(other) / self

    def __neg__(self) -> Vector:
        return self.code.append(f"fneg {self}", self.element)

    def __abs__(self) -> Vector:
        return self.code.intrinsic("fabs", self)

    def __and__(self, other: Vector | Number) -> Vector:
        return self._binary("and", other)

    def __or__(self, other: Vector | Number) -> Vector:
        return self._binary("or", other)

    def __xor__(self, other: Vector | Number) -> Vector:
        return self._binary("xor", other)

    def __lshift__(self, count: int) -> Vector:
        return self._binary("shl", count)

    def __rshift__(self, count: int) -> Vector:
        """Shift right, zeros coming in: SSE and AVX2 have no other for 64 bits."""
        return self._binary("lshr", count)

    def _compare(self, condition: str, other: Vector | Number) -> Vector:
        if self.element in INTEGER:
            instruction = f"fcmp o{condition}"
        else:
            instruction = "icmp eq" if condition == "eq" else f"icmp s{condition}"
        return self.code.append(f"{instruction} {self}, {self.like(other).name}", "i1")

    def __lt__(self, other: Vector | Number) -> Vector:
        return self._compare("lt", other)

    def __gt__(self, other: Vector | Number) -> Vector:
        return self._compare("gt", other)

    def __le__(self, other: Vector | Number) -> Vector:
        return self._compare("le", other)

    def __ge__(self, other: Vector | Number) -> Vector:
        return self._compare("ge", other)

    def equals(self, other: Vector | Number) -> Vector:
        """``==``, lane by lane."""
        return self._compare("eq", other)

    def is_nan(self) -> Vector:
        return self.code.append(f"fcmp uno {self}, {self.name}", "i1")

    def bits(self) -> Vector:
        """The bits of floats, as integers."""
        return self._convert("bitcast", INTEGER[self.element])

    def as_float(self) -> Vector:
        """The floats that have these bits."""
        return self._convert("bitcast", FLOAT[self.element])

    def widen(self) -> Vector:
        """float32 to float64."""
        return self._convert("fpext", "double")

    def narrow(self) -> Vector:
        """float64 to float32."""
        return self._convert("fptrunc", "float")

    def _convert(self, instruction: str, to: Element) -> Vector:
        return self.code.append(f"{instruction} {self} to {self.code.type(to)}", to)


def select(mask: Vector, yes: Vector, no: Vector | Number) -> Vector:
    """``yes`` in the lanes where the mask holds, ``no`` elsewhere."""
    return mask.code.append(f"select {mask}, {yes}, {yes.like(no)}", yes.element)


def fma(a: Vector, b: Vector | Number, c: Vector | Number) -> Vector:
    """``a * b + c``, rounded once where the target has an instruction for it, else twice."""
    return a.code.intrinsic("fmuladd", a, a.like(b), a.like(c))


def exact_product(a: Vector, b: Vector) -> tuple[Vector, Vector]:
    """``a * b`` of float64 as its rounded value and the error of that: together, exact.

    Dekker, "A floating-point technique for extending the available precision" (1971), but for the
    split of the factors, which is by a mask; and its last product is rounded.
    """
    product = a * b
    if a.code.fused:
        return product, a.code.intrinsic("fma", a, b, -product)
    a_high, b_high = high_half(a), high_half(b)
    a_low, b_low = a - a_high, b - b_high
    error = a_high * b_high - product + a_high * b_low + a_low * b_high + a_low * b_low
    return product, error


def high_half(x: Vector) -> Vector:
    """A float64 without its 27 lowest bits: its square is exact, and so is what it leaves."""
    return (x.bits() & (-1 << 27)).as_float()


def exact_difference(a: Vector, b: Vector) -> tuple[Vector, Vector]:
    """The rounded ``a - b`` and its error (Knuth, "The Art of Computer Programming" 2, 4.2.2)."""
    total = a - b
    other = total - a
    return total, (a - (total - other)) - (b + other)


def exact_sum(large: Vector, small: Vector) -> tuple[Vector, Vector]:
    """The rounded sum and its error: exact where ``large`` is, or is 0 (Dekker 1971)."""
    total = large + small
    return total, small - (total - large)


def sqrt(x: Vector) -> Vector:
    """Correctly rounded."""
    return x.code.intrinsic("sqrt", x)


def copysign(magnitude: Vector, sign: Vector) -> Vector:
    """The magnitude of one, the sign of the other."""
    return magnitude.code.intrinsic("copysign", magnitude, sign)


def at_most(x: Vector, bound: Vector | Number) -> Vector:
    """The smaller of two; NaN where ``x`` is."""
    bound = x.like(bound)
    return select(bound < x, bound, x)


def at_least(x: Vector, bound: Vector | Number) -> Vector:
    """The larger of two; NaN where ``x`` is."""
    bound = x.like(bound)
    return select(bound > x, bound, x)


def polynomial(x: Vector, coefficients: Sequence[float]) -> Vector:
    """``c[0] + c[1] x + c[2] x**2 + ...``: two Horner chains in ``x**2``, half as deep as one."""
    if len(coefficients) < 4:
        return horner(x, coefficients)
    square = x * x
    even, odd = coefficients[0::2], coefficients[1::2]
    return fma(x, horner(square, odd), horner(square, even))


def horner(x: Vector, coefficients: Sequence[float]) -> Vector:
    """``c[0] + x (c[1] + x (c[2] + ...))``."""
    *rest, last = coefficients
    total = x.like(last)
    for coefficient in reversed(rest):
        total = fma(total, x, coefficient)
    return total
