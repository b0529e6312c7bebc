"""What the functions are compared with, and where: in many digits, and by NumPy and SciPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath as mp
import numpy as np
import scipy.special

from tests.compiled.vecmath.native import Array

Numbers = tuple[mp.mpf, ...]


def expit(x: mp.mpf) -> mp.mpf:
    """1/(1 + exp(-x))."""
    return 1 / (1 + mp.exp(-x))


def cbrt(x: mp.mpf) -> mp.mpf:
    """The real root."""
    return mp.sign(x) * mp.cbrt(abs(x))


def logaddexp(x: mp.mpf, y: mp.mpf) -> mp.mpf:
    """log(exp(x) + exp(y))."""
    return max(x, y) + mp.log1p(mp.exp(-abs(x - y)))


EXACT: dict[str, Callable[..., mp.mpf]] = {
    "exp": mp.exp,
    "exp2": lambda x: mp.mpf(2) ** x,
    "expm1": mp.expm1,
    "sinh": mp.sinh,
    "cosh": mp.cosh,
    "tanh": mp.tanh,
    "expit": expit,
    "log": mp.log,
    "log2": lambda x: mp.log(x, 2),
    "log10": mp.log10,
    "log1p": mp.log1p,
    "logaddexp": logaddexp,
    "arcsinh": mp.asinh,
    "arccosh": mp.acosh,
    "arctanh": mp.atanh,
    "sin": mp.sin,
    "cos": mp.cos,
    "tan": mp.tan,
    "arcsin": mp.asin,
    "arccos": mp.acos,
    "arctan": mp.atan,
    "arctan2": mp.atan2,
    "erf": mp.erf,
    "erfc": mp.erfc,
    "power": mp.power,
    "cbrt": cbrt,
    "hypot": mp.hypot,
    "gammaln": lambda x: mp.loggamma(x).real,
    "digamma": mp.digamma,
}

# Where the results are neither all 0 nor infinite nor NaN, for float64; float32 gets what it holds.
EVERYWHERE = (-1e308, 1e308)
POSITIVE = (0.0, 1e308)
DOMAINS = {
    "exp": (-746.0, 709.7),
    "exp2": (-1076.0, 1023.9),
    "expm1": (-50.0, 709.7),
    "sinh": (-710.4, 710.4),
    "cosh": (-710.4, 710.4),
    "tanh": (-25.0, 25.0),
    "expit": (-746.0, 40.0),
    "log": POSITIVE,
    "log2": POSITIVE,
    "log10": POSITIVE,
    "log1p": (-1.0, 1e308),
    "logaddexp": (-800.0, 800.0),
    "arcsinh": EVERYWHERE,
    "arccosh": (1.0, 1e308),
    "arctanh": (-1.0, 1.0),
    "sin": (-1e7, 1e7),
    "cos": (-1e7, 1e7),
    "tan": (-1e7, 1e7),
    "arcsin": (-1.0, 1.0),
    "arccos": (-1.0, 1.0),
    "arctan": EVERYWHERE,
    "arctan2": EVERYWHERE,
    "erf": (-6.0, 6.0),
    "erfc": (-6.0, 27.3),
    "power": POSITIVE,
    "cbrt": EVERYWHERE,
    "hypot": EVERYWHERE,
    "gammaln": (5e-324, 1e305),
    "digamma": (5e-324, 1e308),
}


def samples(name: str, dtype: str, arity: int, count: int) -> list[Array]:
    """Random arguments: a third uniform over the domain, the rest where functions bend."""
    random = np.random.default_rng(list(name.encode()))
    low, high = DOMAINS[name]
    largest = float(np.finfo(dtype).max) / 2
    low, high = max(low, -largest), min(high, largest)

    def argument() -> Array:
        third = count // 3
        middle = random.uniform(max(low, -4), min(high, 4), third)
        sizes = 10 ** random.uniform(np.log10(np.finfo(dtype).tiny) - 6, 1, third)
        anchors = random.choice([x for x in (-1.0, 0.0, 1.0) if low <= x <= high], third)
        signs = random.choice([-1.0, 1.0], third)
        around = np.clip(anchors + signs * sizes, low, high)
        ends = random.uniform(low, high, count - 2 * third)
        if high > 1e9:
            ends = np.sign(ends) * 10 ** random.uniform(0, np.log10(high), ends.size)
        return np.concatenate([middle, around, ends]).astype(dtype)

    arguments = [argument() for _ in range(arity)]
    if name == "power":  # a result in range
        with np.errstate(divide="ignore"):
            logarithm = np.log(arguments[0].astype(float))
        limit = np.log(largest)
        exponents = random.uniform(-limit, limit, count) / np.where(logarithm == 0, 1, logarithm)
        arguments[1] = np.clip(exponents, -largest, largest).astype(dtype)
    elif arity == 2:
        random.shuffle(arguments[1])
        near = slice(0, count, 2)
        ratios = 1 + random.normal(size=count) * 10 ** random.uniform(-8, 1, count)
        arguments[1][near] = np.clip(arguments[0] * ratios, low, high).astype(dtype)[near]
    return arguments


def in_numpy(name: str) -> Callable[..., Any]:
    """The function whose special values are the ones to give."""
    function: Callable[..., Any] = getattr(np, name, None) or getattr(scipy.special, name)
    return function
