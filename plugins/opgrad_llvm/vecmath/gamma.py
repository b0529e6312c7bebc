"""gammaln and digamma: recurrence to a polynomial near 2 (1.6); Stirling's series beyond.

Abramowitz and Stegun, "Handbook of Mathematical Functions", 6.1.15, 6.1.41, 6.3.5, 6.3.7, 6.3.18.
float64 only; a float32 result takes shorter polynomials.
"""

from __future__ import annotations

from opgrad_llvm.vecmath.coefficients import DIGAMMA, DIGAMMA_TAIL, GAMMALN, GAMMALN_TAIL
from opgrad_llvm.vecmath.emit import (
    INF,
    NAN,
    Element,
    Vector,
    copysign,
    exact_product,
    fma,
    polynomial,
    select,
)
from opgrad_llvm.vecmath.exponential import nearest
from opgrad_llvm.vecmath.logarithm import log
from opgrad_llvm.vecmath.power import is_integer
from opgrad_llvm.vecmath.trigonometric import cos_reduced, odd, sin_reduced

HALF_LOG_2_PI = 0.9189385332046727
PI = (3.141592653589793, 1.2246467991473532e-16)
DIGAMMA_ROOT = (1.4616321449683622, 9.549995429965697e-17)  # the sum of both
STEPS = range(1, 5)  # of the recurrence down; above, the series


def gammaln(x: Vector, precision: Element) -> Vector:
    """log(abs(gamma(x))) for x >= 0; the others go lane by lane to the C library.

    Between 0 and 6.5 a product of x, x + 1 or x - 1, x - 2, ... leads to gamma near 2.
    """
    large = x >= 6.5
    near, tiny = x < 1.25, x < 0.5
    u = x - select(tiny, x.like(0), select(near, x.like(1), 2))
    product = select(near, select(tiny, fma(x, x, x), x), x.like(1))
    for k in STEPS:
        step = x >= k + 1.5
        product = select(step, product * (x - k), product)
        u = select(step, x - (k + 2), u)
    logarithm = log(select(large, x, product))
    signed = select(near, -logarithm, logarithm)
    small_result = fma(fma(u, u, u), polynomial(u, GAMMALN[precision]), signed)

    inverse = 1 / x
    tail = polynomial(inverse * inverse, GAMMALN_TAIL[precision])
    rest = fma(inverse, tail, HALF_LOG_2_PI - 0.5)
    result = select(large, fma(x - 0.5, logarithm - 1, rest), small_result)
    return select(x.equals(-INF), x, result)  # as SciPy has it; the C library does not


def beyond(x: Vector) -> Vector:
    """Where x is negative, for which the reflection would cost another logarithm and a sine."""
    return (x < 0) & (x > -INF)


def digamma(x: Vector, precision: Element) -> Vector:
    """The derivative of gammaln; for a negative x, that of 1 - x, less pi/tan(pi x)."""
    negative = x < 0
    result = digamma_positive(select(negative, 1 - x, x), precision)
    twice, n = nearest(x, 2)
    turns = x - 0.5 * twice  # so r is of at most pi/4
    r, rest = exact_product(turns, turns.like(PI[0]))
    error = fma(turns, -PI[1], -rest)
    s, c = sin_reduced(r, error, precision), cos_reduced(r, error, precision)
    turned = odd(n)
    cotangent = select(turned, -s, c) / select(turned, c, s)
    reflected = fma(cotangent, -PI[0], result)
    pole = is_integer(x)
    reflected = select(pole, x.like(NAN), reflected)
    at_zero = copysign(x.like(INF), -x)
    return select(negative, reflected, select(x.equals(0), at_zero, result))


def digamma_positive(x: Vector, precision: Element) -> Vector:
    """For x >= 0: terms 1/(x - 1), 1/(x - 2), ... or -1/x, gathered into one fraction."""
    large, tiny = x >= 6.25, x < 1
    t = select(tiny, x + 1, x)
    above, below = select(tiny, x.like(-1), 0), select(tiny, x, 1)
    for k in STEPS:
        step = x >= k + 1.25
        term = x - k
        above = select(step, fma(above, term, below), above)
        below = select(step, below * term, below)
        t = select(step, term, t)
    from_root = (t - DIGAMMA_ROOT[0]) - DIGAMMA_ROOT[1]
    value = from_root * polynomial(t - 1.625, DIGAMMA[precision])

    inverse = 1 / x
    square = inverse * inverse
    tail = fma(square, polynomial(square, DIGAMMA_TAIL[precision]), -0.5 * inverse)
    return select(large, log(x) + tail, value + above / below)
