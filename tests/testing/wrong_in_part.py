"""Rules that are right at the samples as they are, and wrong for other numbers, shapes or types."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np

import opgrad as og
from opgrad.define import OpN
from tests.testing.planted import Planted, collect, defined

WRONG_IN_PART: list[Planted] = []
planted = partial(collect, WRONG_IN_PART)
elementwise = partial(defined, elementwise=True)

X = np.array([0.5, -1.25, 2.0])
POSITIVE = np.array([0.5, 1.25, 2.0])


def _sine_if(wrong: Any) -> OpN:
    """Sin, with a derivative that is doubled where ``wrong(g, x)`` says so."""

    def rule(g: Any, out: Any, x: Any) -> Any:
        return g * np.cos(x) * (2 if wrong(g, x) else 1)

    return elementwise(lambda x: np.sin(x), rule, (0.5,), (X,))


@planted("float32_agrees", "a branch by dtype")
def _() -> OpN:
    """Another derivative in single precision."""
    return _sine_if(lambda g, x: np.result_type(x) == np.float32)


@planted("float32_agrees", "a constant that suits double precision only")
def _() -> OpN:
    """A step that single precision does not see."""

    def rule(g: Any, out: Any, x: Any) -> Any:
        return g * (np.sin(x + 1e-9) - np.sin(x - 1e-9)) / 2e-9

    return elementwise(lambda x: np.sin(x), rule, (X,), opaque=True)


@planted("integers_agree", "cut to an integer")
def _() -> OpN:
    """The cotangent is made in the input's dtype."""

    def rule(g: Any, out: Any, x: Any) -> Any:
        made = np.zeros_like(x)
        made[...] = g * 0.5
        return made

    return elementwise(lambda x: x * 0.5, rule, (X,), opaque=True)


@planted("gradient_elsewhere", "it is wrong only where x < ")
def _() -> OpN:
    """Right for positive numbers, and there are only such samples."""

    def rule(g: Any, out: Any, x: Any) -> Any:
        return g * 2 * np.where(x < -1, -x, x)

    return elementwise(lambda x: x * x, rule, (POSITIVE,))


@planted("gradient_elsewhere", "the sign is wrong")
def _() -> OpN:
    """The square root of a square is not the number, if that is negative."""
    return elementwise(lambda x: x * x, lambda g, out, x: g * 2 * np.sqrt(out), (POSITIVE,))


@planted("scalars_and_arrays_agree", "or by the shape")
def _() -> OpN:
    """A matrix is treated in another way."""
    return _sine_if(lambda g, x: np.ndim(x) == 2)


@planted("scalars_and_arrays_agree", "or by the shape")
def _() -> OpN:
    """A large array is treated in another way."""
    return _sine_if(lambda g, x: np.size(x) > 100)


@planted("broadcasts", "or goes by shapes")
def _() -> OpN:
    """A number beside an array is treated in another way."""

    def rule(g: Any, out: Any, x: Any, y: Any) -> Any:
        return g * y * (2 if np.ndim(x) == 0 < np.ndim(y) else 1), g * x

    return elementwise(lambda x, y: x * y, rule, (0.5, 3.0), (X, POSITIVE))


@planted("linear_in_cotangent", "not linear in g")
def _() -> OpN:
    """Large cotangents are clipped."""
    return elementwise(
        lambda x: np.sin(x), lambda g, out, x: np.clip(g, -10, 10) * np.cos(x), (0.5,), (X,)
    )


@planted("linear_in_cotangent", "for a cotangent of 0 the rule gives another")
def _() -> OpN:
    """A zero is replaced, to divide by it."""
    return elementwise(
        lambda x: np.sin(x), lambda g, out, x: np.where(g == 0, 1e-3, g) * np.cos(x), (0.5,), (X,)
    )


@planted("second_order", "hides g from differentiation")
def _() -> OpN:
    """The derivative of the cotangent by g is lost."""
    return elementwise(
        lambda x: np.sin(x), lambda g, out, x: og.stop_gradient(g) * np.cos(x), (0.5,), (X,)
    )


@planted("gradient", "only point of the domain")
def _() -> OpN:
    """A table: next to the sample there is nothing that could be compared."""
    return defined(lambda x: {0.5: 1.0}.get(x, math.nan), lambda g, out, x: g * 7, (0.5,))
