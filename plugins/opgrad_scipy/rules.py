"""What the rules of this plugin have in common."""

from __future__ import annotations

from typing import Any

import numpy as np

import opgrad as og
from opgrad import Raw


def quotient(x: Raw, y: Raw) -> Raw:
    """x / y, with inf or NaN at y = 0 for Python numbers too, and without a warning."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.divide(x, y)


def quotient_or(limit: float, x: Raw, y: Raw) -> Raw:
    """x / y, with the limit that it has at y = 0 there."""
    at_zero = np.equal(y, 0)
    return np.where(at_zero, limit, np.divide(x, np.where(at_zero, 1.0, y)))


def on_either(op: og.Op, *inputs: Raw, **params: Any) -> Raw:
    """An op in what is called on Values and on raw data, which stays raw."""
    if any(isinstance(x, og.Value) for x in inputs):
        return og.ops[f"scipy.{op.name}"](*inputs, **params)
    return op.forward(*inputs, **params)


def not_known(function: str, argument: str) -> og.NotDifferentiable:
    """What a rule raises for an argument by which no derivative is known here."""
    return og.NotDifferentiable(f"the derivative of {function} by {argument} is not known here")
