"""Division into whole parts and a rest. Where the whole part jumps, the rest has no derivative."""

from __future__ import annotations

import math

import numpy as np

import opgrad as og
from opgrad import Raw

_SAMPLES: list[tuple[Raw, ...]] = [
    (1.5, -2.0),
    (7, 3),
    (np.array([1.0, -2.0, 0.5]), 3.0),
    (np.array([1.0, -2.0, 0.5]), np.array([[0.3, 1.7, -0.9], [2.2, -1.1, 1.4]])),
    (np.array([[1.2], [-0.6]]), np.array([0.5, 2.1, -1.3])),
    (np.array([1.5, -0.5], np.float32), np.array([[2.5], [0.625]], np.float32)),
]


@og.op(elementwise=True, implements=np.floor_divide, samples=_SAMPLES)
def floordiv(x: Raw, y: Raw) -> Raw:
    """x // y: the largest whole number up to x / y. No gradient, at the jumps neither."""
    return og.ordered(x // y)


@floordiv.vjp
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> tuple[None, None]:
    return None, None


@og.op(elementwise=True, implements=np.remainder, samples=_SAMPLES)
def mod(x: Raw, y: Raw) -> Raw:
    """x % y: x - y * (x // y), with the sign of y.

    Derivatives: 1 and -(x // y), at the jumps too.
    """
    return og.ordered(x % y)


@mod.vjp_wrt(0)
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> Raw:
    return g


@mod.vjp_wrt(1)
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> Raw:
    return -g * (1.0 * x // y)  # small integers would overflow


@og.op(elementwise=True, implements=np.fmod, samples=_SAMPLES)
def fmod(x: Raw, y: Raw) -> Raw:
    """x - y * trunc(x / y), with the sign of x.

    Derivatives: 1 and -trunc(x / y), at the jumps too.
    """
    if x.__class__ is float and y.__class__ is float and math.isfinite(x) and y:
        return math.fmod(x, y)
    return og.ordered(np.fmod(x, y))


@fmod.vjp_wrt(0)
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> Raw:
    return g


@fmod.vjp_wrt(1)
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> Raw:
    return -g * ((1.0 * x - out) / y)
