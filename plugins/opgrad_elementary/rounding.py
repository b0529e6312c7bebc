"""Steps and limits. Where an op is flat, no gradient flows; its jumps have no derivative at all.

With NaN no comparison holds, so that clip is nowhere flat there: the cotangent passes.
"""

from __future__ import annotations

import builtins
import math
from typing import Any

import numpy as np

import opgrad as og
from opgrad import Raw
from opgrad_elementary.loops import is_number
from opgrad_elementary.samples import ANYWHERE, OFF_THE_GRID

_NUMBERS = frozenset({bool, int, float})


@og.op(elementwise=True, implements=np.sign, samples=ANYWHERE)
def sign(x: Raw) -> Raw:
    """-1, 0 or 1: the sign of x; NaN for NaN. No gradient, at the jump x = 0 neither."""
    return og.ordered(np.sign(x))


@og.op(elementwise=True, implements=np.floor, samples=OFF_THE_GRID)
def floor(x: Raw) -> Raw:
    """The largest whole number up to x. No gradient, at the jumps neither."""
    return x if isinstance(x, int) else np.floor(x)


@og.op(elementwise=True, implements=np.ceil, samples=OFF_THE_GRID)
def ceil(x: Raw) -> Raw:
    """The smallest whole number from x on. No gradient, at the jumps neither."""
    return x if isinstance(x, int) else np.ceil(x)


@og.op(
    elementwise=True,
    implements=(np.round, np.around),
    samples=[*ANYWHERE, og.Sample(3.14159, decimals=2), og.Sample(1234, decimals=-2)],
)
def round(x: Raw, *, decimals: int = 0) -> Raw:
    """x rounded to so many decimals, halves to the even neighbour. No gradient."""
    return builtins.round(x, decimals) if isinstance(x, int) else np.round(x, decimals)


def _flat(g: Raw, out: Raw, x: Raw) -> tuple[None]:
    return (None,)


sign.vjp(_flat)
floor.vjp(_flat)
ceil.vjp(_flat)


@round.vjp
def _(g: Raw, out: Raw, x: Raw, *, decimals: int = 0) -> tuple[None]:
    return (None,)


@og.op(
    selects=True,
    elementwise=True,
    samples=[
        (0.3, -1.0, 1.0),
        (2.5, -1.0, 1.0),
        (-7, -2, 5),
        (np.array([[0.2, -1.8, 1.9], [-2.4, 0.6, 1.1]]), -1.5, 1.5),
        (np.array([[1.2], [-0.6]]), np.array([-0.4, 0.1, -1.3]), np.array([0.5, 2.0, -0.9])),
        (np.array([0.4, -1.6], np.float32), np.float32(-1), np.float32(1)),
    ],
)
def clip(x: Raw, low: Raw, high: Raw) -> Raw:
    """x, but no less than low and no more than high (which wins if low > high); NaN if one is NaN.

    Derivatives: 1 for the one of the three that is the result, 0 for the others. At the kinks,
    where x is at a bound: 1 for x, 0 for the bound. With NaN: 1 for those that are not known to lie
    beyond another one.
    """
    kinds = {x.__class__, low.__class__, high.__class__}
    if kinds <= _NUMBERS:  # NumPy would round or refuse large integers
        if x != x or low != low or high != high:
            return math.nan
        chosen = min(max(x, low), high)
        return chosen if len(kinds) == 1 else float(chosen) if float in kinds else int(chosen)
    return og.ordered(np.minimum(np.maximum(x, low), high))


@clip.vjp_wrt(0)
def _(g: Raw, out: Raw, x: Raw, low: Raw, high: Raw) -> Raw:
    return og.zero_where((x < low) + (x > high), g)


@clip.vjp_wrt(1)
def _(g: Raw, out: Raw, x: Raw, low: Raw, high: Raw) -> Raw:
    return og.zero_where((x >= low) + (low > high), g)


@clip.vjp_wrt(2)
def _(g: Raw, out: Raw, x: Raw, low: Raw, high: Raw) -> Raw:
    return og.zero_where((x <= high) * (low <= high), g)


def clipped(
    a: Raw,
    a_min: Raw | None = None,
    a_max: Raw | None = None,
    out: None = None,
    *,
    min: Raw | None = None,
    max: Raw | None = None,
) -> Raw:
    """np.clip: the op, or with one bound the larger or smaller one, as clip has it at the kink."""
    low: Any
    high: Any
    if (min is not None or max is not None) and (a_min is not None or a_max is not None):
        raise ValueError("the bounds of np.clip are given twice: as a_min, a_max and as min, max")
    low, high = a_min if min is None else min, a_max if max is None else max
    a, low, high = (np.array(x) if isinstance(x, list | tuple) else x for x in (a, low, high))
    low, high = _within_range(low, a, 0), _within_range(high, a, 1)
    if is_number(a) and not (is_number(low) and is_number(high)):
        a = a * np.result_type(a).type(1)  # which NumPy makes an array of, with a dtype of its own
    if low is not None and high is not None:
        return clip(a, low, high)
    if np.result_type(a).kind == "f" and (low is not None or high is not None):
        return clip(a, -math.inf if low is None else low, math.inf if high is None else high)
    if low is None and high is None:
        return np.positive(a)
    return np.minimum(a, high) if high is not None else np.maximum(a, low)


def _within_range(bound: Any, a: Raw, side: int) -> Any:
    """No bound, where it is a Python integer beyond the integers of that dtype, on its own side."""
    dtype = np.result_type(a)
    if bound.__class__ is not int or dtype.kind not in "iu" or is_number(a):
        return bound
    info = np.iinfo(dtype)
    return None if (bound > info.max if side else bound < info.min) else bound


def truncated(x: Raw, /) -> Raw:
    """np.trunc and np.fix: towards zero. No gradient."""
    return np.where(np.less(x, 0), np.ceil(x), np.floor(x))


def parts(x: Raw, /) -> tuple[Raw, Raw]:
    """np.modf: what is behind the point, and what is before it."""
    finite = np.where(np.isinf(x), 0, x)
    return finite - truncated(finite), truncated(x)
