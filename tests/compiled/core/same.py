"""What a compiled function must share with the uncompiled one."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

TOLERANCE = {np.dtype(np.float32): 2e-5, np.dtype(np.complex64): 2e-5, np.dtype(np.float16): 2e-3}
"""Relative, by dtype; those that are not here have 1e-11."""


def assert_same(
    got: Any, expected: Any, tolerance: float | None = None, *, cancels: bool = False
) -> None:
    """Equal to rounding, element by element, of one type, dtype, shape and structure.

    Arrays without axes and NumPy's numbers are one: a program knows no difference. The tolerance is
    that of each dtype, unless it is given: where dtypes meet, the least precise one counts.

    Args:
        got: of the compiled function.
        expected: of the function itself.
        tolerance: relative to each element.
        cancels: elements may be what is left of larger ones that were added in another order; so
            they may be off by as much as the largest element may, and zeros have any sign.
    """
    if isinstance(expected, dict):
        assert type(got) is type(expected)
        assert list(got) == list(expected)
        for key in expected:
            assert_same(got[key], expected[key], tolerance, cancels=cancels)
    elif isinstance(expected, list | tuple):
        assert type(got) is type(expected)
        assert len(got) == len(expected)
        for part, wanted in zip(got, expected, strict=True):
            assert_same(part, wanted, tolerance, cancels=cancels)
    elif isinstance(expected, np.ndarray | np.generic):
        assert isinstance(got, np.ndarray | np.generic), type(got)
        _assert_close(got, expected, tolerance, cancels)
    else:
        assert type(got) is type(expected), f"{got!r} for {expected!r}"
        if isinstance(expected, int | float | complex):
            _assert_close(np.asarray(got), np.asarray(expected), tolerance, cancels)
        else:
            assert got == expected


def _assert_close(got: Any, expected: Any, tolerance: float | None, cancels: bool) -> None:
    assert got.dtype == expected.dtype
    assert got.shape == expected.shape
    tolerance = TOLERANCE.get(expected.dtype, 1e-11) if tolerance is None else tolerance
    if expected.dtype.kind not in "fc":
        np.testing.assert_array_equal(got, expected)
    elif cancels:
        largest = np.max(np.abs(expected[np.isfinite(expected)]), initial=1.0)
        np.testing.assert_allclose(got, expected, tolerance, tolerance * float(largest))
    else:
        np.testing.assert_allclose(got, expected, rtol=tolerance, atol=0)
        for part in (np.real, np.imag):
            zero = part(expected) == 0
            np.testing.assert_array_equal(
                np.signbit(part(got)[zero]), np.signbit(part(expected)[zero]), "signs of zeros"
            )


def bits(x: npt.NDArray[Any]) -> tuple[Any, ...]:
    """What differs if any bit does, but for those of NaNs."""
    x = np.asarray(x)
    one_nan = np.where(np.isnan(x), np.nan, x) if x.dtype.kind in "fc" else x
    return x.dtype, x.shape, one_nan.astype(x.dtype).tobytes()
