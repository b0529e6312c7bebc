"""Derivatives by central differences, of real and complex arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

STEP = 1e-5


def in_double(x: Any) -> Any:
    """The same numbers in double precision; integers and booleans as they are."""
    kind = np.result_type(x).kind
    return np.asarray(x, {"f": np.float64, "c": np.complex128}.get(kind))


def is_floating(x: Any) -> bool:
    """Whether a gradient can flow to it."""
    return np.result_type(x).kind in "fc"


def arbitrary(like: Any, low: float = -1.1, high: float = 0.9) -> Any:
    """An array of the shape and kind of ``like``, none of whose elements are equal."""
    numbers = np.linspace(low, high, np.size(like)).reshape(np.shape(like))
    return numbers - 1j * numbers[::-1] ** 2 if np.iscomplexobj(like) else numbers


def differences(f: Callable[..., float], point: Sequence[Any], position: int) -> Any:
    """The gradient of a real ``f(*point)`` by one array; for complex z, ∂/∂x − i ∂/∂y."""
    x = np.array(point[position])

    def slope(index: tuple[int, ...], step: complex) -> float:
        def at(shift: complex) -> float:
            moved = x.copy()
            moved[index] += shift
            return f(*point[:position], moved[()], *point[position + 1 :])

        return (at(step) - at(-step)) / (2 * STEP)

    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        gradient[index] = slope(index, STEP)
        if np.iscomplexobj(x):
            gradient[index] -= 1j * slope(index, 1j * STEP)
    return gradient


def paired(cotangent: Any, out: Any) -> float:
    """The real number whose derivative by ``out`` is ``cotangent``."""
    return float(np.sum(cotangent * out).real)


def noise(*terms: Any) -> float:
    """How far a difference quotient of the sum of these numbers is off by their rounding."""
    finite = (np.nan_to_num(np.abs(x), posinf=0.0) for x in terms)
    return 2e-15 / STEP * float(sum(np.sum(x) for x in finite))
