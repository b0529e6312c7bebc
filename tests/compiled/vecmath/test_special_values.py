"""Infinities, NaN, signed zeros, subnormal and huge numbers: as NumPy has them."""

from __future__ import annotations

import numpy as np
import pytest

from opgrad_llvm import vecmath
from tests.compiled.vecmath.native import PATHS, Array, Path, evaluate
from tests.compiled.vecmath.references import in_numpy

HALVES = [0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 10.0, 89.0, 104.0, 150.0, 711.0, 746.0, 1075.0]


def edges(dtype: str) -> Array:
    """Of both signs."""
    info = np.finfo(dtype)
    sizes = [
        *HALVES,
        float(info.smallest_subnormal),
        float(info.tiny) * 0.75,
        float(info.tiny),
        float(info.eps),
        1 - float(info.epsneg),
        1 + float(info.eps),
        2.0**24 - 1,
        2.0**24,
        2.0**53 - 1,
        2.0**53,
        float(info.max),
        np.inf,
        np.nan,
    ]
    return np.array([*sizes, *(-x for x in sizes)]).astype(dtype)


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
@pytest.mark.parametrize("dtype", vecmath.DTYPES)
@pytest.mark.parametrize("name", vecmath.FUNCTIONS)
def test_special_values_are_numpy_s(name: str, dtype: str, path: Path) -> None:
    """Which results are NaN, infinite, or a zero, and of which sign; the others are near."""
    grid = np.meshgrid(*[edges(dtype)] * vecmath.FUNCTIONS[name].arity)
    arguments = [x.ravel() for x in grid]
    found = evaluate(name, path, *arguments)
    with np.errstate(all="ignore"):
        expected = in_numpy(name)(*arguments)
    assert np.array_equal(np.isnan(found), np.isnan(expected))
    number = ~np.isnan(expected)
    assert np.array_equal(np.signbit(found)[number], np.signbit(expected)[number])
    finite = np.isfinite(expected)
    assert np.array_equal(found[number & ~finite], expected[number & ~finite])
    info = np.finfo(dtype)
    np.testing.assert_allclose(found[finite], expected[finite], 8 * info.eps, info.tiny)
