"""Built-in plugin: Python's operators and what is nearest to them."""

from __future__ import annotations

import numpy as np

import opgrad as og
from opgrad import Raw


@og.op(elementwise=True, implements=np.add, samples=[(1.5, -2.0), (np.array([1.0, 2.0]), 3.0)])
def add(x: Raw, y: Raw) -> Raw:
    """x + y."""
    return x + y


@add.vjp
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> tuple[Raw, Raw]:
    return g, g


@og.op(elementwise=True, implements=np.multiply, samples=[(1.5, -2.0), (np.array([1.0, 2.0]), 3.0)])
def mul(x: Raw, y: Raw) -> Raw:
    """x * y."""
    return x * y


@mul.vjp_wrt(0)
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> Raw:
    return g * y


@mul.vjp_wrt(1)
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> Raw:
    return g * x


@og.hookimpl.opgrad_ops
def opgrad_ops() -> list[og.Op]:
    """The ops of this plugin."""
    return [add, mul]
