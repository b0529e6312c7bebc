"""power, cbrt and hypot."""

from __future__ import annotations

from opgrad_llvm.vecmath.coefficients import CBRT, LOG_TAIL
from opgrad_llvm.vecmath.emit import (
    INF,
    NAN,
    Element,
    Vector,
    copysign,
    exact_product,
    exact_sum,
    fma,
    polynomial,
    select,
    sqrt,
)
from opgrad_llvm.vecmath.exponential import (
    EXP_RANGE,
    LN2,
    clamp,
    expm1_reduced,
    nearest,
    reduce,
    scale,
    two_to_the,
)
from opgrad_llvm.vecmath.logarithm import log_parts, split_any

TWO_THIRDS = (0.6666666666666666, 3.700743415417188e-17)
CBRT_2 = 1.2599210498948732


def power(x: Vector, y: Vector, precision: Element) -> Vector:
    """exp(y log(abs(x))), the logarithm in two parts (float64, for a float64 result); C's edges."""
    a = abs(x)
    if precision == "float":
        high, low = log_parts(split_any(a)), a.like(0)
    else:
        high, low = log_in_two(a)
    high = select(a < INF, high, a)  # infinity and NaN
    high = select(a.equals(0), a.like(-INF), high)
    product, error = exact_product(y, high)
    exponent = clamp(product, EXP_RANGE["double"])
    r, n, bits = reduce(exponent)
    r = select(exponent.equals(product), r + fma(y, low, error), r)
    result = scale(expm1_reduced(r, precision) + 1, n, bits)

    infinite = abs(y).equals(INF)
    result = select(a.equals(1) & infinite, x.like(1), result)
    negative = x.bits() < 0
    whole = is_integer(y)
    odd = whole & (is_integer(0.5 * y) ^ True)
    result = select(negative & odd, -result, result)
    undefined = (x < 0) & (x > -INF) & (whole ^ True)
    result = select(undefined, x.like(NAN), result)
    return select(x.equals(1) | y.equals(0), x.like(1), result)


def is_integer(y: Vector) -> Vector:
    """Whether y, NaN aside, is an integer, as every large number is."""
    a, large = abs(y), 2.0**y.format.mantissa
    return (a >= large) | (a + large - large).equals(a)


def log_in_two(x: Vector) -> tuple[Vector, Vector]:
    """log of a positive float64 as the sum of two, to some 65 bits.

    As in `logarithm`, but s = f/(2 + f), 2 s and the next term, 2/3 s**3, are each in two parts.
    """
    parts = split_any(x)
    f, e = parts.fraction, parts.exponent
    divisor, divisor_low = exact_sum(f.like(2), f)
    inverse = 1 / divisor
    s = f * inverse
    product, error = exact_product(s, divisor)
    s_low = (f - product - error - s * divisor_low) * inverse

    z, z_low = exact_product(s, s)
    z_low = fma(2 * s, s_low, z_low)
    third, third_low = exact_sum(z.like(TWO_THIRDS[0]), z * polynomial(z, LOG_TAIL["double"]))
    third_low = third_low + TWO_THIRDS[1]
    cube, cube_low = exact_product(s, z)
    cube_low = cube_low + fma(s, z_low, s_low * z)
    term, term_low = exact_product(cube, third)
    term_low = term_low + fma(cube, third_low, cube_low * third)

    high, low = exact_sum(2 * s, term)
    low = low + fma(s_low, 2, term_low)
    high, rounding = exact_sum(e * LN2["double"][0], high)
    return exact_sum(high, low + fma(e, LN2["double"][1], rounding))


def cbrt(x: Vector) -> Vector:
    """m**(-1/3) by a polynomial and a step of Newton; times m, squared; another step."""
    a = abs(x)
    mantissa, bias = x.format.mantissa, x.format.bias
    subnormal = a < x.format.tiny
    bits = select(subnormal, a * 2.0 ** (mantissa + 2), a).bits()
    carrier = (bias + mantissa) << mantissa  # see logarithm.split
    e = ((bits >> mantissa) | carrier).as_float() - (2.0**mantissa + bias)
    e = select(subnormal, e - (mantissa + 2), e)
    m = ((bits & ((1 << mantissa) - 1)) | (bias << mantissa)).as_float()
    third, third_bits = nearest(e, 1 / 3)
    rest = e - 3 * third
    below, above = rest < 0, rest > 0
    inverse = polynomial(m, CBRT[x.element])
    inverse = inverse * select(below, x.like(CBRT_2), select(above, x.like(1 / CBRT_2), 1))
    m = m * select(below, x.like(0.5), select(above, x.like(2), 1))
    inverse = fma(inverse, fma(-m, inverse * inverse * inverse, 1) * (1 / 3), inverse)
    square = inverse * inverse
    root = m * square
    root = fma(fma(-(root * root), root, m), square * (1 / 3), root)
    root = copysign(root * two_to_the(third_bits, x.element), x)
    return select((a > 0) & (a < INF), root, x)


def hypot(x: Vector, y: Vector, precision: Element) -> Vector:
    """sqrt(x**2 + y**2); for a float64 result, both scaled first if the larger is out of bounds."""
    x, y = abs(x), abs(y)
    infinite = x.equals(INF) | y.equals(INF)
    back = None
    if precision == "double":
        larger = select(x > y, x, y)
        huge, small = larger > 2.0**500, larger < 2.0**-500
        factor = select(huge, x.like(2.0**-600), select(small, x.like(2.0**600), 1))
        back = select(huge, x.like(2.0**600), select(small, x.like(2.0**-600), 1))
        x, y = x * factor, y * factor
    root = sqrt(fma(x, x, y * y))
    return select(infinite, x.like(INF), root if back is None else root * back)
