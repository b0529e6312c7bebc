"""Operators on special values: on every call, the value, class and exception of the plain run."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import opgrad as og
from tests.compiled.core.backends import EACH_BACKEND
from tests.compiled.core.plain_run import assert_compiled_is_plain

INF, NAN = np.inf, np.nan
SPECIAL = [2.5, 0.0, -0.0, -1.0, INF, -INF, NAN, 0.5]
KINDS: dict[str, list[Any]] = {
    "float": [2.5, 0.0, -0.0, -1.0, 0.5, -INF, NAN, 2.0**53, 1e308],
    "int": [3, 0, -1, 2**53 + 1, 40, 2**62, -(2**63), 2**64 + 1],
    "bool": [True, False],
    "complex": [1 + 2j, 0j, complex(INF, 1), 1e308 + 1e308j, -1 - 0j],
    "float64": [np.float64(x) for x in (2.5, 0.0, -0.0, -INF, 0.5)],
    "float32": [np.float32(x) for x in (2.5, -0.0, NAN, 0.5)],
    "int64": [np.int64(x) for x in (3, 0, -1, 2**53 + 1)],
    "int8": [np.int8(x) for x in (3, 0, -1, 100)],
    "floats": [np.array(SPECIAL)],
    "singles": [np.array(SPECIAL, np.float32)],
    "integers": [np.array([3, 0, -1, 2, 5, 7, 1, 2**53 + 1])],
    "bytes": [np.array([3, 0, -1, 2, 5, 7, 1, 100], np.int8)],
    "booleans": [np.array([True, False] * 4)],
    "complexes": [np.array([1 + 2j, 0, -0.0, 1, 2, 3j, complex(INF, 0), -1])],
}
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
    operator.ge,
    operator.eq,
    operator.ne,
    operator.and_,
    operator.xor,
    operator.lshift,
    operator.rshift,
]
IGNORED = pytest.mark.filterwarnings(
    "ignore:.*compiled, (runs uncompiled|takes more):opgrad.errors.CompileWarning"
)


def _is_endless(apply: Callable[[Any, Any], Any], x: Any, y: Any) -> bool:
    """Whether Python would make an integer that fills the memory."""
    grows = apply in (operator.pow, operator.lshift)
    return grows and isinstance(x, int) and isinstance(y, int) and abs(y) > 1000


@EACH_BACKEND
@IGNORED
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("apply", OPERATORS, ids=lambda f: f.__name__)
def test_operators_on_special_values(
    apply: Callable[[Any, Any], Any], kind: str, backend: str
) -> None:
    """Of each pair of kinds; one function, called with one pair of values after the other."""
    for others in KINDS.values():
        pairs = [(x, y) for x in KINDS[kind] for y in others if not _is_endless(apply, x, y)]
        step = max(1, len(pairs) // (12 if backend == "python" else 4)) | 1
        assert_compiled_is_plain(apply, pairs[::step], backend)


@EACH_BACKEND
@IGNORED
@pytest.mark.parametrize(
    ("function", "calls"),
    [
        (lambda y: 0.0**y, [2.0, -1.0, 0.0, -0.5, 0.5]),
        (lambda n: n << -1, [1, 2]),
        (lambda n: 1 << n, [3, -1, 70, 62, 5]),
        (lambda n: n == 2.0**53, [2**53 + 1, 2**53, 5]),
        (lambda n: n > 2.0**53, [5, 2**53 + 1, 2**53]),
        (lambda x: x**0.5, [np.float64(4.0), np.float64(-INF), np.float64(-0.0)]),
        (lambda a: 3**a, [2, 40, 39, 41, -1]),
        (lambda n: n * n, [3, 2**31, 2**32, 2**40]),
        (lambda n: n + 2**62, [3, 2**61, 2**62]),
        (lambda n: -n, [3, -(2**63)]),
        (lambda n: n // -1, [3, -(2**63)]),
        (lambda n: n / 3, [7, 2**53 + 1, 2**62 + 1]),
        (lambda x: x**2, [3.0, 1e200, -INF, NAN]),
        (lambda x: x**-1, [3.0, 0.0, -0.0, 5e-324, INF]),
        (lambda x: 2.0**x, [3.0, 2000.0, -2000.0, INF, -INF]),
        (lambda z: abs(z), [3 + 4j, 1.5e308 + 1.5e308j, complex(INF, NAN)]),
        (lambda z: 1 / z, [1j, 0j, complex(INF, 0)]),
        (lambda n: np.ones(2, np.int8) + n, [3, 200, -3]),
        (lambda x: 1 / np.maximum(np.sum(x), 0), [np.array([1.0, 2.0]), np.array([1.0, -2.0])]),
    ],
)
def test_python_s_arithmetic_in_every_call(
    function: Callable[[Any], Any], calls: list[Any], backend: str
) -> None:
    """Not only in the first: zero divisions, overflows, roots, integers of any length."""
    for order in (calls, calls[::-1], [calls[0], *calls[1:], calls[0]]):
        assert_compiled_is_plain(function, [(x,) for x in order], backend)


@EACH_BACKEND
def test_a_reciprocal_of_pythons_zero_raises(backend: str) -> None:
    """The op divides as Python does, in a program as well."""
    both = og.value_and_grad(og.ops["elementary.reciprocal"])
    assert_compiled_is_plain(both, [(2.0,), (0.0,), (-4.0,)], backend)


@EACH_BACKEND
@pytest.mark.parametrize("name", ["normal_cdf", "gelu"])
@pytest.mark.parametrize("number", [float, np.float64, np.float32])
def test_numbers_keep_their_kind(name: str, number: Any, backend: str) -> None:
    """NumPy's numbers give NumPy's, of their precision, and Python's give Python's."""
    both = og.value_and_grad(og.ops[f"activations.{name}"])
    assert all(type(x) is number for x in both(number(0.5)))
    assert_compiled_is_plain(both, [(number(0.5),), (number(-2.0),)], backend)
