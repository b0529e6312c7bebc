"""Python's operators, the methods and attributes of arrays, and OpGrad's own few functions."""

from __future__ import annotations

import numpy as np

from tests.fuzz import arguments as a
from tests.fuzz.arguments import (
    ANY,
    AXED,
    FULL,
    MATRIX,
    REAL,
    axes,
    axis,
    beside,
    bounded,
    near,
    one_axis,
    one_of,
    shaped,
)
from tests.fuzz.table import Table

CALLS = Table()
FLAG = one_of(True, False)

CALLS.add("+ - * < <= > >= == != / **", ANY, beside())
CALLS.add("// % divmod", REAL, beside())
CALLS.add("/ // % divmod", ANY, near(0.5, 2))
CALLS.add("**", ANY, one_of(2, 3, 2.0, 0, 1, -1, 0.5))
CALLS.add("**", bounded(0.3, 2), near(-2, 2))
CALLS.add("+ - * / **", one_of(2, 0.5, 1.0, -2.0, np.float32(0.5), 1j), ANY)
CALLS.add("& | ^", REAL, beside())
CALLS.add("<< >>", a.INTEGER, one_of(1, 2, 0))
CALLS.add("<< >> ** // %", a.INTEGER, a.INTEGER)
CALLS.add("**", one_of(0.0, 2.0, -1.0, 3), ANY)
CALLS.add("pow", a.INTEGER, one_of(2, 3), one_of(5))
CALLS.add("np.concatenate", a.repeated)
CALLS.add("neg pos abs", ANY)
CALLS.add("invert", REAL)
CALLS.add("@", MATRIX, shaped(lambda shape: shape[-1], 2))
CALLS.add("@", a.VECTOR, a.like())
CALLS.add("[]", AXED, a.index)
CALLS.add("[]", FULL, a.index)
CALLS.add("sum max min list tuple len", a.REAL_VECTOR)
CALLS.add("max min", REAL, one_of(0.25, 1))

CALLS.add(".sum .prod .mean .any .all", ANY, axis=axes, keepdims=FLAG)
CALLS.add(".max .min", a.REAL_AXED, axis=axes, keepdims=FLAG)
CALLS.add(".std .var", FULL, axis=axis, ddof=one_of(0, 1))
CALLS.add(".cumsum .cumprod", ANY, axis=axis)
CALLS.add(".argmax .argmin .argsort", a.REAL_AXED)
CALLS.add(".reshape", ANY, a.reshaped)
CALLS.add(".ravel .flatten .conj .conjugate .copy .T .real .imag .shape .ndim .size .dtype", ANY)
CALLS.add(".mT", MATRIX)
CALLS.add(".transpose", AXED, a.permutation)
CALLS.add(".swapaxes", AXED, one_axis, one_axis)
CALLS.add(".squeeze .nonzero", AXED)
CALLS.add(".repeat", AXED, one_of(2, 0))
CALLS.add(".take", FULL, one_of(0, [0, -1]), axis=axis)
CALLS.add(".compress", FULL, one_of([True], [False, True]))
CALLS.add(".diagonal .trace", MATRIX, offset=one_of(0, 1))
CALLS.add(".dot", MATRIX, shaped(lambda shape: shape[-1], 2))
CALLS.add(".clip", REAL, one_of(-1, -0.5), one_of(1.0, 0.5))
CALLS.add(".round", ANY, decimals=one_of(0, 1))
CALLS.add(".astype", ANY, one_of(np.float32, float, complex, int))

CALLS.add(".item", FULL, one_of(0, -1))
CALLS.add(".item float int complex bool round math.trunc math.floor", a.NUMBER)
CALLS.add("math.exp math.sin math.atan math.isfinite math.isnan", a.NUMBER)
CALLS.add("math.pow math.copysign math.fmod", a.NUMBER, one_of(2, 0.5, -1.0))
CALLS.add("format", a.NUMBER, one_of(".3f", ".2e", "g"))
CALLS.add("hasattr", ANY, one_of("shape", "dtype", "__len__", "__iter__", "sum", "is_integer"))
CALLS.add("np.isscalar type callable str", ANY)
CALLS.add("isinstance", ANY, one_of(float, int, np.ndarray, np.generic, np.floating))

CALLS.add(
    "og.at.set og.at.add",
    a.array(
        dtypes=[np.float64, np.float32], shapes=[(3,), (2, 3)], fits=lambda x: x.ndim and x.size
    ),
    a.index,
    one_of(2.0, 1, 0.5),
)
CALLS.add(
    "og.at.set og.at.add",
    a.array(
        dtypes=[np.float64],
        shapes=[(3,), (2, 3)],
        fits=lambda x: x.ndim and x.size and x.dtype == np.float64,
    ),
    one_of(0, slice(1, None)),
    a.array(shapes=[()], dtypes=[np.float64], fits=lambda x: not x.ndim),
)

ABOUT_TYPES = {"hasattr", "isinstance", "np.isscalar", "type", "callable", "str"}
"""Of a Value these tell other things than of its data; compiled code and eager hear the same."""
