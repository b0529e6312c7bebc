"""Functions of ``scipy.special`` that are no ufuncs, on Values and arrays.

SciPy's own refuse Values.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import opgrad as og
from opgrad import Raw
from opgrad_scipy.exponentials import times_exp
from opgrad_scipy.rules import on_either


def logsumexp(
    a: Raw,
    axis: Any = None,
    b: Raw | None = None,
    keepdims: bool = False,
    return_sign: bool = False,
) -> Any:
    """log(sum(b * exp(a))) without overflow, as ``scipy.special.logsumexp``; by b, too.

    Where b is 0, a does not matter, however large it is: its derivative is 0, too. With
    ``return_sign``, the logarithm of the size of the sum, and its sign.

    Raises:
        InputError: a or b is complex.
    """
    a = np.atleast_1d(_floating(a))
    if b is not None:
        b = np.asarray(b, a.dtype) if isinstance(b, int | float) else _floating(b)
    if np.iscomplexobj(a) or (b is not None and np.iscomplexobj(b)):
        raise og.errors.InputError("logsumexp is known here of real numbers; given complex ones")
    if b is None and not return_sign:
        return _op("logsumexp", a, axis=axis, keepdims=keepdims)
    a, b = np.broadcast_arrays(a, np.ones((), a.dtype) if b is None else b)
    plain = a.data if isinstance(a, og.Node) else a
    of_nothing: Any = {"initial": -np.inf} if 0 in np.shape(a) else {}
    largest = np.where(np.not_equal(b, 0), plain, -np.inf)
    highest = np.max(largest, axis=axis, keepdims=True, **of_nothing)
    highest = np.where(np.isfinite(highest), highest, highest.dtype.type(0))
    total = np.sum(on_either(times_exp, b, a - highest), axis=axis, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        out = np.log(np.abs(total) if return_sign else total) + highest
    sign = np.sign(og.stop_gradient(total)) if np.size(a) else -np.ones_like(total)
    if not keepdims:
        out, sign = _number(np.squeeze(out, axis=axis)), np.squeeze(sign, axis=axis)[()]
    return (out, sign) if return_sign else out


def softmax(x: Raw, axis: Any = None) -> Raw:
    """exp(x) / sum(exp(x)) without overflow, as ``scipy.special.softmax``."""
    return _op("softmax", x, axis=axis)


def log_softmax(x: Raw, axis: Any = None) -> Raw:
    """log(softmax(x)) without overflow, as ``scipy.special.log_softmax``."""
    return _op("log_softmax", x, axis=axis)


def _op(name: str, x: Raw, **params: Any) -> Raw:
    op = og.ops[f"arrays.{name}"]
    if isinstance(x, og.Node):
        return op(x, **params)
    return op(x, **params).data if og.is_traced(x) else op.forward(np.asarray(x), **params)[()]


def _number(x: Raw) -> Raw:
    """A number in the place of an array without axes, as SciPy returns it."""
    return x[()] if isinstance(x, np.ndarray) else x


def _floating(x: Raw) -> Raw:
    """An array, or a number, of floating point."""
    if isinstance(x, og.Value):
        return x if np.result_type(x.data).kind in "fc" else x * 1.0
    x = x if og.is_traced(x) else np.asarray(x)
    return x if x.dtype.kind in "fc" else x.astype(np.float64)
