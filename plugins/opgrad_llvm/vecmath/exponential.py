"""exp and its kin: reduce to [-ln(2)/2, ln(2)/2], a polynomial, scale back.

The reduction is that of Cody and Waite, "Software Manual for the Elementary Functions" (1980);
sinh and cosh are had from exp/2, which does not overflow before they do; tanh from expm1.
"""

from __future__ import annotations

from opgrad_llvm.vecmath.coefficients import EXP, SINH
from opgrad_llvm.vecmath.emit import (
    FORMATS,
    Element,
    Vector,
    at_least,
    at_most,
    copysign,
    fma,
    polynomial,
    select,
)

LOG2_E = 1.4426950408889634
# ln(2) in two parts: an exponent times the first is exact (fdlibm, e_exp.c; Cephes, expf.c).
LN2: dict[Element, tuple[float, float]] = {
    "double": (6.93147180369123816490e-01, 1.90821492927058770002e-10),
    "float": (0.693359375, -2.12194440e-4),
}
# Beyond these, exp is 0 or infinity; and so is exp2, a little further out.
EXP_RANGE: dict[Element, tuple[float, float]] = {"double": (-746, 710), "float": (-104.5, 89)}
EXP2_RANGE: dict[Element, tuple[float, float]] = {"double": (-1076, 1025), "float": (-151, 129)}
SINH_INFINITE: dict[Element, float] = {"double": 711, "float": 90}
EXPM1_MINUS_ONE: dict[Element, float] = {"double": -40, "float": -20}
TANH_ONE: dict[Element, float] = {"double": 22, "float": 10}


def clamp(x: Vector, bounds: tuple[float, float]) -> Vector:
    """Into the bounds; NaN stays."""
    return at_most(at_least(x, bounds[0]), bounds[1])


def nearest(x: Vector, scale: float = 1.0) -> tuple[Vector, Vector]:
    """The integer nearest to ``x * scale``: as a float, and in the low bits of an integer."""
    shifted = fma(x, scale, x.format.rounder)
    return shifted - x.format.rounder, shifted.bits()


def two_to_the(n: Vector, element: Element) -> Vector:
    """``2**n`` for n in low bits, as `nearest` gives it, and in the range of exponents."""
    format_ = FORMATS[element]
    return ((n + format_.bias) << format_.mantissa).as_float()


def reduce(x: Vector) -> tuple[Vector, Vector, Vector]:
    """``x = n ln(2) + r``: r, and n as a float and in low bits."""
    n, bits = nearest(x, LOG2_E)
    high, low = LN2[x.element]
    return fma(n, -low, fma(n, -high, x)), n, bits


def expm1_reduced(r: Vector, precision: Element | None = None) -> Vector:
    """exp(r) - 1 for a reduced r; to the given precision, if not that of r."""
    return fma(r * r, polynomial(r, EXP[precision or r.element]), r)


def scale(x: Vector, n: Vector, bits: Vector, less: int = 0) -> Vector:
    """``x * 2**(n - less)``, in two steps: either power is a normal number, where theirs is not."""
    _, half = nearest(n, 0.5)
    rest = bits - half - less if less else bits - half
    return x * two_to_the(half, x.element) * two_to_the(rest, x.element)


def exp(x: Vector) -> Vector:
    """exp(x)."""
    r, n, bits = reduce(clamp(x, EXP_RANGE[x.element]))
    return scale(expm1_reduced(r) + 1, n, bits)


def exp2(x: Vector) -> Vector:
    """2**x."""
    x = clamp(x, EXP2_RANGE[x.element])
    n, bits = nearest(x)
    return scale(expm1_reduced((x - n) * 0.6931471805599453) + 1, n, bits)


def expm1(x: Vector) -> Vector:
    """exp(x) - 1, precise near 0."""
    r, _, bits = reduce(clamp(x, (EXPM1_MINUS_ONE[x.element], EXP_RANGE[x.element][1])))
    half_power = two_to_the(bits - 1, x.element)  # the whole one may be out of range
    result = 2 * fma(half_power, expm1_reduced(r), half_power - 0.5)
    return select(abs(x) < x.format.epsilon / 4, x, result)  # keeps -0 and subnormals


def tanh(x: Vector) -> Vector:
    """With t = exp(2|x|) - 1: t/(t + 2)."""
    r, _, bits = reduce(2 * at_most(abs(x), TANH_ONE[x.element]))
    power = two_to_the(bits, x.element)
    t = fma(power, expm1_reduced(r), power - 1)
    return copysign(t / (t + 2), x)


def half_exp(x: Vector) -> Vector:
    """exp(|x|)/2."""
    r, n, bits = reduce(at_most(abs(x), SINH_INFINITE[x.element]))
    return scale(expm1_reduced(r) + 1, n, bits, less=1)


def sinh(x: Vector) -> Vector:
    """exp/2 - exp(-x)/2; below 1 a polynomial."""
    half = half_exp(x)
    square = x * x
    near = fma(x * square, polynomial(square, SINH[x.element]), x)
    return select(abs(x) < 1, near, copysign(half - 0.25 / half, x))


def cosh(x: Vector) -> Vector:
    """exp(x)/2 + exp(-x)/2."""
    half = half_exp(x)
    return half + 0.25 / half


def expit(x: Vector) -> Vector:
    """1/(1 + exp(-x)), as exp(x)/(1 + exp(x)) for a negative x, where the first overflows."""
    e = exp(-abs(x))
    return select(x < 0, e, 1) / (1 + e)
