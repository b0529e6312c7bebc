"""Built-in plugin: activation functions of neural networks."""

from __future__ import annotations

import numpy as np

import opgrad as og
from opgrad import Raw


@og.op(elementwise=True, samples=[(1.5,), (-2.0,)])
def relu(x: Raw) -> Raw:
    """max(x, 0). At the kink: relu'(0) = 0."""
    if isinstance(x, float):  # what scalar networks call most; NumPy takes a microsecond for it
        return 0.0 if x <= 0 else x
    return np.maximum(x, 0)


@relu.vjp
def _(g: Raw, out: Raw, x: Raw) -> Raw:
    return g * (x > 0)


@og.hookimpl.opgrad_ops
def opgrad_ops() -> list[og.Op]:
    """The ops of this plugin."""
    return [relu]
