"""Ops whose inputs have types of their own: one class per arity."""

from __future__ import annotations

from typing import Any, assert_type

import numpy as np
from numpy.typing import NDArray

import opgrad as og
from opgrad import Value

Vector = NDArray[np.float64]

# -- one input -----------------------------------------------------------------------------------


@og.op
def softplus(x: float, *, beta: float = 1.0) -> float:
    """log(1 + exp(beta x)) / beta."""
    return float(np.log1p(np.exp(beta * x)) / beta)


@softplus.vjp
def softplus_vjp(g: float, out: float, x: float, *, beta: float = 1.0) -> float:
    """The logistic function."""
    return g / (1.0 + float(np.exp(-beta * x)))


assert_type(softplus(1.0), Value[float])
assert_type(softplus(Value(1.0), beta=2.0).data, float)
assert_type(softplus.name, str)

softplus("a")  # type: ignore[arg-type]
softplus(Value("a"))  # type: ignore[arg-type]
softplus(1.0, 2.0)  # type: ignore[call-arg]
softplus(1.0, beta="2")  # type: ignore[arg-type]
softplus(1.0, gamma=2.0)  # type: ignore[call-arg]


@softplus.vjp  # type: ignore[arg-type]
def without_its_param(g: float, out: float, x: float) -> float:
    """The op has a param, and so has its rule."""
    return g


@softplus.vjp  # type: ignore[arg-type]
def without_out(g: float, x: float, *, beta: float = 1.0) -> float:
    """A rule gets the output, too."""
    return g


@softplus.vjp  # type: ignore[arg-type]
def two_cotangents(g: float, out: float, x: float, *, beta: float = 1.0) -> tuple[float, float]:
    """One input, one cotangent."""
    return g, g


@softplus.vjp  # type: ignore[arg-type]
def a_string(g: float, out: float, x: float, *, beta: float = 1.0) -> str:
    """A cotangent is of its input's type."""
    return "g"


# -- two inputs ----------------------------------------------------------------------------------


@og.op(samples=[(1.0, np.ones(3))])
def scaled(factor: float, x: Vector, *, power: int) -> Vector:
    """The inputs differ in type, and the param has no default."""
    return np.asarray(factor**power * x)


@scaled.vjp
def scaled_vjp(
    g: Vector, out: Vector, factor: float, x: Vector, *, power: int
) -> tuple[float, Vector]:
    """One cotangent per input, of its type."""
    return float(np.sum(g * x)) * power, g * factor**power


@scaled.vjp_wrt(0)
def scaled_vjp_wrt_factor(g: Vector, out: Vector, factor: float, x: Vector, *, power: int) -> float:
    """A rule per input returns one cotangent."""
    return float(np.sum(g * x)) * power


vector: Vector = np.ones(3)
assert_type(scaled(1.0, vector, power=2), Value[Vector])
assert_type(scaled(Value(1.0), Value(vector), power=2).data, Vector)

scaled(1.0, vector)  # type: ignore[call-arg]
scaled(vector, 1.0, power=2)  # type: ignore[arg-type]
scaled(1.0, power=2)  # type: ignore[call-arg]
scaled(1.0, vector, power="2")  # type: ignore[arg-type]


@scaled.vjp  # type: ignore[arg-type]
def one_cotangent(g: Vector, out: Vector, factor: float, x: Vector, *, power: int) -> tuple[float]:
    """Two inputs, two cotangents."""
    return (1.0,)


@scaled.vjp  # type: ignore[arg-type]
def swapped(
    g: Vector, out: Vector, factor: float, x: Vector, *, power: int
) -> tuple[Vector, float]:
    """In the order of the inputs."""
    return x, factor


# -- three inputs --------------------------------------------------------------------------------


@og.op()
def lerp(x: float, y: float, t: float) -> float:
    """Linear interpolation."""
    return x + (y - x) * t


@lerp.vjp
def lerp_vjp(
    g: float, out: float, x: float, y: float, t: float
) -> tuple[float, float, float | None]:
    """None: no gradient."""
    return g * (1 - t), g * t, None


assert_type(lerp(1.0, Value(2.0), 0.5), Value[float])

lerp(1.0, 2.0)  # type: ignore[call-arg]


@lerp.vjp  # type: ignore[arg-type]
def two_of_three(g: float, out: float, x: float, y: float, t: float) -> tuple[float, float]:
    """Three inputs, three cotangents."""
    return g, g


# -- declaring -----------------------------------------------------------------------------------

og.op(implements="exp")  # type: ignore[call-overload]
og.op(elementwise=1)  # type: ignore[call-overload]

anything: Any = og.op
