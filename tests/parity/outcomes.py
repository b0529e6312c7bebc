"""What a call comes to, on plain data and on Values, and how the two may differ."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import opgrad as og

PYTHONS = (bool, int, float, complex)
"""The types of Python's own numbers."""


class Raised:
    """The exception that a call ended in."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __repr__(self) -> str:
        return f"{type(self.error).__name__}({str(self.error)[:150]!r})"

    @property
    def public(self) -> type[BaseException]:
        """Its class, or the nearest one above that is not private to NumPy."""
        return next(c for c in type(self.error).__mro__ if c.__module__ != _PRIVATE)


_PRIVATE = "numpy._core._exceptions"


def outcome(call: Callable[..., Any], *args: Any) -> Any:
    """What it returns, or what it raises. Warnings are not compared."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return call(*args)
        except Exception as error:
            return Raised(error)


def difference(expected: Any, found: Any, inputs: Sequence[Any]) -> str | None:
    """What is wrong with the outcome on Values; ``None`` if it is that on plain data.

    Type, dtype and shape are the same; numbers but for rounding, in the least precise dtype that
    takes part. Of Python's numbers, the result is one, or what NumPy makes of one.

    Args:
        expected: the outcome on plain data.
        found: that on Values.
        inputs: the plain data.
    """
    if isinstance(expected, Raised) or isinstance(found, Raised):
        both = isinstance(expected, Raised) and isinstance(found, Raised)
        return None if both and isinstance(found.error, expected.public) else _two(found, expected)
    if isinstance(expected, tuple | list):
        if type(found) is not type(expected) or len(found) != len(expected):
            return _two(found, expected)
        parts = (difference(e, f, inputs) for e, f in zip(expected, found, strict=True))
        return next((part for part in parts if part), None)
    data = found.data if isinstance(found, og.Value) else found
    if isinstance(found, og.Value):  # an array without axes, which NumPy makes now and then, is one
        data, expected = (x[()] if isinstance(x, np.ndarray) else x for x in (data, expected))
    if all(type(x) in PYTHONS for x in inputs):
        data, expected = (x.item() if isinstance(x, np.generic) else x for x in (data, expected))
    same = type(data) is type(expected) and np.shape(data) == np.shape(expected)
    if same and isinstance(expected, np.ndarray | np.generic | int | float | complex):
        same = np.result_type(data) == np.result_type(expected) and _close(data, expected, inputs)
    elif same:
        same = data == expected
    return None if same else _two(found, expected)


def _close(data: Any, expected: Any, inputs: Sequence[Any]) -> bool:
    if np.result_type(expected).kind not in "fc":
        return bool(np.array_equal(data, expected))
    kinds = [np.result_type(x) for x in (expected, *inputs)]
    eps = max(float(np.finfo(kind).eps) for kind in kinds if kind.kind in "fc")
    finite = np.abs(expected)[np.isfinite(expected)]
    size = min(float(finite.max()), 8.0) if finite.size else 0.0
    return np.allclose(data, expected, rtol=32 * eps, atol=16 * eps * size, equal_nan=True)


def _two(found: Any, expected: Any) -> str:
    return f"{found!r:.300}\n   plain: {expected!r:.300}"
