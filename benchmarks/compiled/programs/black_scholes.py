"""European call options: prices, and how they change with what they depend on (the greeks).

Formulas: Hull, Options, Futures, and Other Derivatives, chapters on Black-Scholes-Merton and on the
greeks. A price is exp, log, sqrt and erf; gamma is a second derivative.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Grad = Callable[..., Callable[..., Any]]
SQRT_HALF = np.sqrt(0.5).item()


def make(options: int) -> list[Any]:
    """Random spot prices, strike prices, years to maturity, interest rates and volatilities."""
    rng = np.random.default_rng(0)
    ranges = ((50, 150), (50, 150), (0.1, 2), (0, 0.1), (0.1, 0.6))
    return [rng.uniform(low, high, options) for low, high in ranges]


def price(xp: Any, erf: Any, S: Any, K: Any, T: Any, r: Any, v: Any) -> Any:
    """Of each option."""
    spread = v * xp.sqrt(T)
    d1 = (xp.log(S / K) + (r + 0.5 * v * v) * T) / spread
    return S * _normal(erf, d1) - K * xp.exp(-r * T) * _normal(erf, d1 - spread)


def _normal(erf: Any, x: Any) -> Any:
    """The distribution function of the standard normal distribution."""
    return 0.5 + 0.5 * erf(x * SQRT_HALF)


def total(xp: Any, erf: Any, S: Any, K: Any, T: Any, r: Any, v: Any) -> Any:
    """The price of all options together."""
    return xp.sum(price(xp, erf, S, K, T, r, v))


def greeks(grad: Grad, xp: Any, erf: Any, S: Any, K: Any, T: Any, r: Any, v: Any) -> list[Any]:
    """Prices, delta, gamma, vega, theta, rho; ``grad`` has the signature that JAX gave it.

    An option's price depends on its own inputs only, so a gradient of the total holds each option's
    own derivative.
    """

    def delta_of(S: Any) -> Any:
        return grad(lambda S: total(xp, erf, S, K, T, r, v))(S)

    delta, by_T, rho, vega = grad(
        lambda S, T, r, v: total(xp, erf, S, K, T, r, v), argnums=(0, 1, 2, 3)
    )(S, T, r, v)
    gamma = grad(lambda S: xp.sum(delta_of(S)))(S)
    return [price(xp, erf, S, K, T, r, v), delta, gamma, vega, -by_T, rho]


def by_hand(erf: Any, S: Any, K: Any, T: Any, r: Any, v: Any) -> list[Any]:
    """The same from the closed formulas, in NumPy."""
    root = np.sqrt(T)
    spread = v * root
    d1 = (np.log(S / K) + (r + 0.5 * v * v) * T) / spread
    delta, N2 = _normal(erf, d1), _normal(erf, d1 - spread)
    density = np.exp(-0.5 * d1 * d1) / np.sqrt(2 * np.pi)
    paid = K * np.exp(-r * T) * N2
    gamma = density / (S * spread)
    vega = S * density * root
    theta = -0.5 * vega * v / T - r * paid
    return [S * delta - paid, delta, gamma, vega, theta, T * paid]
