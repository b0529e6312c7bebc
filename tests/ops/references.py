"""What each op computes, said independently: in Python's math, in SciPy, or in closed form."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special, stats


def of_numbers(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of Python numbers, applied element by element to arrays in double precision."""

    def reference(*inputs: Any, **params: Any) -> Any:
        arrays = np.broadcast_arrays(*inputs)
        rows = zip(*(array.ravel().tolist() for array in arrays), strict=True)
        return np.array([function(*row, **params) for row in rows]).reshape(arrays[0].shape)

    return reference


def _elu(x: float, alpha: float = 1.0) -> float:
    return x if x > 0 else alpha * (math.exp(x) - 1)


def _selu(x: float) -> float:
    return 1.0507009873554804934193349852946 * _elu(x, 1.6732632423543772848170429916717)


def _hard_sigmoid(x: float) -> float:
    return 0.0 if x < -3 else 1.0 if x > 3 else (x + 3) / 6


def _clamp(x: float, low: float = -1.0, high: float = 1.0) -> float:
    return sorted([low, x, high])[1] if low <= high else high


def _leaky_relu(x: float, slope: float = 0.01) -> float:
    return x if x > 0 else slope * x


def _round(x: float, decimals: int = 0) -> float:
    return round(x, decimals)


REFERENCES: dict[str, Callable[..., Any]] = {
    "arithmetic.identity": of_numbers(lambda x: x),
    "arithmetic.add": of_numbers(operator.add),
    "arithmetic.sub": of_numbers(operator.sub),
    "arithmetic.mul": of_numbers(operator.mul),
    "arithmetic.div": of_numbers(operator.truediv),
    "arithmetic.floordiv": of_numbers(operator.floordiv),
    "arithmetic.mod": of_numbers(operator.mod),
    "arithmetic.fmod": of_numbers(math.fmod),
    "arithmetic.neg": of_numbers(operator.neg),
    "arithmetic.pow": of_numbers(operator.pow),
    "arithmetic.abs": of_numbers(math.fabs),
    "arithmetic.maximum": of_numbers(max),
    "arithmetic.minimum": of_numbers(min),
    "arithmetic.where": of_numbers(lambda condition, x, y: x if condition else y),
    "arithmetic.less": of_numbers(operator.lt),
    "arithmetic.less_equal": of_numbers(operator.le),
    "arithmetic.greater": of_numbers(operator.gt),
    "arithmetic.greater_equal": of_numbers(operator.ge),
    "arithmetic.equal": of_numbers(operator.eq),
    "arithmetic.not_equal": of_numbers(operator.ne),
    "arrays.real": of_numbers(lambda x: x),
    "arrays.imag": of_numbers(lambda x: 0.0),
    "arrays.conj": of_numbers(lambda x: x),
    "elementary.exp": of_numbers(math.exp),
    "elementary.exp2": of_numbers(lambda x: 2.0**x),
    "elementary.expm1": of_numbers(math.expm1),
    "elementary.log": of_numbers(math.log),
    "elementary.log2": of_numbers(math.log2),
    "elementary.log10": of_numbers(math.log10),
    "elementary.log1p": of_numbers(math.log1p),
    "elementary.logaddexp": of_numbers(lambda x, y: math.log(math.exp(x) + math.exp(y))),
    "elementary.sqrt": of_numbers(math.sqrt),
    "elementary.cbrt": special.cbrt,
    "elementary.square": of_numbers(lambda x: x**2),
    "elementary.reciprocal": of_numbers(lambda x: x**-1),
    "elementary.hypot": of_numbers(math.hypot),
    "elementary.sin": of_numbers(math.sin),
    "elementary.cos": of_numbers(math.cos),
    "elementary.tan": of_numbers(math.tan),
    "elementary.sinc": of_numbers(lambda x: math.sin(math.pi * x) / (math.pi * x) if x else 1.0),
    "elementary.asin": of_numbers(math.asin),
    "elementary.acos": of_numbers(math.acos),
    "elementary.atan": of_numbers(math.atan),
    "elementary.atan2": of_numbers(math.atan2),
    "elementary.sinh": of_numbers(math.sinh),
    "elementary.cosh": of_numbers(math.cosh),
    "elementary.tanh": of_numbers(math.tanh),
    "elementary.asinh": of_numbers(math.asinh),
    "elementary.acosh": of_numbers(math.acosh),
    "elementary.atanh": of_numbers(math.atanh),
    "elementary.sign": of_numbers(lambda x: (x > 0) - (x < 0)),
    "elementary.floor": of_numbers(math.floor),
    "elementary.ceil": of_numbers(math.ceil),
    "elementary.round": of_numbers(_round),
    "elementary.clip": of_numbers(_clamp),
    "activations.relu": of_numbers(lambda x: max(x, 0)),
    "activations.leaky_relu": of_numbers(_leaky_relu),
    "activations.elu": of_numbers(_elu),
    "activations.selu": of_numbers(_selu),
    "activations.sigmoid": special.expit,
    "activations.softplus": of_numbers(lambda x: math.log(1 + math.exp(x))),
    "activations.silu": of_numbers(lambda x: x / (1 + math.exp(-x))),
    "activations.mish": of_numbers(lambda x: x * math.tanh(math.log(1 + math.exp(x)))),
    "activations.softsign": of_numbers(lambda x: x / (1 + abs(x))),
    "activations.normal_cdf": stats.norm.cdf,
    "activations.gelu": lambda x: x * special.ndtr(np.asarray(x, np.float64)),
    "activations.hard_sigmoid": of_numbers(_hard_sigmoid),
    "activations.hard_tanh": of_numbers(_clamp),
    "activations.hard_swish": of_numbers(lambda x: x * _hard_sigmoid(x)),
}
"""By qualified name; a test fails for an op that is not here."""
