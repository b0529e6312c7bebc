"""Whether two results are one: in structure, type, dtype, shape, and each element."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.fuzz.leaves import bits, raw
from tests.fuzz.subject import Fault

Noise = Callable[[], list[Any] | None]
"""The leaves of results that rounding might have given instead; called if there is a difference."""


def assert_same(
    given: Any,
    expected: Any,
    eps: float = 0.0,
    where: str = "result",
    floor: float = 0.0,
    loosely: bool = False,
) -> None:
    """The same containers of the same leaves.

    Raises:
        Fault: they are not.
    """
    if isinstance(expected, list | tuple | dict):
        if not isinstance(given, type(expected)) and not (
            isinstance(expected, tuple) and isinstance(given, tuple)
        ):
            raise Fault("container", given, expected, where)
        if len(given) != len(expected) or (
            isinstance(expected, dict) and list(given) != list(expected)
        ):
            raise Fault("container", given, expected, where)
        keys = list(expected) if isinstance(expected, dict) else range(len(expected))
        for key in keys:
            assert_same(given[key], expected[key], eps, f"{where}[{key!r}]", floor, loosely)
        return
    given, expected = raw(given), raw(expected)
    if not isinstance(expected, int | float | complex | np.ndarray | np.generic):
        if given is not expected and not (type(given) is type(expected) and given == expected):
            raise Fault("value", given, expected, where)
        return
    if loosely:
        given, expected = _numpys(given), _numpys(expected)
    _same_form(given, expected, where)
    if bits(given) != bits(expected):
        _same_elements(
            np.asarray(given), np.asarray(expected), eps, floor, where, (given, expected)
        )


def _numpys(x: Any) -> Any:
    return np.asarray(x)[()] if isinstance(x, int | float | complex) else x


def _same_form(given: Any, expected: Any, where: str) -> None:
    """NumPy's numbers and its arrays without axes are one; Python's numbers are not."""
    numpys = isinstance(expected, np.ndarray | np.generic)
    if numpys != isinstance(given, np.ndarray | np.generic) or (
        not numpys and type(given) is not type(expected)
    ):
        raise Fault("type", given, expected, where)
    if np.shape(given) != np.shape(expected):
        raise Fault("shape", given, expected, where)
    if np.asarray(given).dtype != np.asarray(expected).dtype:
        raise Fault("dtype", given, expected, where)


def _same_elements(
    x: Any, y: Any, eps: float, floor: float, where: str, whole: tuple[Any, Any]
) -> None:
    if x.dtype.kind == "c":
        scale = eps * np.where(np.isfinite(y), np.abs(y), 0) if y.shape else 0.0
        extra = float(np.max(scale, initial=0))
        _same_elements(x.real, y.real, eps, floor + extra, where, whole)
        _same_elements(x.imag, y.imag, eps, floor + extra, where, whole)
        return
    with np.errstate(all="ignore"):
        if x.dtype.kind == "f":
            finite = np.isfinite(y) & np.isfinite(x)
            alike = (x == y) | (np.isnan(x) & np.isnan(y))
            close = np.abs(x - y) <= eps * np.abs(y) + floor
            right = np.where(finite, close, alike)
            if not eps:
                right = right & ((np.signbit(x) == np.signbit(y)) | np.isnan(y))
        else:
            right = x == y
    if not np.all(right):
        raise Fault("value", whole[0], whole[1], where)
