"""Functions of ``scipy.signal`` on Values."""

from __future__ import annotations

from typing import Literal

import numpy as np

import opgrad as og
from opgrad import Raw
from opgrad_scipy.rules import on_either

_IMAGE = np.array([[0.3, -1.2, 2.1, 0.6], [1.7, 0.4, -0.6, 1.1], [0.2, 0.9, -0.5, -1.4]])
_KERNEL = np.array([[0.8, -0.3], [0.5, 1.4]])


@og.op(
    linear=True,
    samples=[
        (_IMAGE, _KERNEL),
        (_IMAGE[0], _KERNEL[1]),
        (_KERNEL[0], _IMAGE[0]),
        (_IMAGE.astype(np.float32), _KERNEL.astype(np.float32)),
    ],
)
def convolution(x: Raw, y: Raw) -> Raw:
    """The full convolution of two arrays of as many axes, over all of them.

    Derivatives: the cotangent convolved with the other array, reversed.
    """
    from scipy.signal import convolve

    return convolve(x, y)


@convolution.vjp_wrt(0)
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> Raw:
    return _correlated(g, y, np.shape(x))


@convolution.vjp_wrt(1)
def _(g: Raw, out: Raw, x: Raw, y: Raw) -> Raw:
    return _correlated(g, x, np.shape(y))


def _correlated(g: Raw, other: Raw, shape: tuple[int, ...]) -> Raw:
    reverse = (slice(None, None, -1),) * len(shape)
    full = convolution(g, other[reverse])
    starts = (n - 1 for n in np.shape(other))
    return full[tuple(slice(i, i + n) for i, n in zip(starts, shape, strict=True))]


def convolve(in1: Raw, in2: Raw, mode: Literal["full", "valid", "same"] = "full") -> Raw:
    """The convolution of two arrays of as many axes, as ``scipy.signal.convolve``.

    Raises:
        InputError: SciPy has no such mode; or it is "valid", and neither array fits in the other.
    """
    n, m = np.shape(in1), np.shape(in2)
    if 0 in (*n, *m):  # nothing depends on anything
        from scipy.signal import convolve

        return convolve(*(x.data if isinstance(x, og.Value) else x for x in (in1, in2)), mode)
    full = on_either(convolution, in1, in2)
    if not n:
        return full
    if mode == "full":
        return full
    if mode == "same":
        starts, sizes = [(b - 1) // 2 for b in m], list(n)
    elif mode == "valid":
        if any(a < b for a, b in zip(n, m, strict=True)):
            n, m = m, n
        if any(a < b for a, b in zip(n, m, strict=True)):
            raise og.errors.InputError(f"for mode='valid' one of {n}, {m} must fit in the other")
        starts, sizes = [b - 1 for b in m], [a - b + 1 for a, b in zip(n, m, strict=True)]
    else:
        raise og.errors.InputError(f"convolve has no mode {mode!r}: full, valid or same")
    return full[tuple(slice(i, i + size) for i, size in zip(starts, sizes, strict=True))]
