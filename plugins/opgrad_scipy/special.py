"""Functions of ``scipy.special`` that are no ufuncs, on Values and arrays.

SciPy's own refuse Values.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import opgrad as og
from opgrad import Raw


def logsumexp(a: Raw, axis: Any = None, b: Raw | None = None, keepdims: bool = False) -> Raw:
    """log(sum(b * exp(a))) without overflow, as ``scipy.special.logsumexp``; by b, too."""
    if b is None:
        return _op("logsumexp", a, axis=axis, keepdims=keepdims)
    a, b = np.broadcast_arrays(a, b)
    highest = np.max(og.stop_gradient(a), axis=axis, keepdims=True)
    highest = np.where(np.isfinite(highest), highest, 0)
    total = np.sum(b * np.exp(a - highest), axis=axis, keepdims=True)
    out = np.log(total) + highest
    return out if keepdims else np.squeeze(out, axis=axis)


def softmax(x: Raw, axis: Any = None) -> Raw:
    """exp(x) / sum(exp(x)) without overflow, as ``scipy.special.softmax``."""
    return _op("softmax", x, axis=axis)


def log_softmax(x: Raw, axis: Any = None) -> Raw:
    """log(softmax(x)) without overflow, as ``scipy.special.log_softmax``."""
    return _op("log_softmax", x, axis=axis)


def _op(name: str, x: Raw, **params: Any) -> Raw:
    op = og.ops[f"arrays.{name}"]
    return op(x, **params) if isinstance(x, og.Node) else op.forward(np.asarray(x), **params)
