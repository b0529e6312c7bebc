"""log and its kin, the inverse hyperbolic functions among them, after fdlibm's e_log.c.

``x = 2**e m`` with m in [sqrt(1/2), sqrt(2)]; with f = m - 1 and s = f/(2 + f),
log(m) = log((1 + s)/(1 - s)) = 2 s + s R(s**2) = f - s (f - R). An argument that is a rounded sum
brings its rounding error along, which is added to f (fdlibm, s_log1p.c).
"""

from __future__ import annotations

from dataclasses import dataclass

from opgrad_llvm.vecmath.coefficients import LOG
from opgrad_llvm.vecmath.emit import (
    FORMATS,
    INF,
    NAN,
    Element,
    Vector,
    copysign,
    exact_difference,
    fma,
    polynomial,
    select,
    sqrt,
)
from opgrad_llvm.vecmath.exponential import LN2, LOG2_E, exp

SQRT_HALF_BITS: dict[Element, int] = {"double": 0x3FE6A09E667F3BCD, "float": 0x3F3504F3}
LOG10_E = 0.4342944819032518
# log10(2), like ln(2), in two parts of which the first has trailing zeros (fdlibm, e_log10.c).
LOG10_2: dict[Element, tuple[float, float]] = {
    "double": (3.01029995663611771306e-01, 3.69423907715893078616e-13),
    "float": (3.0102920532e-01, 7.9034151668e-07),
}


@dataclass(frozen=True)
class Split:
    """A positive number as ``2**exponent (1 + fraction)``; ``scale`` is 2**-exponent."""

    exponent: Vector
    fraction: Vector
    scale: Vector


def split(x: Vector) -> Split:
    """Of a positive normal number."""
    format_ = FORMATS[x.element]
    one = format_.bias << format_.mantissa
    shifted = x.bits() + (one - SQRT_HALF_BITS[x.element])
    # An integer in the mantissa of 2**52 (2**23) is that float plus the integer.
    carrier = 2.0**format_.mantissa
    carrier_bits = (format_.bias + format_.mantissa) << format_.mantissa
    exponent = ((shifted >> format_.mantissa) | carrier_bits).as_float() - (carrier + format_.bias)
    place = shifted & format_.exponent_bits
    fraction = (x.bits() - place + one).as_float() - 1
    return Split(exponent, fraction, (2 * one - place).as_float())


def split_any(x: Vector) -> Split:
    """Of a positive number, subnormal or not."""
    bits = x.format.mantissa + 2
    subnormal = x < x.format.tiny
    parts = split(select(subnormal, x * 2.0**bits, x))
    return Split(
        select(subnormal, parts.exponent - bits, parts.exponent), parts.fraction, parts.scale
    )


def log_fraction(f: Vector, low: Vector | None = None) -> Vector:
    """log(1 + f) + low, where sqrt(1/2) < 1 + f < sqrt(2)."""
    s = f / (f + 2)
    z = s * s
    half_square = 0.5 * f * f
    correction = s * fma(z, polynomial(z, LOG[f.element]), half_square)
    return f - (half_square - (correction if low is None else correction + low))


def log_parts(parts: Split) -> Vector:
    """The logarithm of a split number."""
    high, low = LN2[parts.fraction.element]
    return fma(parts.exponent, high, log_fraction(parts.fraction, parts.exponent * low))


def at_edges(result: Vector, x: Vector) -> Vector:
    """A logarithm of x, put right where x is 0, infinite, negative or NaN."""
    edge = select(x.equals(0), x.like(-INF), select(x < 0, x.like(NAN), x))
    return select((x > 0) & (x < INF), result, edge)


def log(x: Vector) -> Vector:
    """log(x)."""
    return at_edges(log_parts(split_any(x)), x)


def log2(x: Vector) -> Vector:
    """log(m) log2(e) + e."""
    parts = split_any(x)
    return at_edges(fma(log_fraction(parts.fraction), LOG2_E, parts.exponent), x)


def log10(x: Vector) -> Vector:
    """log(m) log10(e) + e log10(2)."""
    parts = split_any(x)
    high, low = LOG10_2[x.element]
    small = fma(parts.exponent, low, log_fraction(parts.fraction) * LOG10_E)
    return at_edges(fma(parts.exponent, high, small), x)


def log_of_sum(total: Vector, error: Vector, doublings: Vector | None = None) -> Vector:
    """log((total + error) 2**doublings) for a positive, finite, normal total."""
    parts = split(total)
    small = select(total < 2.0**60, error * parts.scale, 0)  # the scale of large ones overflows
    exponent = parts.exponent if doublings is None else parts.exponent + doublings
    return log_parts(Split(exponent, parts.fraction + small, parts.scale))


def one_plus(x: Vector) -> tuple[Vector, Vector]:
    """1 + x and its rounding error."""
    return exact_difference(x.like(1), -x)


def log1p(x: Vector) -> Vector:
    """log(1 + x), precise near 0."""
    total, error = one_plus(x)
    return select(x.equals(0), x, at_edges(log_of_sum(total, error), total))  # keeps -0


def arcsinh(x: Vector) -> Vector:
    """log1p(a + a**2/(1 + sqrt(1 + a**2))) for a = abs(x); log(2 a) for a large one."""
    a = abs(x)
    square = a * a
    total, error = one_plus(a + square / (1 + sqrt(square + 1)))
    return copysign(log_or_log_of_twice(a, total, error), x)


def arccosh(x: Vector) -> Vector:
    """log1p(t + sqrt(2 t + t**2)) for t = x - 1; log(2 x) for a large one."""
    t = x - 1
    total, error = one_plus(t + sqrt(fma(t, t, 2 * t)))
    return select(x >= 1, log_or_log_of_twice(x, total, error), x.like(NAN))


def log_or_log_of_twice(x: Vector, total: Vector, error: Vector) -> Vector:
    """log(total + error), or log(2 x) for a large x."""
    large = x > 2.0**30
    argument = select(large, x, total)
    doublings = select(large, x.like(1), 0)
    return at_edges(log_of_sum(argument, select(large, x.like(0), error), doublings), argument)


def arctanh(x: Vector) -> Vector:
    """log1p(2 a/(1 - a))/2 for a = abs(x)."""
    a = abs(x)
    return copysign(0.5 * log1p(2 * a / (1 - a)), x)


def logaddexp(x: Vector, y: Vector, _: Element) -> Vector:
    """The larger, plus log1p(exp(-difference)); equal infinities have no difference."""
    swap = x < y
    larger, smaller = select(swap, y, x), select(swap, x, y)
    difference, error = exact_difference(smaller, larger)
    difference = select(x.equals(y), x.like(0), difference)
    e = exp(difference)
    e = select(abs(error) < 1, fma(e, error, e), e)  # an error that is NaN comes from infinities
    return larger + log1p(e)
