"""What a compiled function must share with the uncompiled one."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

TOLERANCE = {np.dtype(np.float32): 2e-5, np.dtype(np.complex64): 2e-5, np.dtype(np.float16): 2e-3}
"""Relative, by dtype; those that are not here have 1e-11."""


def assert_same(got: Any, expected: Any, tolerance: float | None = None) -> None:
    """Equal to rounding, of one type, dtype, shape and structure.

    Arrays without axes and NumPy's numbers are one: a program knows no difference. The tolerance is
    that of each dtype, unless it is given: where dtypes meet, the least precise one counts.
    """
    if isinstance(expected, dict):
        assert type(got) is type(expected)
        assert list(got) == list(expected)
        for key in expected:
            assert_same(got[key], expected[key], tolerance)
    elif isinstance(expected, list | tuple):
        assert type(got) is type(expected)
        assert len(got) == len(expected)
        for part, wanted in zip(got, expected, strict=True):
            assert_same(part, wanted, tolerance)
    elif isinstance(expected, np.ndarray | np.generic):
        assert isinstance(got, np.ndarray | np.generic), type(got)
        _assert_close(got, expected, tolerance)
    else:
        assert type(got) is type(expected), f"{got!r} for {expected!r}"
        if isinstance(expected, int | float | complex):
            _assert_close(np.asarray(got), np.asarray(expected), tolerance)
        else:
            assert got == expected


def _assert_close(got: Any, expected: Any, tolerance: float | None) -> None:
    assert got.dtype == expected.dtype
    assert got.shape == expected.shape
    tolerance = TOLERANCE.get(expected.dtype, 1e-11) if tolerance is None else tolerance
    largest = np.max(np.abs(expected[np.isfinite(expected)]), initial=0) if expected.shape else 0
    floor = tolerance * max(float(largest), 1.0)
    np.testing.assert_allclose(got, expected, rtol=tolerance, atol=floor, equal_nan=True)


def bits(x: npt.NDArray[Any]) -> tuple[Any, ...]:
    """What differs if any bit does, but for those of NaNs."""
    x = np.asarray(x)
    one_nan = np.where(np.isnan(x), np.nan, x) if x.dtype.kind in "fc" else x
    return x.dtype, x.shape, one_nan.astype(x.dtype).tobytes()
