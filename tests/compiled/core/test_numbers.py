"""Numbers keep their kinds: Python's, NumPy's, and the dtypes of arrays."""

from __future__ import annotations

import operator
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import opgrad as og
from tests.compiled.core.backends import EACH_BACKEND
from tests.compiled.core.same import assert_same

OPERATORS: list[Callable[[Any, Any], Any]] = [
    operator.add,
    operator.sub,
    operator.mul,
    operator.truediv,
    operator.floordiv,
    operator.mod,
    operator.pow,
    divmod,
    operator.lt,
    operator.le,
    operator.gt,
    operator.ge,
    operator.eq,
    operator.ne,
]
BITWISE: list[Callable[[Any, Any], Any]] = [
    operator.and_,
    operator.or_,
    operator.xor,
    operator.lshift,
    operator.rshift,
]
UNARY: list[Callable[[Any], Any]] = [operator.neg, operator.pos, abs]

FLOATS: list[Any] = [2.5, -1.5, 3, 2, True, np.float64(1.25), np.float32(0.75), np.int64(3)]
FLOATS += [np.array([1.5, 2.5], np.float32), np.array([0.5, 4.0]), np.array([1, 3])]
FLOATS += [np.array([True, True])]
INTEGERS: list[Any] = [
    5,
    2,
    True,
    False,
    np.int64(3),
    np.int8(1),
    np.array([1, 2]),
    np.array([True, False]),
]


def _agree(f: Callable[..., Any], *args: Any, backend: str) -> None:
    compiled = og.compile(f, backend=backend)
    try:
        with warnings.catch_warnings(action="ignore"):
            expected = f(*args)
    except TypeError as error:  # such as minus of NumPy's booleans
        with pytest.raises(type(error)):
            compiled(*args)
        return
    with warnings.catch_warnings(action="ignore", category=RuntimeWarning):
        assert_same(compiled(*args), expected)
    assert_same(compiled(*args), expected)


@EACH_BACKEND
@pytest.mark.parametrize("function", OPERATORS, ids=lambda f: f.__name__)
def test_operators(backend: str, function: Callable[[Any, Any], Any]) -> None:
    """Of all kinds of numbers and arrays, with each other and with constants.

    What is traced is the same for both backends; native code is made of a third of it.
    """
    for i, x in enumerate(FLOATS):
        for j, y in enumerate(FLOATS):
            if function is operator.pow and np.any(np.less(x, 0)) and np.any(np.mod(y, 1)):
                continue  # complex to Python, NaN to NumPy
            if function is operator.pow and np.asarray(x).dtype == bool and np.shape(x):
                continue  # int8 to the operator, int64 to np.power
            forms: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
                (function, (x, y)),
                (lambda x, y=y: function(x, y), (x,)),
                (lambda y, x=x: function(x, y), (y,)),
            ]
            for form, args in forms if backend == "python" else [forms[(i + j) % 3]]:
                _agree(form, *args, backend=backend)


@EACH_BACKEND
@pytest.mark.parametrize("function", BITWISE, ids=lambda f: f.__name__)
def test_bitwise_operators(backend: str, function: Callable[[Any, Any], Any]) -> None:
    """Of integers and booleans."""
    for x in INTEGERS:
        for y in INTEGERS:
            _agree(function, x, y, backend=backend)
            _agree(lambda y, x=x: function(x, y), y, backend=backend)


@EACH_BACKEND
@pytest.mark.parametrize("function", UNARY, ids=lambda f: f.__name__)
def test_unary_operators(backend: str, function: Callable[[Any], Any]) -> None:
    """To Python, a bool is an integer: ``-True`` is -1."""
    for x in [*FLOATS, *INTEGERS]:
        _agree(function, x, backend=backend)


@EACH_BACKEND
@pytest.mark.parametrize("y", [0, 1, 2, True, 0.5, np.int64(2), np.array([1, 2])])
def test_powers_of_an_array_of_bools(backend: str, y: Any) -> None:
    """``x ** 2`` is one of int8, as NumPy has it; with a warning if NumPy itself is needed."""
    x = np.array([True, False])
    for f, args in ((operator.pow, (x, y)), (lambda x: x**y, (x,))):
        compiled = og.compile(f, backend=backend)
        for _ in range(2):
            with warnings.catch_warnings(action="ignore", category=og.errors.CompileWarning):
                assert_same(compiled(*args), f(*args))


@EACH_BACKEND
def test_invert(backend: str) -> None:
    """``~x`` of integers and booleans of NumPy's."""
    for x in (5, np.int64(3), np.array([True, False]), np.array([1, 2])):
        _agree(operator.invert, x, backend=backend)


@EACH_BACKEND
def test_python_floats_stay_python_floats(backend: str) -> None:
    """Also through NumPy, derivatives and decisions."""
    f = og.compile(og.value_and_grad(lambda x: np.exp(x) * x), backend=backend)
    for x in (1.0, 2.0):
        value, slope = f(x)
        assert type(value) is float
        assert type(slope) is float


@EACH_BACKEND
def test_single_precision_stays_single(backend: str) -> None:
    """Python's numbers take on the dtype of what they meet."""
    f = og.compile(og.grad(lambda x: np.sum(np.tanh(x * 2.5) / 3 + 1)), backend=backend)
    for x in (np.float32(0.5), np.array([0.5, 1.0], np.float32)):
        for _ in range(2):
            assert f(x).dtype == np.float32


@EACH_BACKEND
def test_arrays_without_axes_are_numpy_s_numbers(backend: str) -> None:
    """As NumPy's own functions have it."""
    f = og.compile(lambda x: x * 2, backend=backend)
    for _ in range(2):
        assert type(f(np.array(1.5))) is np.float64
        assert type(f(np.float32(1.5))) is np.float32


@EACH_BACKEND
@pytest.mark.parametrize(
    "function",
    [np.sum, np.mean, np.max, np.prod, np.any, np.all, np.std, np.ravel, np.round],
    ids=lambda f: f.__name__,
)
def test_numpy_makes_its_own_numbers_of_python_s(
    backend: str, function: Callable[[Any], Any]
) -> None:
    """Unlike operators."""
    for x in (2.5, 3, True):
        _agree(function, x, backend=backend)


@EACH_BACKEND
def test_the_real_part_of_python_s_numbers_is_one(backend: str) -> None:
    """``np.real`` reads an attribute of them."""
    for x in (2.5, 3, np.float64(2.5)):
        _agree(np.real, x, backend=backend)


@EACH_BACKEND
def test_powers_of_integers(backend: str) -> None:
    """With a negative exponent, a float."""
    f = og.compile(lambda n: 2**n, backend=backend)
    assert [f(n) for n in (3, -1, 4, -2)] == [8, 0.5, 16, 0.25]
    assert [type(f(n)) for n in (3, -1)] == [int, float]
    assert og.compile(lambda n: n**-1, backend=backend)(4) == 0.25


@EACH_BACKEND
def test_a_complex_root_runs_uncompiled(backend: str) -> None:
    """Python's power of a negative number is complex, NumPy's NaN."""
    f = og.compile(lambda x: x**0.5, backend=backend)
    with pytest.warns(og.CompileWarning, match="complex root of a negative number"):
        assert f(-1.0) == (-1.0) ** 0.5


@EACH_BACKEND
def test_integers_that_are_too_long_run_uncompiled(backend: str) -> None:
    """Programs have 64 bits for them."""
    f = og.compile(lambda n: n + 1, backend=backend)
    assert f(2**64) == 2**64 + 1
    assert f.programs == []
    square = og.compile(lambda n: n * n, backend=backend)
    with pytest.warns(og.CompileWarning, match="integer of more than 64 bits"):
        assert square(2**40) == 2**80


@EACH_BACKEND
def test_results_in_the_dtype_of_each_input(backend: str) -> None:
    """A gradient has its argument's dtype, in mixed company, too."""

    def f(x: Any, y: Any, z: Any) -> Any:
        return np.sum(x * y) * z

    args = (np.array([1.0, 2.0], np.float32), np.array([3.0, 4.0]), 2.0)
    compiled = og.compile(og.grad(f, argnums=(0, 1, 2)), backend=backend)
    for _ in range(2):
        assert_same(compiled(*args), og.grad(f, argnums=(0, 1, 2))(*args))


@EACH_BACKEND
def test_byte_orders(backend: str) -> None:
    """Arrays of foreign byte order."""
    x = np.array([1.0, 2.0]).astype(">f8")
    compiled = og.compile(lambda x: np.exp(x) + x, backend=backend)
    for _ in range(2):
        np.testing.assert_allclose(compiled(x), np.exp(x) + x)


MEETINGS: list[Callable[[Any, Any], Any]] = [
    *OPERATORS[:2],
    *OPERATORS[8:],
    np.add,
    np.multiply,
    np.maximum,
    np.fmin,
    np.less,
    np.equal,
    lambda n, x: np.clip(x, n, 100),
    lambda n, x: np.clip(x, None, n),
]


@EACH_BACKEND
@pytest.mark.parametrize("dtype", [np.uint64, np.uint8, np.int8, np.int64])
def test_integer_beyond_the_dtype_it_meets(dtype: type, backend: str) -> None:
    """A Python integer that an array's dtype does not have gives NumPy's result, or its error."""
    x: Any = np.array([0, 1, 3], dtype)
    for f in MEETINGS:
        for g in (f, lambda x, n, f=f: f(n, x)):
            swapped = g is not f
            compiled = og.compile(g, backend=backend)
            for n in (2, -1, 300, 2**63 - 1, -(2**63)):
                args = (x, n) if swapped else (n, x)
                with warnings.catch_warnings(action="ignore"):
                    try:
                        expected = g(*args)
                    except (OverflowError, TypeError) as error:
                        with pytest.raises(type(error)):
                            compiled(*args)
                    else:
                        assert_same(compiled(*args), expected)


@EACH_BACKEND
def test_clip_by_constants_beyond_the_dtype(backend: str) -> None:
    """Bounds that the dtype does not have are none, as in NumPy."""
    x = np.array([0, 3, 200], np.uint8)
    assert_same(og.compile(lambda x: np.clip(x, -1, 300), backend=backend)(x), x)
    assert_same(
        og.compile(lambda x: np.clip(x, -1, 1), backend=backend)(x), np.array([0, 1, 1], np.uint8)
    )
