"""The gamma function and its kin. Source of the derivatives: DLMF, chapters 5 and 8."""

from __future__ import annotations

import math

import numpy as np
from scipy import special

import opgrad as og
from opgrad import Raw
from opgrad_scipy.rules import not_known
from opgrad_scipy.samples import POSITIVE, POSITIVE_PAIRS, TRIPLES


@og.op(elementwise=True, implements=special.gamma, samples=POSITIVE)
def gamma(x: Raw) -> Raw:
    """The gamma function. Derivative: gamma(x) * psi(x)."""
    return special.gamma(x)


@gamma.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return g * out * special.psi(x)


@og.op(elementwise=True, implements=special.gammaln, samples=POSITIVE)
def gammaln(x: Raw) -> Raw:
    """log(abs(gamma(x))). Derivative: psi(x)."""
    return special.gammaln(x)


@gammaln.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return g * special.psi(x)


@og.op(elementwise=True, implements=special.psi, samples=POSITIVE)
def psi(x: Raw) -> Raw:
    """The digamma function, gamma'(x) / gamma(x).

    Derivative: the trigamma function; of complex x NotDifferentiable, as SciPy has none of these.
    """
    return special.psi(x)


@psi.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    if np.iscomplexobj(x):
        raise og.NotDifferentiable("the derivative of psi is known here for real numbers only")
    return g * polygamma(x, n=1)


@og.op(elementwise=True, samples=[*POSITIVE, og.Sample(0.7, n=2)])
def polygamma(x: Raw, *, n: int = 1) -> Raw:
    """The n-th derivative of the digamma function. Derivative: the (n + 1)-th."""
    if n == 0:
        return special.psi(x)
    # SciPy's polygamma, less its asarray, which would compute a lazy array.
    return special.zeta(n + 1, x) * float((-1) ** (n + 1) * special.gamma(n + 1.0))


@polygamma.vjp
def _(g: Raw, out: Raw, x: Raw, *, n: int = 1) -> Raw:
    return g * polygamma(x, n=n + 1)


@og.op(elementwise=True, samples=[*POSITIVE_PAIRS, og.Sample(0.7, 1e-9, n=2)])
def polygamma_step(x: Raw, step: Raw, *, n: int = 0) -> Raw:
    """polygamma(x + step, n) - polygamma(x, n), precise for a step that is small beside x.

    Of positive numbers it is made of differences of powers, which lose no digits: x is raised by
    the recurrence (DLMF, 5.15.5), and then comes the asymptotic series (DLMF, 5.15.8).

    Derivatives: that of n + 1; polygamma(x + step, n + 1).
    """
    og.ordered(x + step)
    plain = polygamma.forward(x + step, n=n) - polygamma.forward(x, n=n)
    small = (x > 0) & (step > 0) & (step < x)
    x, step = np.where(small, x, 1), np.where(small, step, 1)
    sign = (-1) ** (n + 1) * math.factorial(n)
    total, raised = 0.0 * x, x
    series: list[tuple[float, int]] = [(math.factorial(n - 1), n)] if n else []
    series += [(math.factorial(n) / 2, n + 1)]
    series += [
        (b * math.factorial(2 * k + n - 1) / math.factorial(2 * k), 2 * k + n)
        for k, b in enumerate(_BERNOULLI, 1)
    ]
    with np.errstate(over="ignore"):  # of the smallest numbers, and the largest
        for _ in range(12):
            total = total + sign * _power_step(raised, step, n + 1)
            raised = raised + 1
        tail = sum(c * _power_step(raised, step, m) for c, m in series)
    tail = (-1) ** (n + 1) * tail + (0 if n else np.log1p(step / raised))
    return np.where(small, tail + total, plain)[()]


def _power_step(x: Raw, step: Raw, m: int) -> Raw:
    """(x + step)**-m - x**-m."""
    return np.expm1(-m * np.log1p(step / x)) / x**m


@polygamma_step.vjp_wrt(0)
def _(g: Raw, out: Raw, x: Raw, step: Raw, *, n: int = 0) -> Raw:
    return g * polygamma_step(x, step, n=n + 1)


@polygamma_step.vjp_wrt(1)
def _(g: Raw, out: Raw, x: Raw, step: Raw, *, n: int = 0) -> Raw:
    return g * polygamma(x + step, n=n + 1)


_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)
"""Those of even number, from the second."""


@og.op(elementwise=True, implements=special.beta, samples=POSITIVE_PAIRS)
def beta(a: Raw, b: Raw) -> Raw:
    """The beta function. Derivative, by a: beta(a, b) * (psi(a) - psi(a + b)).

    It is NaN where a + b is 0 or a negative integer: a zero times a pole.
    """
    return special.beta(a, b)


@beta.vjp_wrt(0)
def _(g: Raw, out: Raw, a: Raw, b: Raw) -> Raw:
    return -g * out * polygamma_step(a, b)


@beta.vjp_wrt(1)
def _(g: Raw, out: Raw, a: Raw, b: Raw) -> Raw:
    return -g * out * polygamma_step(b, a)


@og.op(elementwise=True, implements=special.betaln, samples=POSITIVE_PAIRS)
def betaln(a: Raw, b: Raw) -> Raw:
    """log(abs(beta(a, b))). Derivative, by a: psi(a) - psi(a + b)."""
    return special.betaln(a, b)


@betaln.vjp_wrt(0)
def _(g: Raw, out: Raw, a: Raw, b: Raw) -> Raw:
    return -g * polygamma_step(a, b)


@betaln.vjp_wrt(1)
def _(g: Raw, out: Raw, a: Raw, b: Raw) -> Raw:
    return -g * polygamma_step(b, a)


@og.op(elementwise=True, implements=special.gammainc, samples=POSITIVE_PAIRS)
def gammainc(a: Raw, x: Raw) -> Raw:
    """The regularized lower incomplete gamma function.

    Derivative, by x: x**(a - 1) * exp(-x) / gamma(a); by a: NotDifferentiable.
    """
    return special.gammainc(a, x)


@gammainc.vjp_wrt(0)
def _(g: Raw, out: Raw, a: Raw, x: Raw) -> Raw:
    raise not_known("gammainc(a, x)", "a")


@gammainc.vjp_wrt(1)
def _(g: Raw, out: Raw, a: Raw, x: Raw) -> Raw:
    return g * np.exp(special.xlogy(a - 1, x) - x - special.gammaln(a))


@og.op(elementwise=True, implements=special.gammaincc, samples=POSITIVE_PAIRS)
def gammaincc(a: Raw, x: Raw) -> Raw:
    """The regularized upper incomplete gamma function.

    Derivative, by x: -x**(a - 1) * exp(-x) / gamma(a); by a: NotDifferentiable.
    """
    return special.gammaincc(a, x)


@gammaincc.vjp_wrt(0)
def _(g: Raw, out: Raw, a: Raw, x: Raw) -> Raw:
    raise not_known("gammaincc(a, x)", "a")


@gammaincc.vjp_wrt(1)
def _(g: Raw, out: Raw, a: Raw, x: Raw) -> Raw:
    return -g * np.exp(special.xlogy(a - 1, x) - x - special.gammaln(a))


@og.op(elementwise=True, implements=special.betainc, samples=TRIPLES)
def betainc(a: Raw, b: Raw, x: Raw) -> Raw:
    """The regularized incomplete beta function.

    Derivative, by x: x**(a - 1) * (1 - x)**(b - 1) / beta(a, b); by a and b: NotDifferentiable.
    """
    return special.betainc(a, b, x)


@betainc.vjp_wrt(0)
def _(g: Raw, out: Raw, a: Raw, b: Raw, x: Raw) -> Raw:
    raise not_known("betainc(a, b, x)", "a")


@betainc.vjp_wrt(1)
def _(g: Raw, out: Raw, a: Raw, b: Raw, x: Raw) -> Raw:
    raise not_known("betainc(a, b, x)", "b")


@betainc.vjp_wrt(2)
def _(g: Raw, out: Raw, a: Raw, b: Raw, x: Raw) -> Raw:
    powers = special.xlogy(a - 1, x) + special.xlog1py(b - 1, -x)
    return g * np.exp(powers - special.betaln(a, b))


@og.op(elementwise=True, implements=special.stdtr, samples=POSITIVE_PAIRS)
def stdtr(df: Raw, t: Raw) -> Raw:
    """The distribution function of Student's t with df degrees of freedom.

    Derivative, by t: its density; by df: NotDifferentiable.
    """
    return special.stdtr(df, t)


@stdtr.vjp_wrt(0)
def _(g: Raw, out: Raw, df: Raw, t: Raw) -> Raw:
    raise not_known("stdtr(df, t)", "df")


@stdtr.vjp_wrt(1)
def _(g: Raw, out: Raw, df: Raw, t: Raw) -> Raw:
    scale = -special.betaln(df / 2, 0.5) - 0.5 * np.log(df)
    return g * np.exp(scale - (df + 1) / 2 * np.log1p(t * t / df))
