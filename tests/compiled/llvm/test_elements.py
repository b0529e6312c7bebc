"""Elementwise functions: what native code gives is what NumPy gives."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
import scipy.special

import opgrad as og
from opgrad_llvm import vecmath
from opgrad_llvm.elements import ELEMENTS, SCIPY
from tests.compiled.llvm.programs import assert_same, called_back, edges, program_of

FLOATS = [np.float64, np.float32]


def ufuncs() -> list[Any]:
    """All that native code has instructions for, or a math function."""
    own = [f for f in ELEMENTS if isinstance(f, np.ufunc)]
    names = [*vecmath.FUNCTIONS, *SCIPY]
    return own + [getattr(np, name, None) or getattr(scipy.special, name) for name in names]


UFUNCS = {f.__name__: f for f in ufuncs()}
OF_BITS = {"bitwise_and", "bitwise_or", "bitwise_xor", "invert"}
LARGE = {"gammaln", "digamma", "psi"}  # their accuracy is tests/compiled/vecmath's to tell


def inputs(name: str, dtype: Any) -> list[Any]:
    """All edges; all pairs of edges, for a function of two."""
    values = edges(dtype)
    if UFUNCS[name].nin == 1:
        return [values]
    return [np.array(column) for column in zip(*product(values, values), strict=True)]


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("name", sorted(set(UFUNCS) - OF_BITS))
def test_function_of_arrays(name: str, dtype: Any) -> None:
    """On vectors, zeros to NaN."""
    function = UFUNCS[name]
    arrays = [x.astype(dtype) for x in inputs(name, dtype)]
    if function in (np.fmod, np.remainder):  # fmod of a subnormal is a matter of taste in float32
        arrays = [np.where(np.abs(x) < 1e-30, 0, x).astype(dtype) for x in arrays]
    if name == "gammaln":  # SciPy's is inf at the smallest subnormal
        arrays = [np.where(np.abs(x) < 1e-320, 0, x) for x in arrays]
    assert_same(function, *arrays, ulps=64 if name in LARGE else 8)
    assert not called_back(program_of(function, *arrays))


@pytest.mark.parametrize("name", sorted(set(UFUNCS) - OF_BITS))
def test_function_of_numbers(name: str) -> None:
    """In straight-line code."""
    function = UFUNCS[name]
    numbers = [np.float64(x) for x in (0.4, 0.7)[: function.nin]]
    assert_same(function, *numbers, ulps=64 if name in LARGE else 8)
    assert not called_back(program_of(function, *numbers))


INTS = [np.int64, np.int32, np.uint8]
OF_INTS = [
    "add",
    "subtract",
    "multiply",
    "absolute",
    "square",
    "maximum",
    "minimum",
    "greater",
    "less",
    "equal",
    "not_equal",
]
OF_INTS += [
    "greater_equal",
    "less_equal",
    "logical_and",
    "logical_not",
    "bitwise_and",
    "bitwise_xor",
    "invert",
]


@pytest.mark.parametrize("dtype", INTS)
@pytest.mark.parametrize("name", OF_INTS)
def test_function_of_integers(name: str, dtype: Any) -> None:
    """Arrays of them wrap around, as NumPy's do."""
    info = np.iinfo(dtype)
    values = np.array([info.min, info.max, 0, 1, 2, 7, 100], dtype)
    function = UFUNCS[name]
    arrays = [np.array(x) for x in zip(*product(values, repeat=function.nin), strict=True)]
    assert_same(function, *arrays)
    assert not called_back(program_of(function, *arrays))


@pytest.mark.parametrize(
    "name",
    [
        "add",
        "multiply",
        "maximum",
        "minimum",
        "logical_and",
        "logical_or",
        "logical_xor",
        "logical_not",
        "bitwise_and",
        "bitwise_or",
        "bitwise_xor",
        "invert",
        "greater",
        "equal",
        "absolute",
    ],
)
def test_function_of_truths(name: str) -> None:
    """Booleans are numbers of one bit."""
    function = UFUNCS[name]
    arrays = [np.array([True, True, False, False]), np.array([True, False, True, False])]
    assert_same(function, *arrays[: function.nin])


@pytest.mark.parametrize("dtypes", [*product(["f8", "f4", "i8", "i4", "u1", "?"], repeat=2)])
@pytest.mark.parametrize("name", ["add", "multiply", "divide", "greater", "maximum", "arctan2"])
def test_mixed_dtypes(name: str, dtypes: tuple[str, str]) -> None:
    """Native code computes in the dtype that NumPy would."""
    x, y = np.arange(19).astype(dtypes[0]), (np.arange(19)[::-1] % 5).astype(dtypes[1])
    assert_same(UFUNCS[name], x, y)


@pytest.mark.parametrize("bound", [0.0, -0.0, 1.5, np.inf, -np.inf, np.nan])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", ["maximum", "minimum", "fmax", "fmin"])
def test_bounds_known_when_compiled(name: str, dtype: Any, bound: float) -> None:
    """On either side, a NaN among what is bounded or the bound itself."""
    x = edges(dtype)
    assert_same(lambda x: (UFUNCS[name](x, bound), UFUNCS[name](bound, x)), x, ulps=0)


@pytest.mark.parametrize("number", [2, 0.5, True])
@pytest.mark.parametrize("dtype", ["f8", "f4", "i8", "i4", "?"])
def test_python_numbers_take_on_dtypes(number: Any, dtype: str) -> None:
    """As NumPy has it, whether they are inputs or part of the program."""
    x = np.arange(19).astype(dtype)
    assert_same(lambda x, y: x * y, x, number)
    assert_same(lambda x: x * number, x)
    assert_same(lambda x: np.where(x > 1, x, number), x)


@pytest.mark.parametrize("goal", ["f8", "f4", "i8", "i4", "u1", "?"])
@pytest.mark.parametrize("given", ["f8", "f4", "i8", "i4", "u1", "?"])
def test_casts(given: str, goal: str) -> None:
    """From every dtype to every other."""
    x = (np.arange(19) / 3).astype(given)
    assert_same(lambda x: x.astype(goal), x)


@pytest.mark.parametrize("exponent", [0, 1, 2, 3, 5, 8, 9, -1, -2, -7, 0.5, 1.5, -0.5, 2.5, 0.3])
@pytest.mark.parametrize("dtype", FLOATS)
def test_powers_known_when_compiled(exponent: float, dtype: Any) -> None:
    """Products and roots give what ``pow`` gives, on edges, too."""
    assert_same(lambda x: np.power(x, exponent), edges(dtype), ulps=8)


def test_functions_that_are_not_known_are_called_back() -> None:
    """Between native steps, and with the same result."""
    x = np.linspace(0.1, 5, 19)

    def f(x: Any) -> Any:
        return np.exp(scipy.special.j0(x * 2.0)) + 1.0

    assert_same(f, x)
    assert len(called_back(program_of(f, x))) == 1


def test_integers_of_python_do_not_overflow() -> None:
    """Where one does not fit into a word, the function runs in Python."""

    def f(n: Any, x: Any) -> Any:
        return n * n * n, (n * n * n + 1) * x

    program = og.compile(f, backend="llvm")
    program(3, 1.5)
    assert program(4, 1.5) == f(4, 1.5)
    with pytest.warns(og.CompileWarning, match="needs Python itself"):
        assert program(2**40, 1.5) == f(2**40, 1.5)
    assert program(2**80, 1.5) == f(2**80, 1.5)
