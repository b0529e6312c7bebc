"""Comparisons: steps, flat on either side, so no gradient flows through them."""

from __future__ import annotations

import numpy as np

import opgrad as og
from opgrad import Raw
from opgrad_arithmetic.samples import PAIRS


@og.op(elementwise=True, implements=np.less, samples=PAIRS)
def less(x: Raw, y: Raw) -> Raw:
    """Whether x < y. No gradient."""
    return x < y


@og.op(elementwise=True, implements=np.less_equal, samples=PAIRS)
def less_equal(x: Raw, y: Raw) -> Raw:
    """Whether x <= y. No gradient."""
    return x <= y


@og.op(elementwise=True, implements=np.greater, samples=PAIRS)
def greater(x: Raw, y: Raw) -> Raw:
    """Whether x > y. No gradient."""
    return x > y


@og.op(elementwise=True, implements=np.greater_equal, samples=PAIRS)
def greater_equal(x: Raw, y: Raw) -> Raw:
    """Whether x >= y. No gradient."""
    return x >= y


@og.op(elementwise=True, implements=np.equal, samples=PAIRS)
def equal(x: Raw, y: Raw) -> Raw:
    """Whether x == y. No gradient."""
    return np.equal(x, y) if _is_mixed(x, y) else x == y


@og.op(elementwise=True, implements=np.not_equal, samples=PAIRS)
def not_equal(x: Raw, y: Raw) -> Raw:
    """Whether x != y. No gradient."""
    return np.not_equal(x, y) if _is_mixed(x, y) else x != y


def _is_mixed(x: Raw, y: Raw) -> bool:
    """A complex number of Python's takes a np.float64 for a float, and answers with a bool."""
    return x.__class__ is complex and isinstance(y, np.floating)


def _no_gradient(g: Raw, out: Raw, x: Raw, y: Raw) -> tuple[None, None]:
    return None, None


for _op in (less, less_equal, greater, greater_equal, equal, not_equal):
    _op.vjp(_no_gradient)
