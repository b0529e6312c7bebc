"""sin, cos, tan: subtract the nearest multiple of pi/2, two polynomials, choose by the quadrant.

pi/2 comes in three parts, the first two of 33 bits, so that their products with up to 2**20 are
exact (Cody and Waite; the parts are those of fdlibm's e_rem_pio2.c). Larger arguments go lane by
lane to the C library. float32 is computed in float64.
"""

from __future__ import annotations

from opgrad_llvm.vecmath.coefficients import COS, SIN
from opgrad_llvm.vecmath.emit import INF, Element, Vector, fma, polynomial, select
from opgrad_llvm.vecmath.exponential import nearest

LARGEST = 1.6e6  # about pi/2 * 2**20

TWO_OVER_PI = 0.6366197723675814
PI_2_HIGH = 1.57079632673412561417e00
PI_2_MIDDLE = 6.07710050630396597660e-11
PI_2_LOW = 2.02226624879595063154e-21


def beyond(x: Vector) -> Vector:
    """Where an angle is too large for the reduction."""
    size = abs(x)
    return (size > LARGEST) & (size < INF)


def reduce(x: Vector, precision: Element) -> tuple[Vector, Vector, Vector]:
    """``x = n pi/2 + r - error``: r, its error, and n in low bits."""
    n, bits = nearest(x, TWO_OVER_PI)
    high = fma(n, -PI_2_HIGH, x)
    middle = n * PI_2_MIDDLE
    r = high - middle
    if precision == "float":
        return r, r.like(0), bits
    low = fma(n, PI_2_LOW, middle - (high - r))
    nearer = r - low
    return nearer, low - (r - nearer), bits


def sin_reduced(r: Vector, error: Vector, precision: Element) -> Vector:
    """sin(r - error) for abs(r) < pi/4. Two differences, as a sum would lose the sign of -0."""
    z = r * r
    return r - fma(-(r * z), polynomial(z, SIN[precision]), error)


def cos_reduced(r: Vector, error: Vector, precision: Element) -> Vector:
    """cos(r - error) for abs(r) < pi/4 (fdlibm, k_cos.c)."""
    z = r * r
    half = 0.5 * z
    rest = fma(z * z, polynomial(z, COS[precision]), r * error)
    total = 1 - half
    return total + ((1 - total) - half + rest)


def by_quadrant(x: Vector, n: Vector) -> Vector:
    """x, negated where n's second bit is set."""
    return (x.bits() ^ ((n & 2) << 62)).as_float()


def odd(n: Vector) -> Vector:
    """Where n is odd."""
    return (n & 1).equals(1)


def sin(x: Vector, precision: Element) -> Vector:
    """sin(x)."""
    r, error, n = reduce(x, precision)
    s, c = sin_reduced(r, error, precision), cos_reduced(r, error, precision)
    return by_quadrant(select(odd(n), c, s), n)


def cos(x: Vector, precision: Element) -> Vector:
    """cos(x), the sine a quadrant further."""
    r, error, n = reduce(x, precision)
    s, c = sin_reduced(r, error, precision), cos_reduced(r, error, precision)
    return by_quadrant(select(odd(n), s, c), n + 1)


def tan(x: Vector, precision: Element) -> Vector:
    """sin/cos, or -cos/sin in odd quadrants."""
    r, error, n = reduce(x, precision)
    s, c = sin_reduced(r, error, precision), cos_reduced(r, error, precision)
    swap = odd(n)
    return by_quadrant(select(swap, c, s) / select(swap, s, c), n << 1)
