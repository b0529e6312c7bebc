"""Errors in units of the last place, over the range of each function."""

from __future__ import annotations

from functools import cache

import mpmath as mp
import numpy as np
import pytest

from opgrad_llvm import vecmath
from tests.compiled.vecmath.native import PATHS, WIDE, Array, Path, evaluate
from tests.compiled.vecmath.references import EXACT, in_numpy, samples

ALLOWED = 4.0
COUNT = {"float64": 420, "float32": 30_000}

EACH_PATH = pytest.mark.parametrize("path", [pytest.param(p, id=name) for name, p in PATHS.items()])
EACH_FUNCTION = pytest.mark.parametrize("name", vecmath.FUNCTIONS)


@cache
def arguments_of(name: str, dtype: str) -> tuple[Array, ...]:
    """Random arguments, the same ones for each path."""
    return tuple(samples(name, dtype, vecmath.FUNCTIONS[name].arity, COUNT[dtype]))


@cache
def exact_values(name: str) -> list[mp.mpf]:
    """Of the arguments in float64, in 80 bits more than it has; the size of sums is theirs."""
    with mp.workprec(133):
        columns = [map(mp.mpf, x.tolist()) for x in arguments_of(name, "float64")]
        return [EXACT[name](*row) for row in zip(*columns, strict=True)]


def largest_operand(name: str, dtype: str) -> Array:
    """What logaddexp adds to: its error is relative to that, where the result is smaller."""
    arguments = arguments_of(name, dtype)
    return np.maximum(*arguments) if name == "logaddexp" else np.zeros_like(arguments[0])


@EACH_PATH
@EACH_FUNCTION
def test_float64(name: str, path: Path) -> None:
    """No error is above 4 ulp: compared with mpmath."""
    found = evaluate(name, path, *arguments_of(name, "float64"))
    sizes = largest_operand(name, "float64")
    rows = zip(found.tolist(), exact_values(name), sizes.tolist(), strict=True)
    with mp.workprec(133):
        for k, (value, exact, size) in enumerate(rows):
            rounded = float(exact)
            if np.isinf(rounded):
                assert value == rounded
                continue
            ulp = np.spacing(max(abs(rounded), abs(size)))
            error = abs((mp.mpf(value) - exact) / mp.mpf(float(ulp)))
            at = [x[k] for x in arguments_of(name, "float64")]
            assert error <= ALLOWED, f"{name} of {at} is {value}, not {exact}"


@EACH_PATH
@EACH_FUNCTION
def test_float32(name: str, path: Path) -> None:
    """No error is above 4 ulp: compared with NumPy's and SciPy's in float64."""
    arguments = arguments_of(name, "float32")
    found = evaluate(name, path, *arguments).astype(np.float64)
    with np.errstate(all="ignore"):
        exact = in_numpy(name)(*(x.astype(np.float64) for x in arguments))
        rounded = exact.astype(np.float32)
    ulp = np.spacing(np.maximum(abs(rounded), abs(largest_operand(name, "float32"))))
    with np.errstate(invalid="ignore"):
        errors = np.where(np.isinf(rounded), 0, abs(found - exact) / ulp)
    worst = int(np.argmax(errors))
    assert errors[worst] <= ALLOWED, f"at {[x[worst] for x in arguments]}"
    assert np.array_equal(np.isinf(found), np.isinf(rounded))


@EACH_FUNCTION
@pytest.mark.parametrize("dtype", vecmath.DTYPES)
def test_results_do_not_depend_on_the_width(name: str, dtype: str) -> None:
    """Eight lanes give, bit by bit, what two give."""
    arguments = arguments_of(name, dtype)
    wide, narrow = (evaluate(name, path, *arguments) for path in (WIDE, Path(2)))
    assert np.array_equal(wide, narrow)


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
@pytest.mark.parametrize("name", ["sin", "cos", "tan"])
@pytest.mark.parametrize("dtype", vecmath.DTYPES)
def test_angles_of_any_size(name: str, dtype: str, path: Path) -> None:
    """Those too large for the reduction are right, too, also beside small ones."""
    angles = np.geomspace(1, np.finfo(dtype).max / 2, 61).astype(dtype)
    with mp.workprec(1200):
        exact = [float(EXACT[name](mp.mpf(x))) for x in angles.tolist()]
    ulp = np.spacing(np.abs(np.array(exact, dtype)))
    assert np.all(abs(evaluate(name, path, angles) - exact) <= ALLOWED * ulp)


@EACH_PATH
@pytest.mark.parametrize("name", ["gammaln", "digamma"])
def test_gamma_functions_of_negative_numbers(name: str, path: Path) -> None:
    """Errors are relative to the value at 1 - x, if that is larger: there are zeros all along."""
    x = np.random.default_rng(7).uniform(-30, 0, 200)
    with mp.workprec(133):
        exact = [EXACT[name](mp.mpf(value)) for value in x.tolist()]
        mirrored = [float(EXACT[name](1 - mp.mpf(value))) for value in x.tolist()]
        ulps = np.spacing(np.maximum(np.abs([float(value) for value in exact]), mirrored))
        found = evaluate(name, path, x).tolist()
        errors = [abs(mp.mpf(a) - b) for a, b in zip(found, exact, strict=True)]
    assert all(error <= ALLOWED * ulp for error, ulp in zip(errors, ulps.tolist(), strict=True))
