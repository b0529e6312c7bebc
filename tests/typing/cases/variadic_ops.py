"""Ops of any number of inputs: all of one type."""

from __future__ import annotations

from typing import Any, assert_type

import numpy as np

import opgrad as og
from opgrad import Raw, Value


@og.op
def mean(*xs: float) -> float:
    """The mean of any number of numbers."""
    return sum(xs) / len(xs)


@mean.vjp
def mean_vjp(g: float, out: float, *xs: float) -> tuple[float, ...]:
    """One cotangent per input."""
    return (g / len(xs),) * len(xs)


@og.op(samples=[(1.0, 2.0)])
def power_mean(*xs: float, power: float = 1.0) -> float:
    """With a param, which has a default."""
    return float(np.mean(np.power(xs, power)) ** (1 / power))


@power_mean.vjp
def power_mean_vjp(
    g: float, out: float, *xs: float, power: float = 1.0
) -> tuple[float | None, ...]:
    """None: no gradient."""
    return (None,) * len(xs)


@og.op(elementwise=True)
def largest(*xs: Raw) -> Raw:
    """Elementwise."""
    return np.max(np.broadcast_arrays(*xs), axis=0)


assert_type(mean(1.0), Value[float])
assert_type(mean(1.0, Value(2.0), 3.0, 4.0).data, float)
assert_type(power_mean(1.0, 2.0, power=2.0), Value[float])
assert_type(largest(1.0, np.ones(3)), Value[Any])

mean(1.0, "a")  # type: ignore[arg-type]


@mean.vjp  # type: ignore[arg-type]
def a_fixed_number(g: float, out: float, x: float) -> tuple[float, ...]:
    """A rule gets all inputs."""
    return (g,)


@mean.vjp  # type: ignore[arg-type]
def a_list(g: float, out: float, *xs: float) -> list[float]:
    """The cotangents come as a tuple."""
    return [g for _ in xs]


# -- these are none ------------------------------------------------------------------------------


@og.op
def unary(x: Raw) -> Raw:
    """``Raw`` is Any, and yet this takes one input."""
    return x


@og.op(elementwise=True)
def elementwise_unary(x: Raw) -> Raw:
    """Elementwise, too."""
    return x


unary(1.0, 2.0)  # type: ignore[call-arg]
elementwise_unary(1.0, 2.0)  # type: ignore[call-arg]
