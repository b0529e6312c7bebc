"""What a plain run of a function gives, for comparison with what the compiled one gives."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

import opgrad as og
from tests.compiled.core.same import assert_same


class Raised:
    """That a call raised, and of what class."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def __repr__(self) -> str:
        return f"<raised {self.error!r}>"


def outcome(f: Callable[..., Any], *args: Any) -> Any:
    """What a call returns, or that it raised."""
    with warnings.catch_warnings(action="ignore"), np.errstate(all="warn"):
        try:
            return f(*args)
        except Exception as error:
            return Raised(error)


def assert_same_outcome(got: Any, expected: Any) -> None:
    """The same result to rounding, of the same class, signs of zeros included; or exception."""
    if isinstance(expected, Raised):
        assert isinstance(got, Raised), f"{got!r} where it raised {expected.error!r}"
        assert type(got.error) is type(expected.error), (got.error, expected.error)
        return
    assert not isinstance(got, Raised), f"raised {got.error!r}, where it gives {expected!r}"
    if isinstance(expected, tuple) and isinstance(got, tuple):
        assert len(got) == len(expected)
        for part, wanted in zip(got, expected, strict=True):
            assert_same_outcome(part, wanted)
        return
    is_array = isinstance(expected, np.ndarray)
    if is_array and (type(expected) is not np.ndarray or expected.dtype.kind not in "fiubc"):
        assert type(got) is type(expected)
        assert (got.dtype, got.tolist()) == (expected.dtype, expected.tolist())
        return
    if type(expected) in (int, bool, complex):
        assert type(got) is type(expected), f"{got!r} for {expected!r}"
    if isinstance(expected, int):
        assert got == expected
        return
    if np.iscomplexobj(expected):
        assert np.asarray(got).dtype == np.asarray(expected).dtype
        size = np.abs(np.where(np.isfinite(expected), expected, 1.0))
        _assert_part(np.real(got), np.real(expected), size)
        _assert_part(np.imag(got), np.imag(expected), size)
        return
    assert_same(got, expected)
    if isinstance(expected, float | np.ndarray | np.generic):
        _assert_signs(got, expected)


def _assert_part(got: Any, expected: Any, size: Any) -> None:
    """Of complex numbers, the real or imaginary part, to rounding of the whole."""
    error = np.where(np.isfinite(expected), got - np.where(np.isfinite(expected), expected, 0), 0.0)
    assert np.all(np.abs(error) <= 1e-11 * size), f"{got!r} for {expected!r}"
    np.testing.assert_array_equal(np.isnan(got), np.isnan(expected))
    is_infinite = np.isinf(expected)
    np.testing.assert_array_equal(np.asarray(got)[is_infinite], np.asarray(expected)[is_infinite])


def _assert_signs(got: Any, expected: Any) -> None:
    got, expected = np.asarray(got), np.asarray(expected)
    if expected.dtype.kind == "f":
        is_number = ~np.isnan(expected)
        np.testing.assert_array_equal(np.signbit(got)[is_number], np.signbit(expected)[is_number])


def assert_compiled_is_plain(
    f: Callable[..., Any], calls: list[tuple[Any, ...]], backend: str, **options: Any
) -> Any:
    """Call after call, the compiled function gives what the function gives; it is returned."""
    compiled = og.compile(f, backend=backend, **options)
    for args in calls:
        try:
            assert_same_outcome(outcome(compiled, *args), outcome(f, *args))
        except AssertionError as error:
            error.add_note(f"compiled by {backend}, called with {args!r}, as one of {calls!r}")
            raise
    return compiled
