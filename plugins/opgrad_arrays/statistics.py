"""Medians and other quantiles, weighted means, ranges, and covariances."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import opgrad as og
from opgrad import Raw
from opgrad_arrays.axes import checked
from opgrad_arrays.rules import Functions, as_array, in_dtype, strong

_PLACES: dict[str, Any] = {
    "linear": (np.floor, np.ceil),
    "midpoint": (np.floor, np.ceil),
    "lower": (np.floor, np.floor),
    "higher": (np.ceil, np.ceil),
    "nearest": (np.rint, np.rint),
}
"""For each method, the neighbours of a place between two elements."""


def _quantile(
    a: Raw,
    q: Raw,
    axis: Any = None,
    out: None = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: bool = False,
    *,
    weights: None = None,
) -> Raw:
    """np.quantile: the line between two neighbours of the sorted elements. By q, too."""
    if method not in _PLACES or weights is not None:
        raise og.errors.InputError(
            f"np.quantile of Values has the methods {', '.join(_PLACES)}, and no weights; "
            f"given method={method!r}"
        )
    if np.ndim(q) > 2:  # as NumPy says, though it takes two axes
        raise ValueError("q must be a scalar or 1d")
    a = strong(a)
    if np.iscomplexobj(a) or np.iscomplexobj(q):
        raise TypeError("a must be an array of real numbers, and so must q")
    if not isinstance(q, og.Node):
        of_number = isinstance(q, int | float) and np.result_type(a).kind == "f"
        q = np.asarray(q, np.result_type(a) if of_number else None)
    kind = np.result_type(q)
    blends = method in ("linear", "midpoint") and kind.kind == "f"
    if blends and np.result_type(a).kind == "b":
        raise TypeError("quantiles between booleans are not defined: these have no difference")
    rows, shape = _rows(a, axis)
    count, dtype = np.shape(rows)[-1], np.result_type(rows)
    q = in_dtype(q, np.result_type(kind, np.float16))
    place = q * (count - 1)
    at = np.asarray(og.stop_gradient(place))
    if not ((at >= 0) & (at <= count - 1)).all():
        raise ValueError("quantiles must be between 0 and 1, percentiles between 0 and 100")
    low, high = (neighbour(at).astype(int) for neighbour in _PLACES[method])
    if method == "midpoint":
        place = (low + high) / 2
    ordered = np.sort(rows, axis=-1)
    below, above = ordered[..., low], ordered[..., high]
    share = np.where(low == high, 0, place - low.astype(np.result_type(q)))
    chosen = np.where(low == high, below, below * (1 - share) + above * share)  # no inf - inf
    last = ordered[..., -1:] if np.ndim(at) else ordered[..., -1]
    last = np.reshape(last, (*np.shape(ordered)[:-1], *(1,) * np.ndim(at)))
    chosen = np.where(np.isnan(last), last, chosen)  # NaN are sorted last
    chosen = in_dtype(chosen, np.result_type(dtype, kind) if blends else dtype)
    lead = range(-np.ndim(at), 0)
    chosen = np.moveaxis(chosen, tuple(lead), tuple(range(len(lead))))
    return np.reshape(chosen, (*np.shape(at), *shape)) if keepdims else chosen


def _rows(a: Raw, axis: Any) -> tuple[Raw, tuple[int, ...]]:
    """What is reduced over, along one last axis; and the shape that keepdims leaves."""
    shape = np.shape(a)
    reduced = checked(len(shape), axis)
    others = [i for i in range(len(shape)) if i not in reduced]
    moved = np.transpose(a, (*others, *reduced)) if shape else a
    count = int(np.prod([shape[i] for i in reduced], dtype=int))
    rows = np.reshape(moved, (*(shape[i] for i in others), count))
    return rows, tuple(1 if i in reduced else n for i, n in enumerate(shape))


def _percentile(a: Raw, q: Raw, *args: Any, **kwargs: Any) -> Raw:
    """np.percentile, a hundredth of which is a quantile."""
    return _quantile(a, np.divide(as_array(q), 100), *args, **kwargs)


def _median(
    a: Raw,
    axis: Any = None,
    out: None = None,
    overwrite_input: bool = False,
    keepdims: bool = False,
) -> Raw:
    """np.median: the middle one, or the mean of the two in the middle; NaN of nothing."""
    rows, shape = _rows(strong(a), axis)
    count = np.shape(rows)[-1]
    ordered = np.sort(rows, axis=-1)
    found = np.mean(ordered[..., (count - 1) // 2 : count // 2 + 1], axis=-1)
    if count and np.result_type(rows).kind in "fc":  # NaN are sorted last
        found = np.where(np.isnan(ordered[..., -1]), ordered[..., -1], found)
    return np.reshape(found, shape) if keepdims else found


def _average(
    a: Raw,
    axis: Any = None,
    weights: Any = None,
    returned: bool = False,
    *,
    keepdims: bool = False,
) -> Any:
    """np.average: a mean with weights, which are differentiated by, too."""
    a = as_array(a)
    shape = np.shape(a)
    axes = checked(len(shape), axis)
    if weights is None:
        mean = np.mean(a, axis=axis, keepdims=keepdims)
        count = math.prod(shape) / np.size(mean)  # by zero: an error, as NumPy has it
        return (mean, np.full_like(og.stop_gradient(mean), count)[()]) if returned else mean
    weights = as_array(weights)
    whole = np.result_type(a).kind in "biu"
    dtype = np.result_type(a, weights, *[np.float64] * whole)
    weights = in_dtype(weights, dtype)
    if np.shape(weights) != shape:
        if np.shape(weights) != tuple(shape[i] for i in axes):
            raise ValueError(
                f"the weights have neither the shape of the array, {shape}, nor that of axis={axis}"
            )
        ordered = np.transpose(weights, tuple(int(i) for i in np.argsort(axes)))
        weights = np.reshape(ordered, tuple(n if i in axes else 1 for i, n in enumerate(shape)))
    weights = np.broadcast_to(weights, shape)
    total = np.sum(weights, axis=axis, keepdims=keepdims)
    if np.any(og.stop_gradient(total) == 0):
        raise ZeroDivisionError("Weights sum to zero, can't be normalized")
    mean = np.sum(a * weights, axis=axis, keepdims=keepdims) / total
    return (mean, total) if returned else mean


def _ptp(a: Raw, axis: Any = None, out: None = None, keepdims: bool = False) -> Raw:
    """np.ptp: from the smallest to the largest."""
    return np.max(a, axis=axis, keepdims=keepdims) - np.min(a, axis=axis, keepdims=keepdims)


def _cov(
    m: Raw,
    y: Raw | None = None,
    rowvar: bool = True,
    bias: bool = False,
    ddof: int | None = None,
    fweights: None = None,
    aweights: None = None,
    *,
    dtype: Any = None,
) -> Raw:
    """np.cov: products of deviations, without weights."""
    if fweights is not None or aweights is not None:
        raise og.errors.InputError("np.cov of Values has no weights")
    rows = [
        np.atleast_2d(x) if rowvar or np.ndim(x) < 2 else np.transpose(x)
        for x in map(as_array, (m,) if y is None else (m, y))
    ]
    if ddof is not None and ddof != int(ddof):
        raise ValueError("ddof must be integer")
    joined = rows[0] if y is None else np.concatenate(rows)
    dtype = np.result_type(joined, np.float64) if dtype is None else dtype
    joined = joined if joined.dtype == dtype else np.astype(joined, dtype)
    if not np.shape(joined)[0]:
        return np.zeros((0, 0))
    deviation = joined - np.mean(joined, axis=1, keepdims=True)
    freedom = max(np.shape(joined)[1] - (int(not bias) if ddof is None else ddof), 0.0)
    other = np.conjugate(deviation) if np.iscomplexobj(deviation) else deviation
    return np.squeeze(deviation @ np.transpose(other) / freedom)


def _corrcoef(m: Raw, y: Raw | None = None, rowvar: bool = True, *, dtype: Any = None) -> Raw:
    """np.corrcoef: covariances over deviations, no more than 1 in size."""
    covariance = _cov(m, y, rowvar, dtype=dtype)
    if np.ndim(covariance) == 0:
        return covariance / covariance
    deviation = np.sqrt(np.real(np.diagonal(covariance)))
    found = covariance / deviation[:, None] / deviation[None, :]
    return found if np.iscomplexobj(found) else np.clip(found, -1, 1)


FUNCTIONS: Functions = {
    np.quantile: _quantile,
    np.percentile: _percentile,
    np.median: _median,
    np.average: _average,
    np.ptp: _ptp,
    np.cov: _cov,
    np.corrcoef: _corrcoef,
}
