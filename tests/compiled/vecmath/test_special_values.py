"""Infinities, NaN, signed zeros, subnormal and huge numbers: as NumPy has them."""

from __future__ import annotations

import numpy as np
import pytest

from opgrad_llvm import vecmath
from tests.compiled.vecmath.native import PATHS, Array, Path, evaluate
from tests.compiled.vecmath.references import in_numpy

HALVES = [0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 10.0, 89.0, 104.0, 150.0, 711.0, 746.0, 1075.0]

# Not SciPy's functions, which lose digits at poles and zeros, nor a sum that cancels.
PRECISE_IN_NUMPY = [name for name in vecmath.FUNCTIONS if hasattr(np, name) and name != "logaddexp"]


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


def at_edges(name: str, dtype: str, path: Path) -> tuple[Array, Array]:
    """The results, and NumPy's, of the edges; of two arguments, in all pairs."""
    grid = np.meshgrid(*[edges(dtype)] * vecmath.FUNCTIONS[name].arity)
    arguments = [x.ravel() for x in grid]
    if name == "gammaln":  # SciPy's is infinite for some subnormal numbers
        (x,) = arguments
        arguments = [x[(x == 0) | ~(abs(x) < np.finfo(dtype).tiny)]]
    with np.errstate(all="ignore"):
        return evaluate(name, path, *arguments), in_numpy(name)(*arguments)


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
@pytest.mark.parametrize("dtype", vecmath.DTYPES)
@pytest.mark.parametrize("name", vecmath.FUNCTIONS)
def test_special_values_are_numpy_s(name: str, dtype: str, path: Path) -> None:
    """Which results are NaN or infinite, and the signs."""
    found, expected = at_edges(name, dtype, path)
    assert np.array_equal(np.isnan(found), np.isnan(expected))
    number = ~np.isnan(expected)
    assert np.array_equal(np.signbit(found)[number], np.signbit(expected)[number])
    assert np.array_equal(np.isinf(found), np.isinf(expected))


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
@pytest.mark.parametrize("dtype", vecmath.DTYPES)
@pytest.mark.parametrize("name", PRECISE_IN_NUMPY)
def test_finite_values_at_the_edges_are_near_numpy_s(name: str, dtype: str, path: Path) -> None:
    """Of the functions that are precise there."""
    found, expected = at_edges(name, dtype, path)
    finite = np.isfinite(expected)
    assert np.array_equal(np.isfinite(found), finite)
    info = np.finfo(dtype)
    error = abs(found[finite] - expected[finite])
    assert np.all(error <= 8 * info.eps * abs(expected[finite]) + info.tiny)
