"""Elementwise ops: numbers to numbers, arrays to arrays; written with ``Raw``."""

from __future__ import annotations

from typing import Any, assert_type

import numpy as np
from numpy.typing import NDArray

import opgrad as og
from opgrad import Raw, Value


@og.op(elementwise=True, implements=np.square, samples=[(1.5,)])
def square(x: Raw) -> Raw:
    """One input."""
    return x * x


@square.vjp
def square_vjp(g: Raw, out: Raw, x: Raw) -> Raw:
    """2x."""
    return 2 * g * x


@og.op(elementwise=True, implements=(np.hypot,))
def hypot(x: Raw, y: Raw) -> Raw:
    """Two inputs, which broadcast."""
    return np.hypot(x, y)


@hypot.vjp
def hypot_vjp(g: Raw, out: Raw, x: Raw, y: Raw) -> tuple[Raw, Raw]:
    """The legs over the hypotenuse."""
    return g * x / out, g * y / out


@og.op(elementwise=True)
def clip(x: Raw, low: Raw, high: Raw, *, strict: bool = False) -> Raw:
    """Three inputs and a param."""
    return np.minimum(np.maximum(x, low), high)


@clip.vjp
def clip_vjp(
    g: Raw, out: Raw, x: Raw, low: Raw, high: Raw, *, strict: bool = False
) -> tuple[Raw, Raw, Raw]:
    """None: no gradient."""
    return g * (x == out), None, None


vector: NDArray[np.float32] = np.ones(3, np.float32)
assert_type(square(2.0), Value[float])
assert_type(square(Value(2.0)).data, float)
assert_type(square(vector), Value[NDArray[np.float32]])
assert_type(square(Value(vector)), Value[NDArray[np.float32]])
assert_type(hypot(1.0, vector), Value[Any])
assert_type(hypot(Value(1.0), Value(2)), Value[Any])
assert_type(clip(vector, 0.0, Value(1.0), strict=True), Value[Any])

square("a")  # type: ignore[arg-type]
square([1.0])  # type: ignore[arg-type]
square(1.0, 2.0)  # type: ignore[call-arg]
hypot(1.0)  # type: ignore[call-arg]
hypot(1.0, "a")  # type: ignore[arg-type]
clip(1.0, 0.0, 2.0, strict="no")  # type: ignore[arg-type]
clip(1.0, 0.0, 2.0, lax=True)  # type: ignore[call-arg]


@hypot.vjp  # type: ignore[arg-type]
def one_cotangent(g: Raw, out: Raw, x: Raw, y: Raw) -> tuple[Raw]:
    """Two inputs, two cotangents."""
    return (g,)


@hypot.vjp  # type: ignore[arg-type]
def one_input(g: Raw, out: Raw, x: Raw) -> tuple[Raw, Raw]:
    """A rule gets all inputs."""
    return g, g


@clip.vjp  # type: ignore[arg-type]
def without_its_param(g: Raw, out: Raw, x: Raw, low: Raw, high: Raw) -> tuple[Raw, Raw, Raw]:
    """The op has a param, and so has its rule."""
    return g, g, g
