"""Calls of elementwise NumPy functions."""

from __future__ import annotations

import numpy as np

from tests.fuzz.arguments import (
    ANY,
    AXED,
    FINE,
    FLOAT,
    FULL,
    REAL,
    VECTOR,
    beside,
    bounded,
    constant,
    near,
    one_axis,
    one_of,
)
from tests.fuzz.table import Table

CALLS = Table()

ANYTHING = (
    "np.absolute np.conjugate np.negative np.positive np.real np.imag np.square np.exp np.sin"
)
ANYTHING += " np.cos np.sinh np.cosh np.tanh np.arctan np.arcsinh np.sinc np.sign np.rint np.exp2"
ANYTHING += " np.expm1 np.angle np.copy np.isfinite np.isinf np.isnan np.iscomplex np.isreal"
ANYTHING += " np.zeros_like np.ones_like np.nan_to_num np.iscomplexobj np.isrealobj np.round"
ANYTHING += " np.around np.ndim np.shape np.size np.logical_not np.common_type np.result_type"
ANYTHING += " np.min_scalar_type np.atleast_1d np.atleast_2d np.atleast_3d np.count_nonzero"
CALLS.add(ANYTHING, ANY)
CALLS.add("np.round np.around", ANY, decimals=one_of(0, 1, 2, -1))
CALLS.add("np.zeros_like np.ones_like", ANY, dtype=one_of(np.float32, int, complex))
CALLS.add("np.angle", ANY, deg=one_of(True, False))
CALLS.add("np.nan_to_num", ANY, nan=one_of(1.0), posinf=one_of(5.0), neginf=one_of(-5.0))
CALLS.add("np.full_like", ANY, beside(), dtype=one_of(np.float32, float))
CALLS.add("np.empty_like", one_of(np.zeros((0, 3)), np.zeros(0)))  # of others anything may come
REALS = "np.fabs np.floor np.ceil np.trunc np.fix np.cbrt np.radians np.degrees np.deg2rad"
REALS += " np.rad2deg np.signbit np.modf np.isposinf np.isneginf np.i0 np.tan np.cbrt"
CALLS.add(REALS, REAL)
CALLS.add("np.log np.log2 np.log10 np.sqrt np.reciprocal np.log np.sqrt", bounded(0.3, 3))
CALLS.add(
    "np.sqrt np.log np.log2 np.log10 np.reciprocal np.arctanh np.arcsin np.arccos np.log1p", FINE
)
CALLS.add("np.log1p", bounded(-0.6, 3))
CALLS.add("np.arcsin np.arccos np.arctanh", bounded(-0.9, 0.9))
CALLS.add("np.arccosh", bounded(1.2, 4))
CALLS.add("np.reciprocal", ANY)
CALLS.add("np.i0", FLOAT)
CALLS.add("np.unwrap", FULL, axis=one_axis, period=one_of(3.0), discont=one_of(1.0))
CALLS.add("np.invert", REAL)

PAIRS = (
    "np.add np.subtract np.multiply np.true_divide np.maximum np.minimum np.fmax np.fmin np.equal"
)
PAIRS += " np.not_equal np.less np.less_equal np.greater np.greater_equal np.logical_and"
PAIRS += " np.logical_or np.logical_xor np.isclose np.array_equal np.allclose np.array_equiv"
PAIRS += " np.divide np.power np.float_power np.result_type np.may_share_memory np.shares_memory"
CALLS.add(PAIRS, ANY, beside())
REAL_PAIRS = "np.arctan2 np.hypot np.copysign np.logaddexp np.heaviside np.remainder np.fmod"
REAL_PAIRS += " np.floor_divide np.divmod np.bitwise_and np.bitwise_or np.bitwise_xor"
CALLS.add(REAL_PAIRS, REAL, beside(REAL))
CALLS.add("np.power np.float_power", bounded(0.3, 2), near(-2, 2))
CALLS.add("np.power", ANY, one_of(2, 3, 2.0, 0, 1, 0.5, -1, -2.0))
CALLS.add("np.divide np.remainder np.fmod np.floor_divide np.divmod", FLOAT, near(0.5, 3))
CALLS.add("np.ldexp", FLOAT, one_of(2, -1, 0, np.array([1])))
CALLS.add("np.clip", REAL, beside(), beside())
CALLS.add("np.clip", REAL, one_of(-1, -0.5, None), one_of(1.0, 0.5, 2))
CALLS.add("np.where", constant(lambda rng, x: rng.random(3) < 0.5), ANY, beside())
CALLS.add("np.where", ANY)
CALLS.add("np.can_cast", one_of(np.float32), one_of(np.float64))

OUTERS = "add subtract multiply divide maximum minimum less less_equal greater greater_equal equal"
OUTERS += " not_equal power"
CALLS.add([f"np.{name}.outer" for name in OUTERS.split()], VECTOR, VECTOR)
CALLS.add("np.hypot.outer np.arctan2.outer np.logaddexp.outer", REAL, FLOAT)
REDUCES = (
    "np.add.reduce np.multiply.reduce np.maximum.reduce np.minimum.reduce np.logical_and.reduce"
)
REDUCES += " np.logical_or.reduce np.add.accumulate np.multiply.accumulate np.maximum.accumulate"
REDUCES += " np.minimum.accumulate"
CALLS.add(REDUCES, AXED, axis=one_axis)
CALLS.add("np.logaddexp.reduce", FULL, axis=one_axis)
