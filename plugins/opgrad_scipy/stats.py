"""Densities and distribution functions of ``scipy.stats``, on Values and arrays: made of ops.

They are called as SciPy's are: ``stats.norm.logpdf(x, loc=0, scale=1)``,
``stats.gamma.logpdf(x, a, loc=0, scale=1)``; gradients flow to ``x`` and all parameters, but where
the op that a distribution function is made of knows none (see gammainc, betainc, stdtr). As with
SciPy, a parameter outside its range gives NaN, and what is computed is in double precision.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

import opgrad as og
from opgrad import Raw

LOG_ROOT_2_PI = 0.5 * math.log(2 * math.pi)


@dataclass(frozen=True)
class Continuous:
    """A family of continuous distributions, given by its standard member.

    Attributes:
        log_density: of a number in the support and the shape parameters.
        distribution: the probability of at most that number, likewise.
        shapes: the names of the shape parameters, all of which are positive.
        low: where the support of the standard member begins.
        high: where it ends.
    """

    log_density: Callable[..., Raw]
    distribution: Callable[..., Raw]
    shapes: tuple[str, ...] = ()
    low: float = -math.inf
    high: float = math.inf

    def logpdf(self, x: Raw, *args: Raw, **named: Raw) -> Raw:
        """The logarithm of the density at x; -inf outside the support.

        Args:
            x: where.
            args: the shape parameters, and behind them loc, what is added to a variable of the
                standard distribution, after it was multiplied with scale.
            named: any of these by name.

        Raises:
            TypeError: a shape parameter is missing, or there is one too many.
        """
        with np.errstate(all="ignore"):  # as SciPy does
            z, shapes, scale, factor = self._standard(x, args, named)
            log = self.log_density(self._inside(z), *shapes) - np.log(scale)
            return self._outside(z, log, -math.inf, -math.inf) * factor

    def pdf(self, x: Raw, *args: Raw, **named: Raw) -> Raw:
        """The density at x; the arguments are those of :meth:`logpdf`."""
        return np.exp(self.logpdf(x, *args, **named))

    def cdf(self, x: Raw, *args: Raw, **named: Raw) -> Raw:
        """The probability of at most x; the arguments are those of :meth:`logpdf`."""
        with np.errstate(all="ignore"):
            z, shapes, _, factor = self._standard(x, args, named)
            below = self.distribution(self._inside(z), *shapes)
            return self._outside(z, below, 0.0, 1.0) * factor

    def _standard(
        self, x: Raw, args: tuple[Raw, ...], named: dict[str, Raw]
    ) -> tuple[Raw, list[Raw], Raw, Raw]:
        """x for the standard member, the shapes, the scale, and 1, or NaN where one is wrong."""
        given = _named((*self.shapes, "loc", "scale"), args, named)
        loc, scale = given.pop("loc", 0.0), given.pop("scale", 1.0)
        if given.keys() != set(self.shapes):
            raise TypeError(
                f"takes {len(self.shapes)} shape parameters, {', '.join(self.shapes)}; "
                f"given {', '.join(given)}"
            )
        shapes = [_double(given[name]) for name in self.shapes]
        loc, scale = _double(loc), _double(scale)
        valid = np.greater(scale, 0)
        for shape in shapes:
            valid = valid & np.greater(shape, 0)
        return (_double(x) - loc) / scale, shapes, scale, np.where(valid, 1.0, math.nan)

    def _inside(self, z: Raw) -> Raw:
        """z, and where that is outside the support, a number inside: no NaN may come of it."""
        inside = self.low + 0.5
        if math.isfinite(self.low):
            z = np.where(np.less(z, self.low), inside, z)
        if math.isfinite(self.high):
            z = np.where(np.greater(z, self.high), inside, z)
        return z

    def _outside(self, z: Raw, x: Raw, below: float, above: float) -> Raw:
        if math.isfinite(self.low):
            x = np.where(np.less(z, self.low), below, x)
        if math.isfinite(self.high):
            x = np.where(np.greater(z, self.high), above, x)
        return x


def _named(names: tuple[str, ...], args: tuple[Raw, ...], named: dict[str, Raw]) -> dict[str, Raw]:
    """Arguments by name; a parameter that there is not, or that is given twice, is an error."""
    if len(args) > len(names):
        raise TypeError(f"takes {', '.join(names)}; given {len(args)} arguments")
    given = dict(zip(names, args, strict=False))
    wrong = [name for name in named if name not in names or name in given]
    if wrong:
        raise TypeError(f"takes {', '.join(names)}, each once; given {', '.join(wrong)}")
    return given | named


def _double(x: Raw) -> Raw:
    """In NumPy's double precision, in which SciPy computes; a list as an array."""
    if isinstance(x, list | tuple):
        return np.asarray(x, np.float64)
    data = x.data if isinstance(x, og.Node) else x
    return x if getattr(data, "dtype", None) == np.float64 else x * np.float64(1)


@dataclass(frozen=True)
class Poisson:
    """The Poisson distributions, of mean ``mu``."""

    def logpmf(self, k: Raw, *args: Raw, **named: Raw) -> Raw:
        """The logarithm of the probability of k, given mu, and loc if it is not 0.

        It is -inf where k - loc is no natural number, NaN where mu is negative.
        """
        given = _named(("mu", "loc"), args, named)
        if "mu" not in given:
            raise TypeError("takes a parameter mu")
        mu, n = _double(given["mu"]), _double(k) - _double(given.get("loc", 0.0))
        possible = np.greater_equal(n, 0) & np.equal(n, np.floor(n))
        valid = np.greater_equal(mu, 0) & np.equal(n, n)
        n = np.where(possible, n, 0.0)
        with np.errstate(all="ignore"):
            log = special.xlogy(n, mu) - special.gammaln(n + 1) - mu
        return np.where(possible, log, -math.inf) * np.where(valid, 1.0, math.nan)

    def pmf(self, k: Raw, *args: Raw, **named: Raw) -> Raw:
        """The probability of k; 0 where k - loc is no natural number."""
        return np.exp(self.logpmf(k, *args, **named))


def _laplace_cdf(z: Raw) -> Raw:
    is_low = np.less(z, 0)  # each side by a formula without a kink at 0, where the whole has none
    low, high = np.where(is_low, z, 0.0), np.where(is_low, 0.0, z)
    return np.where(is_low, 0.5 * np.exp(low), 1 - 0.5 * np.exp(-high))


def _student_log_density(z: Raw, df: Raw) -> Raw:
    is_normal = np.equal(df, math.inf)
    df = np.where(is_normal, 1.0, df)
    scale = -special.betaln(df / 2, 0.5) - 0.5 * np.log(df)
    normal = -0.5 * (z * z) - LOG_ROOT_2_PI
    return np.where(is_normal, normal, scale - (df + 1) / 2 * np.log1p(z * z / df))


def _lognormal_log_density(z: Raw, s: Raw) -> Raw:
    log = np.log(z)
    return -(log * (0.5 * log / (s * s) + 1)) - np.log(s) - LOG_ROOT_2_PI


def _chi2_log_density(z: Raw, df: Raw) -> Raw:
    half = df / 2
    return special.xlogy(half - 1, z) - z / 2 - special.gammaln(half) - half * math.log(2)


norm = Continuous(lambda z: -0.5 * (z * z) - LOG_ROOT_2_PI, special.ndtr)
expon = Continuous(lambda z: -z, lambda z: -np.expm1(-z), low=0.0)
uniform = Continuous(lambda z: 0.0 * z, lambda z: z, low=0.0, high=1.0)
laplace = Continuous(lambda z: -np.abs(z) - math.log(2), _laplace_cdf)
logistic = Continuous(lambda z: special.log_expit(z) + special.log_expit(-z), special.expit)
lognorm = Continuous(
    _lognormal_log_density,
    lambda z, s: special.ndtr(np.log(z) / s),
    shapes=("s",),
    low=0.0,
)
gamma = Continuous(
    lambda z, a: special.xlogy(a - 1, z) - z - special.gammaln(a),
    lambda z, a: special.gammainc(a, z),
    shapes=("a",),
    low=0.0,
)
chi2 = Continuous(
    _chi2_log_density, lambda z, df: special.gammainc(df / 2, z / 2), shapes=("df",), low=0.0
)
beta = Continuous(
    lambda z, a, b: special.xlogy(a - 1, z) + special.xlog1py(b - 1, -z) - special.betaln(a, b),
    lambda z, a, b: special.betainc(a, b, z),
    shapes=("a", "b"),
    low=0.0,
    high=1.0,
)
t = Continuous(_student_log_density, lambda z, df: special.stdtr(df, z), shapes=("df",))
poisson = Poisson()
