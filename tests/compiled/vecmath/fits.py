"""What each table of `opgrad_llvm.vecmath.coefficients` approximates; as a script, prints it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import mpmath as mp
import numpy as np

from tests.compiled.vecmath.minimax import Function, evaluate, minimax

Precision = Literal["double", "float"]


@dataclass(frozen=True)
class Fit:
    """A function to approximate on [low, high], and the weight of an error there.

    The weight makes the weighted error the relative error of the result that the polynomial is
    a part of.
    """

    meaning: str
    f: Function
    weight: Function
    low: float
    high: dict[Precision, float]
    counts: dict[Precision, int]

    def coefficients(self, precision: Precision) -> tuple[float, ...]:
        """The best polynomial, its coefficients rounded to the precision."""
        exact, _ = minimax(
            self.f, self.weight, self.low, self.high[precision], self.counts[precision]
        )
        kind = np.float64 if precision == "double" else np.float32
        return tuple(float(kind(float(c))) for c in exact)

    def error(self, precision: Precision, coefficients: tuple[float, ...]) -> float:
        """The largest weighted error of these coefficients on a grid."""
        with mp.workdps(50):
            points = mp.linspace(self.low, self.high[precision], 200)
            return float(
                max(abs(self.weight(x) * (self.f(x) - evaluate(coefficients, x))) for x in points)
            )


def in_square(f: Function, *leading: Fraction) -> Function:
    """Of an odd f: ``(f(x)/x - leading) / z**n`` as a function of ``z = x**2``."""

    def rest(z: mp.mpf) -> mp.mpf:
        x = mp.sqrt(z)
        first = [mp.mpf(c.numerator) / c.denominator for c in leading]
        return (f(x) / x - evaluate(first, z)) / z ** len(first)

    return rest


def both(value: float) -> dict[Precision, float]:
    """The same for both precisions."""
    return {"double": value, "float": value}


def log_ratio(s: mp.mpf) -> mp.mpf:
    """log((1 + s) / (1 - s))."""
    return 2 * mp.atanh(s)


def erfcx(t: mp.mpf) -> mp.mpf:
    """(1 + x) exp(x**2) erfc(x), where t = (x - 4) / (x + 4)."""
    x = 4 * (1 + t) / (1 - t)
    return (1 + x) * mp.exp(x * x) * mp.erfc(x)


def gammaln_tail(w: mp.mpf) -> mp.mpf:
    """What Stirling's formula lacks, times x, where w = 1/x**2."""
    x = 1 / mp.sqrt(w)
    return x * (mp.loggamma(x) - (x - 0.5) * mp.log(x) + x - mp.log(2 * mp.pi) / 2)


def from_root(u: mp.mpf) -> mp.mpf:
    """digamma(x) / (x - root) for x = u + 1.625."""
    return mp.digamma(u + 1.625) / (u + 1.625 - mp.mpf(DIGAMMA_ROOT))


DIGAMMA_ROOT = "1.46163214496836234126265954232572132846819620400644629512959841"


def digamma_tail(w: mp.mpf) -> mp.mpf:
    """What log(x) - 1/(2 x) lacks of digamma, times x**2, where w = 1/x**2."""
    x = 1 / mp.sqrt(w)
    return x * x * (mp.digamma(x) - mp.log(x) + 1 / (2 * x))


TINY = 1e-12  # instead of 0, where the functions below are 0/0
Z_LOG = 0.02945  # s**2 = ((m - 1) / (m + 1))**2 where m**2 is 2

FITS = {
    "EXP": Fit(
        "(exp(r) - 1 - r) / r**2 for |r| < ln(2)/2",
        lambda r: (mp.expm1(r) - r) / r**2,
        abs,
        -0.3475,
        both(0.3475),
        {"double": 10, "float": 5},
    ),
    "LOG": Fit(
        "(log((1 + s) / (1 - s)) - 2 s) / s**3, in z = s**2",
        in_square(log_ratio, Fraction(2)),
        lambda z: z / 2,
        TINY,
        both(Z_LOG),
        {"double": 7, "float": 3},
    ),
    "LOG_TAIL": Fit(
        "(log((1 + s) / (1 - s)) - 2 s - 2/3 s**3) / s**5, in z = s**2",
        in_square(log_ratio, Fraction(2), Fraction(2, 3)),
        lambda z: z**2 / 2,
        TINY,
        both(Z_LOG),
        {"double": 7, "float": 2},
    ),
    "SIN": Fit(
        "(sin(x) - x) / x**3, in z = x**2, for |x| < pi/4",
        in_square(mp.sin, Fraction(1)),
        lambda z: z,
        TINY,
        both(0.6175),
        {"double": 6, "float": 3},
    ),
    "COS": Fit(
        "(cos(x) - 1 + x**2/2) / x**4, in z = x**2, for |x| < pi/4",
        lambda z: (mp.cos(mp.sqrt(z)) - 1 + z / 2) / z**2,
        lambda z: z**2,
        TINY,
        both(0.6175),
        {"double": 6, "float": 3},
    ),
    "ARCSIN": Fit(
        "(arcsin(x) - x) / x**3, in z = x**2, for |x| < 1/2",
        in_square(mp.asin, Fraction(1)),
        lambda z: z,
        TINY,
        both(0.25),
        {"double": 12, "float": 5},
    ),
    "ARCTAN": Fit(
        "(arctan(x) - x) / x**3, in z = x**2, for |x| < tan(pi/8)",
        in_square(mp.atan, Fraction(1)),
        lambda z: z,
        TINY,
        both(0.1716),
        {"double": 11, "float": 5},
    ),
    "SINH": Fit(
        "(sinh(x) - x) / x**3, in z = x**2, for |x| < 1",
        in_square(mp.sinh, Fraction(1)),
        lambda z: z,
        TINY,
        both(1.0),
        {"double": 7, "float": 4},
    ),
    "ERF": Fit(
        "-log(1 - erf(x)) / x, as far as erf is not yet 1",
        lambda x: -mp.log(mp.erfc(x)) / x,
        lambda x: x * mp.erfc(x) / mp.erf(x),
        1e-9,
        {"double": 5.93, "float": 3.93},
        {"double": 23, "float": 11},
    ),
    "ERFC": Fit(
        "(1 + x) exp(x**2) erfc(x), in t = (x - 4) / (x + 4), for x > 0",
        erfcx,
        lambda t: 1 / erfcx(t),
        -1.0,
        {"double": 0.746, "float": 0.44},
        {"double": 23, "float": 11},
    ),
    "CBRT": Fit(
        "x**(-1/3) for 1 < x < 2",
        lambda x: x ** (-mp.mpf(1) / 3),
        lambda x: mp.cbrt(x),
        1.0,
        both(2.0),
        {"double": 6, "float": 5},
    ),
    "GAMMALN": Fit(
        "gammaln(2 + u) / (u (1 + u)) for -3/4 < u < 1/2",
        lambda u: mp.loggamma(2 + u) / (u * (1 + u)),
        lambda u: u * (1 + u) / mp.loggamma(2 + u),
        -0.75001,
        both(0.5),
        {"double": 21, "float": 10},
    ),
    "GAMMALN_TAIL": Fit(
        "x (gammaln(x) - (x - 1/2) log(x) + x - log(2 pi)/2), in w = 1/x**2, for x > 6.5",
        gammaln_tail,
        lambda w: mp.sqrt(w) / mp.loggamma(1 / mp.sqrt(w)),
        1e-8,
        both(1 / 6.5**2),
        {"double": 6, "float": 2},
    ),
    "DIGAMMA": Fit(
        "digamma(x) / (x - root), in u = x - 1.625, for |u| < 0.625",
        from_root,
        lambda u: 1 / from_root(u),
        -0.62501,
        both(0.62501),
        {"double": 24, "float": 11},
    ),
    "DIGAMMA_TAIL": Fit(
        "x**2 (digamma(x) - log(x) + 1/(2 x)), in w = 1/x**2, for x > 6.25",
        digamma_tail,
        lambda w: w / mp.digamma(1 / mp.sqrt(w)),
        1e-8,
        both(1 / 6.25**2),
        {"double": 6, "float": 2},
    ),
}

if __name__ == "__main__":
    print(
        '"""Minimax polynomials, the constant first; printed by tests/compiled/vecmath/fits.py.\n'
    )
    print("Those of float32 are as precise as its results need, whichever precision they are")
    print('evaluated in.\n"""\n')
    print("from __future__ import annotations\n")
    print("from opgrad_llvm.vecmath.emit import Element\n")
    print("Table = dict[Element, tuple[float, ...]]")
    for name, fit in FITS.items():
        print(f"\n# {fit.meaning}")
        print(f"{name}: Table = {{")
        for precision in fit.counts:
            print(f'    "{precision}": (')
            for c in fit.coefficients(precision):
                print(f"        {c!r},")
            print("    ),")
        print("}")
