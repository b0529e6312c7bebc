"""arcsin, arccos, arctan, arctan2: one interval around 0, reached by an identity (Cephes; fdlibm).

Constants come in two parts, the second what rounding took from the first.
"""

from __future__ import annotations

from opgrad_llvm.vecmath.coefficients import ARCSIN, ARCTAN
from opgrad_llvm.vecmath.emit import INF, Element, Vector, copysign, fma, polynomial, select, sqrt

PI_2: dict[Element, tuple[float, float]] = {
    "double": (1.5707963267948966, 6.123233995736766e-17),
    "float": (1.57079637050628662109375, -4.37113900018624283e-8),
}
TAN_PI_8 = 0.41421356237309503


def arcsin_parts(x: Vector) -> tuple[Vector, Vector]:
    """Where abs(x) > 1/2; and arcsin(abs(x)), but there arcsin(sqrt((1 - abs(x))/2))."""
    a = abs(x)
    far = a > 0.5
    z = select(far, 0.5 - 0.5 * a, a * a)
    s = select(far, sqrt(z), a)
    return far, fma(s * z, polynomial(z, ARCSIN[x.element]), s)


def arcsin(x: Vector) -> Vector:
    """Beyond 1/2, pi/2 - 2 arcsin(sqrt((1 - x)/2))."""
    far, inner = arcsin_parts(x)
    high, low = PI_2[x.element]
    return copysign(select(far, high - (2 * inner - low), inner), x)


def arccos(x: Vector) -> Vector:
    """pi/2 - arcsin(x); beyond 1/2, 2 arcsin(sqrt((1 - x)/2)), and the like below -1/2."""
    far, inner = arcsin_parts(x)
    high, low = PI_2[x.element]
    near = high - (copysign(inner, x) - low)
    twice = 2 * inner
    return select(far, select(x < 0, 2 * high - (twice - 2 * low), twice), near)


def arctan2(y: Vector, x: Vector) -> Vector:
    """From the octant next to the x axis, whose angle is arctan(a/b) with 0 <= a <= b.

    Where a/b > tan(pi/8), it is pi/4 + arctan((a - b)/(a + b)).
    """
    ay, ax = abs(y), abs(x)
    steep = ay > ax
    a, b = select(steep, ax, ay), select(steep, ay, ax)
    middle = (a > TAN_PI_8 * b) | a.equals(INF)
    half_a, half_b = 0.5 * a, 0.5 * b
    large = b > 1  # a + b could overflow; below, halves could lose a bit
    small_a, small_b = select(large, half_a, a), select(large, half_b, b)
    ratio = select(middle, small_a - small_b, a) / select(middle, small_a + small_b, b)
    t = select(a.equals(b), a.like(0), ratio)  # also for 0/0 and inf/inf
    square = t * t
    small = fma(t * square, polynomial(square, ARCTAN[y.element]), t)
    high, low = PI_2[y.element]
    turn = select(middle, a.like(high / 2), 0)
    turn = select(steep, high - turn, turn)
    left = x.bits() < 0  # -0 too
    turn = select(left, 2 * high - turn, turn)
    small = select(steep ^ left, -small, small)
    return copysign(turn + fma(turn, low / high, small), y)


def arctan(x: Vector) -> Vector:
    """arctan2(x, 1), of which LLVM folds half."""
    return arctan2(x, x.like(1))
