"""Densities and distribution functions of ``scipy.stats``, on Values and arrays: made of ops.

They are called as SciPy's are: ``stats.norm.logpdf(x, loc=0, scale=1)``,
``stats.gamma.logpdf(x, a, loc=0, scale=1)``; gradients flow to ``x`` and all parameters, but where
the op that a distribution function is made of knows none (see gammainc, betainc, stdtr).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

from opgrad import Raw

LOG_ROOT_2_PI = 0.5 * math.log(2 * math.pi)


@dataclass(frozen=True)
class Continuous:
    """A family of continuous distributions, given by its standard member.

    Attributes:
        log_density: of a number in the support and the shape parameters.
        distribution: the probability of at most that number, likewise.
        shapes: how many shape parameters there are.
        low: where the support of the standard member begins.
        high: where it ends.
    """

    log_density: Callable[..., Raw]
    distribution: Callable[..., Raw]
    shapes: int = 0
    low: float = -math.inf
    high: float = math.inf

    def logpdf(self, x: Raw, *args: Raw, loc: Raw = 0.0, scale: Raw = 1.0) -> Raw:
        """The logarithm of the density at x; -inf outside the support.

        Args:
            x: where.
            args: the shape parameters; behind them may follow loc and scale.
            loc: what is added to a variable of the standard distribution, after
            scale: what it is multiplied with.

        Raises:
            TypeError: the number of shape parameters is wrong.
        """
        shapes, loc, scale = self._split(args, loc, scale)
        z = (x - loc) / scale
        log = self.log_density(self._inside(z), *shapes) - np.log(scale)
        return self._outside(z, log, -math.inf, -math.inf)

    def pdf(self, x: Raw, *args: Raw, loc: Raw = 0.0, scale: Raw = 1.0) -> Raw:
        """The density at x; the arguments are those of :meth:`logpdf`."""
        return np.exp(self.logpdf(x, *args, loc=loc, scale=scale))

    def cdf(self, x: Raw, *args: Raw, loc: Raw = 0.0, scale: Raw = 1.0) -> Raw:
        """The probability of at most x; the arguments are those of :meth:`logpdf`."""
        shapes, loc, scale = self._split(args, loc, scale)
        z = (x - loc) / scale
        return self._outside(z, self.distribution(self._inside(z), *shapes), 0.0, 1.0)

    def _split(
        self, args: tuple[Raw, ...], loc: Raw, scale: Raw
    ) -> tuple[tuple[Raw, ...], Raw, Raw]:
        shapes, rest = args[: self.shapes], args[self.shapes :]
        if len(shapes) < self.shapes or len(rest) > 2:
            raise TypeError(f"takes {self.shapes} shape parameters, loc and scale; given {args}")
        return shapes, *(*rest, *(loc, scale)[len(rest) :])

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


@dataclass(frozen=True)
class Poisson:
    """The Poisson distributions, of mean ``mu``."""

    def logpmf(self, k: Raw, mu: Raw, loc: Raw = 0.0) -> Raw:
        """The logarithm of the probability of k; -inf where k - loc is no natural number."""
        n = k - loc
        possible = np.greater_equal(n, 0) * np.equal(n, np.floor(n))
        n = np.where(possible, n, 0.0)
        log = special.xlogy(n, mu) - special.gammaln(n + 1) - mu
        return np.where(possible, log, -math.inf)

    def pmf(self, k: Raw, mu: Raw, loc: Raw = 0.0) -> Raw:
        """The probability of k; 0 where k - loc is no natural number."""
        return np.exp(self.logpmf(k, mu, loc))


def _laplace_cdf(z: Raw) -> Raw:
    tail = 0.5 * np.exp(-np.abs(z))
    return np.where(np.less(z, 0), tail, 1 - tail)


def _student_log_density(z: Raw, df: Raw) -> Raw:
    scale = special.gammaln((df + 1) / 2) - special.gammaln(df / 2) - 0.5 * np.log(df * math.pi)
    return scale - (df + 1) / 2 * np.log1p(z * z / df)


def _chi2_log_density(z: Raw, df: Raw) -> Raw:
    half = df / 2
    return special.xlogy(half - 1, z) - z / 2 - special.gammaln(half) - half * math.log(2)


norm = Continuous(lambda z: -0.5 * (z * z) - LOG_ROOT_2_PI, special.ndtr)
expon = Continuous(lambda z: -z, lambda z: -np.expm1(-z), low=0.0)
uniform = Continuous(lambda z: 0.0 * z, lambda z: z, low=0.0, high=1.0)
laplace = Continuous(lambda z: -np.abs(z) - math.log(2), _laplace_cdf)
logistic = Continuous(lambda z: special.log_expit(z) + special.log_expit(-z), special.expit)
lognorm = Continuous(
    lambda z, s: -0.5 * np.square(np.log(z) / s) - np.log(s * z) - LOG_ROOT_2_PI,
    lambda z, s: special.ndtr(np.log(z) / s),
    shapes=1,
    low=0.0,
)
gamma = Continuous(
    lambda z, a: special.xlogy(a - 1, z) - z - special.gammaln(a),
    lambda z, a: special.gammainc(a, z),
    shapes=1,
    low=0.0,
)
chi2 = Continuous(
    _chi2_log_density, lambda z, df: special.gammainc(df / 2, z / 2), shapes=1, low=0.0
)
beta = Continuous(
    lambda z, a, b: special.xlogy(a - 1, z) + special.xlog1py(b - 1, -z) - special.betaln(a, b),
    lambda z, a, b: special.betainc(a, b, z),
    shapes=2,
    low=0.0,
    high=1.0,
)
t = Continuous(_student_log_density, lambda z, df: special.stdtr(df, z), shapes=1)
poisson = Poisson()
