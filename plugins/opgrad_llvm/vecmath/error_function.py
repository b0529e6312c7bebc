"""erf from expm1 and erfc from exp, each with one polynomial for the whole range."""

from __future__ import annotations

from opgrad_llvm.vecmath.coefficients import ERF, ERFC
from opgrad_llvm.vecmath.emit import (
    Element,
    Vector,
    at_most,
    copysign,
    fma,
    high_half,
    polynomial,
    select,
)
from opgrad_llvm.vecmath.exponential import expm1_reduced, reduce, scale, two_to_the

ERF_ONE: dict[Element, float] = {"double": 5.93, "float": 3.93}
ERFC_ZERO = 27.5


def erf(x: Vector) -> Vector:
    """-expm1(-w), where w = -log(1 - erf(x)) is x times a polynomial, also near 0."""
    a = at_most(abs(x), ERF_ONE[x.element])
    first, *rest = ERF[x.element]
    r, _, n = reduce(-fma(a, first, a * a * polynomial(a, rest)))
    power = two_to_the(n, x.element)
    return copysign(fma(-power, expm1_reduced(r), 1 - power), x)


def erfc(x: Vector, precision: Element) -> Vector:
    """exp(-a**2)/(1 + a) times a polynomial in t = (a - k)/(a + k), for a = abs(x).

    After Shepherd and Laframboise, "Chebyshev approximation of (1 + 2x) exp(x**2) erfc(x)" (1981).
    The square is that of a's high half, which is exact, plus a small rest. float64 only.
    """
    a = at_most(abs(x), ERFC_ZERO)
    t = (a - 4) / (a + 4)
    high = high_half(a)
    r, n, bits = reduce(-(high * high))
    r = fma(-(a - high), a + high, r)
    first, *rest = ERFC[precision]
    factor = fma(t, polynomial(t, rest), first) / (a + 1)
    result = scale(fma(expm1_reduced(r, precision), factor, factor), n, bits)
    return select(x < 0, 2 - result, result)
