"""Built-in plugin: the elementary functions, as NumPy has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

import opgrad as og
from opgrad_elementary.angles import angle, degrees, radians
from opgrad_elementary.exponential import exp as exp
from opgrad_elementary.exponential import exp2 as exp2
from opgrad_elementary.exponential import expm1 as expm1
from opgrad_elementary.exponential import log as log
from opgrad_elementary.exponential import log1p as log1p
from opgrad_elementary.exponential import log2 as log2
from opgrad_elementary.exponential import log10 as log10
from opgrad_elementary.exponential import logaddexp as logaddexp
from opgrad_elementary.hyperbolic import acosh as acosh
from opgrad_elementary.hyperbolic import asinh as asinh
from opgrad_elementary.hyperbolic import atanh as atanh
from opgrad_elementary.hyperbolic import cosh as cosh
from opgrad_elementary.hyperbolic import sinh as sinh
from opgrad_elementary.hyperbolic import tanh as tanh
from opgrad_elementary.loops import like
from opgrad_elementary.powers import cbrt as cbrt
from opgrad_elementary.powers import hypot as hypot
from opgrad_elementary.powers import reciprocal as reciprocal
from opgrad_elementary.powers import sqrt as sqrt
from opgrad_elementary.powers import square as square
from opgrad_elementary.rounding import ceil as ceil
from opgrad_elementary.rounding import clip as clip
from opgrad_elementary.rounding import clipped, parts, truncated
from opgrad_elementary.rounding import floor as floor
from opgrad_elementary.rounding import round as round
from opgrad_elementary.rounding import sign as sign
from opgrad_elementary.signs import (
    copysign,
    fabs,
    float_power,
    fmax,
    fmin,
    heaviside,
    ldexp,
    positive,
)
from opgrad_elementary.trigonometric import acos as acos
from opgrad_elementary.trigonometric import asin as asin
from opgrad_elementary.trigonometric import atan as atan
from opgrad_elementary.trigonometric import atan2 as atan2
from opgrad_elementary.trigonometric import cos as cos
from opgrad_elementary.trigonometric import sin as sin
from opgrad_elementary.trigonometric import sinc as sinc
from opgrad_elementary.trigonometric import tan as tan

UFUNCS: dict[np.ufunc, Callable[..., Any]] = {
    np.positive: positive,
    np.fabs: fabs,
    np.rint: round,
    np.trunc: truncated,
    np.modf: parts,
    np.copysign: copysign,
    np.heaviside: heaviside,
    np.ldexp: ldexp,
    np.float_power: float_power,
    np.fmax: fmax,
    np.fmin: fmin,
    np.radians: radians,
    np.deg2rad: radians,
    np.degrees: degrees,
    np.rad2deg: degrees,
}
"""Ufuncs that are made of ops."""


@og.hookimpl.opgrad_ops
def opgrad_ops() -> list[og.Op]:
    """The ops of this plugin."""
    exponential = [exp, exp2, expm1, log, log2, log10, log1p, logaddexp]
    powers = [sqrt, cbrt, square, reciprocal, hypot]
    trigonometric = [sin, cos, tan, sinc, asin, acos, atan, atan2]
    hyperbolic = [sinh, cosh, tanh, asinh, acosh, atanh]
    rounding: list[og.Op] = [sign, floor, ceil, round, clip]
    return [*exponential, *powers, *trigonometric, *hyperbolic, *rounding]


@og.hookimpl.opgrad_functions
def opgrad_functions() -> Mapping[Callable[..., Any], Callable[..., Any]]:
    """NumPy functions made of ops."""
    return {
        np.clip: clipped,
        np.fix: truncated,
        np.angle: angle,
        **{ufunc: like(ufunc, function) for ufunc, function in UFUNCS.items()},
    }
