"""What programs return, and raw data: leaves of containers, bits, exactness."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

import opgrad as og


def leaves(x: Any) -> Iterator[Any]:
    """The leaves of lists, tuples and dicts, in order."""
    if isinstance(x, list | tuple):
        for part in x:
            yield from leaves(part)
    elif isinstance(x, dict):
        for part in x.values():
            yield from leaves(part)
    else:
        yield x


def raw(x: Any) -> Any:
    """The data of a Value; anything else as it is."""
    return x.data if isinstance(x, og.Node) else x


def is_floating(x: Any) -> bool:
    """It is, or is a Value of, a floating-point or complex number or array."""
    data = raw(x)
    if isinstance(data, np.ndarray | np.generic):
        return bool(data.dtype.kind in "fc")
    return isinstance(data, float | complex)


def unwrapped(x: Any) -> Any:
    """The same containers, of raw data."""
    if isinstance(x, list):
        return [unwrapped(part) for part in x]
    if isinstance(x, tuple):
        return tuple(map(unwrapped, x))
    return {key: unwrapped(part) for key, part in x.items()} if isinstance(x, dict) else raw(x)


def bits(x: Any) -> tuple[Any, ...]:
    """What differs if any bit does, but for those of NaNs."""
    x = np.asarray(x)
    if x.dtype == object:
        return (repr(x),)
    if x.dtype.kind == "c":
        return x.dtype, x.shape, bits(x.real)[2], bits(x.imag)[2]
    one_nan = np.where(np.isnan(x), np.nan, x).astype(x.dtype) if x.dtype.kind == "f" else x
    return x.dtype, x.shape, one_nan.tobytes()


def vector(parts: Sequence[Any]) -> Any:
    """All elements as one vector of real numbers: real parts, then imaginary ones, of each."""
    flat = [np.zeros(0)]
    for part in parts:
        x = np.ravel(np.asarray(part))
        flat += (
            [x.real.astype(np.float64), x.imag.astype(np.float64)]
            if x.dtype.kind == "c"
            else [x.astype(np.float64)]
        )
    return np.concatenate(flat)


def widened(x: Any) -> Any:
    """The same in double precision."""
    if isinstance(x, np.ndarray | np.generic) and x.dtype in (np.float32, np.complex64, np.float16):
        return x.astype(np.complex128 if x.dtype.kind == "c" else np.float64)
    return x


def in_form_of(x: Any, made: Any) -> Any:
    """Numbers in the dtype of an array, or as a number of the same type."""
    with np.errstate(all="ignore"):
        new = np.asarray(made).astype(np.asarray(x).dtype)
    if isinstance(x, np.ndarray):
        return new
    return new[()] if isinstance(x, np.generic) else new.item()
