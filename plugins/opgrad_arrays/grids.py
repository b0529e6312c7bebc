"""Numbers in a row, grids of them, and polynomials at points."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

import opgrad as og
from opgrad import Raw
from opgrad_arrays.rules import Functions, as_array, in_dtype, strong


def _parts(start: Raw, stop: Raw, num: int, endpoint: bool) -> Raw:
    """From 0 to 1, along an axis before those of start and stop, in their precision."""
    num = operator.index(num)
    if num < 0:
        raise ValueError(f"Number of samples, {num}, must be non-negative.")
    steps = max(num - 1 if endpoint else num, 1)
    ndim = len(np.broadcast_shapes(np.shape(start), np.shape(stop)))
    parts = np.reshape(np.arange(num) / steps, (num,) + (1,) * ndim)
    return parts.astype(np.result_type(start, stop, 1.0))


def _with_stop(numbers: Raw, stop: Raw, endpoint: bool) -> Raw:
    """The last one of several is the end itself, whatever the others are."""
    if not endpoint or np.shape(numbers)[0] < 2:
        return numbers
    stop = in_dtype(strong(stop), np.result_type(numbers))
    last = np.broadcast_to(stop, (1, *np.shape(numbers)[1:]))
    return np.concatenate([numbers[:-1], last])


def _laid_out(numbers: Raw, dtype: Any, axis: int) -> Raw:
    numbers = np.moveaxis(numbers, 0, axis)
    if dtype is None:
        return numbers
    return np.astype(np.floor(numbers) if np.dtype(dtype).kind in "iu" else numbers, dtype)


def _linspace(
    start: Raw,
    stop: Raw,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: Any = None,
    axis: int = 0,
    *,
    device: None = None,
) -> Any:
    """np.linspace, differentiated by both ends."""
    kind = np.result_type(as_array(start), as_array(stop), 1.0)
    start, stop = in_dtype(as_array(start), kind), in_dtype(as_array(stop), kind)
    parts = _parts(start, stop, num, endpoint)
    numbers = _with_stop(start + (stop - start) * parts, stop, endpoint)
    numbers = _laid_out(numbers, dtype, axis)
    if not retstep:
        return numbers
    steps = num - 1 if endpoint else num
    return numbers, (stop - start) / steps if steps else np.nan


def _logspace(
    start: Raw,
    stop: Raw,
    num: int = 50,
    endpoint: bool = True,
    base: Raw = 10.0,
    dtype: Any = None,
    axis: int = 0,
) -> Raw:
    """np.logspace: powers of a number, with exponents in a row."""
    if np.ndim(base):  # one for each pair of ends
        start = np.broadcast_to(start, np.broadcast_shapes(*map(np.shape, (start, stop, base))))
    powers = np.power(base, _linspace(start, stop, num, endpoint))
    numbers = np.moveaxis(powers, 0, axis)
    return numbers if dtype is None else np.astype(numbers, dtype)


def _geomspace(
    start: Raw, stop: Raw, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0
) -> Raw:
    """np.geomspace, of two numbers of the same sign."""
    kind = np.result_type(start, stop, np.float64)
    start, stop = (in_dtype(strong(end), kind) for end in (start, stop))
    if np.any(og.stop_gradient(start) == 0) or np.any(og.stop_gradient(stop) == 0):
        raise ValueError("Geometric sequence cannot include zero")
    parts = _parts(start, stop, num, endpoint)
    sign = np.sign(og.stop_gradient(start))  # NumPy takes it out of both: NaN, if start is
    numbers = _with_stop(start * (stop / start) ** parts, stop / sign * sign, endpoint)
    numbers = np.moveaxis(numbers, 0, axis)
    return numbers if dtype is None else np.astype(numbers, dtype)


def _meshgrid(
    *xi: Raw, copy: bool = True, sparse: bool = False, indexing: str = "xy"
) -> tuple[Raw, ...]:
    """np.meshgrid: each along an axis of its own."""
    if indexing not in ("xy", "ij"):
        raise ValueError(f"indexing is 'xy' or 'ij', given {indexing!r}")
    places = list(range(len(xi)))
    if indexing == "xy" and len(xi) > 1:
        places[:2] = 1, 0
    grids = [
        np.reshape(as_array(x), tuple(-1 if i == place else 1 for i in range(len(xi))))
        for x, place in zip(xi, places, strict=True)
    ]
    return tuple(grids) if sparse else tuple(np.broadcast_arrays(*grids))


def _vander(x: Raw, N: int | None = None, increasing: bool = False) -> Raw:
    """np.vander: the powers of each element."""
    if np.ndim(x) != 1:
        raise ValueError("x must be a one-dimensional array or sequence.")
    if N is not None and N < 0:
        raise ValueError("negative dimensions are not allowed")
    powers = np.arange(np.shape(x)[0] if N is None else N)
    return x[:, None] ** (powers if increasing else powers[::-1])


def _polyval(p: Raw, x: Raw) -> Raw:
    """np.polyval, by Horner's rule; by the coefficients, too."""
    p, x = as_array(p), as_array(x)
    y = np.zeros_like(x)
    for k in range(np.shape(p)[0]):
        y = y * x + p[k]
    return y


FUNCTIONS: Functions = {
    np.linspace: _linspace,
    np.logspace: _logspace,
    np.geomspace: _geomspace,
    np.meshgrid: _meshgrid,
    np.vander: _vander,
    np.polyval: _polyval,
}
