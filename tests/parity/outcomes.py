"""What a call comes to, on plain data and on Values, and how the two may differ."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

import opgrad as og

PYTHONS = (bool, int, float, complex)
"""The types of Python's own numbers."""


class Raised:
    """The exception that a call ended in."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        self.public = next(c for c in type(error).__mro__ if not c.__name__.startswith("_"))

    def __repr__(self) -> str:
        return f"{type(self.error).__name__}({str(self.error)[:150]!r})"


def outcome(call: Callable[[], Any]) -> Any:
    """What it returns, or what it raises. Warnings are not compared."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return call()
        except Exception as error:
            return Raised(error)


def difference(expected: Any, found: Any, of_numbers: bool) -> str | None:
    """What is wrong with the outcome on Values; ``None`` if it is that on plain data.

    Args:
        expected: the outcome on plain data.
        found: that on Values.
        of_numbers: all inputs were Python's numbers, so that the results are, too.
    """
    if isinstance(expected, Raised) or isinstance(found, Raised):
        same = (
            isinstance(expected, Raised)
            and isinstance(found, Raised)
            and isinstance(found.error, _public(expected.error))
        )
        return None if same else f"{_show(found)}; plain: {_show(expected)}"
    if isinstance(expected, tuple | list):
        if not isinstance(found, type(expected)) or len(found) != len(expected):
            return f"{_show(found)}; plain: {_show(expected)}"
        parts = (difference(e, f, of_numbers) for e, f in zip(expected, found, strict=True))
        return next((part for part in parts if part), None)
    data = found.data if isinstance(found, og.Value) else found
    if isinstance(found, og.Value):  # an array of no axes, which NumPy makes now and then, is one
        data, expected = (x[()] if isinstance(x, np.ndarray) else x for x in (data, expected))
    if of_numbers:  # a Python number, or what NumPy makes of one
        data, expected = (x.item() if isinstance(x, np.generic) else x for x in (data, expected))
    if type(data) is not type(expected):
        return f"type {type(data).__name__}, not {type(expected).__name__}: {_show(found)}"
    if not isinstance(expected, np.ndarray | np.generic | int | float | complex):
        return None if data == expected else f"{data!r}; plain: {expected!r}"
    if np.shape(data) != np.shape(expected):
        return f"shape {np.shape(data)}, not {np.shape(expected)}"
    if np.result_type(data) != np.result_type(expected):
        return f"dtype {np.result_type(data)}, not {np.result_type(expected)}"
    return None if _close(data, expected) else f"{data!r}; plain: {expected!r}"


def _public(error: Exception) -> type[BaseException]:
    """The nearest class that is not private to NumPy."""
    return next(c for c in type(error).__mro__ if not c.__name__.startswith("_") and c.__module__ != "numpy._core._exceptions")


def _close(data: Any, expected: Any) -> bool:
    if np.result_type(expected).kind not in "fc":
        return bool(np.array_equal(data, expected))
    eps = float(np.finfo(np.result_type(expected)).eps)
    scale = np.abs(expected)[np.isfinite(expected)].max() if np.isfinite(expected).any() else 0.0
    with np.errstate(all="ignore"):
        return bool(np.allclose(data, expected, rtol=32 * eps, atol=16 * eps * min(float(scale), 8.0), equal_nan=True))


def _show(outcome: Any) -> str:
    return repr(outcome)[:220]
