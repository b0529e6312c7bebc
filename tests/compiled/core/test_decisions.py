"""What a function goes by other than guards: it runs uncompiled, or has a program for each case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import opgrad as og
from tests.compiled.core.backends import EACH_BACKEND
from tests.compiled.core.same import assert_same

X = np.array([1.0, 2.0, 3.0])
IDENTITY, SINGULAR = np.eye(2), np.ones((2, 2))


def _inverse(m: Any) -> Any:
    try:
        return np.linalg.inv(m)
    except np.linalg.LinAlgError:
        return np.zeros_like(m)


def _reciprocal(x: float) -> float:
    try:
        return 1 / x
    except ZeroDivisionError:
        return 0.0


def _plain_or_sum(x: Any) -> Any:
    try:
        return float(x) * 2
    except TypeError:
        return x * 10


@EACH_BACKEND
@pytest.mark.filterwarnings("ignore:.*compiled, runs uncompiled:opgrad.errors.CompileWarning")
@pytest.mark.parametrize(
    ("f", "arguments"),
    [
        (_inverse, (IDENTITY, SINGULAR, IDENTITY)),
        (_inverse, (SINGULAR, IDENTITY)),
        (_reciprocal, (2.0, 0.0, 4.0)),
        (_reciprocal, (0.0, 2.0)),
        (_plain_or_sum, (1.0, 2.0)),
    ],
)
def test_exceptions_that_are_caught(
    f: Callable[[Any], Any], arguments: tuple[Any, ...], backend: str
) -> None:
    """Whichever comes first, each call has its own."""
    compiled = og.compile(f, backend=backend)
    for x in arguments:
        assert_same(compiled(x), f(x))


@EACH_BACKEND
def test_bools_of_python_are_part_of_the_program(backend: str) -> None:
    """As keepdims=True is, and what is compared by identity."""

    def f(x: Any, keep: bool) -> Any:
        return np.sum(x, axis=0, keepdims=keep), 1.0 if keep is True else 2.0

    compiled = og.compile(f, backend=backend)
    for keep in (True, False, True):
        assert_same(compiled(X, keep), f(X, keep))
    assert len(compiled.programs) == 2


@EACH_BACKEND
def test_a_number_that_a_shape_depends_on_is_a_decision(backend: str) -> None:
    """Another one makes another program."""
    compiled = og.compile(lambda x, n: np.zeros_like(x, shape=n) + 1, backend=backend)
    assert [compiled(X, n).shape for n in (2, 3)] == [(2,), (3,)]


@EACH_BACKEND
def test_the_order_of_dicts(backend: str) -> None:
    """A function may go by it."""

    def f(d: dict[str, float]) -> float:
        first, second = d.values()
        return first - second

    compiled = og.compile(f, backend=backend)
    assert [compiled({"a": 1.0, "b": 3.0}), compiled({"b": 3.0, "a": 1.0})] == [-2.0, 2.0]


@EACH_BACKEND
def test_keys_that_are_equal_and_not_the_same(backend: str) -> None:
    """1, True and 1.0 are three keys to a function."""
    compiled = og.compile(lambda d: type(next(iter(d))).__name__, backend=backend)
    keys: list[Any] = [1, True, 1.0, 1]
    assert [compiled({key: 0.5}) for key in keys] == [
        "int",
        "bool",
        "float",
        "int",
    ]


@pytest.mark.parametrize(("a", "b"), [(0.0, -0.0), (1, 1.0), ((1,), (1.0,)), (True, 1)])
def test_static_values_are_told_apart(a: Any, b: Any) -> None:
    """That are equal, and not the same."""
    compiled = og.compile(lambda x, s: x * 1 if s else x * 2, static_argnums=1)
    compiled(1.0, a)
    compiled(1.0, b)
    assert len(compiled.programs) == 2


def test_debug_mode_runs_the_function_itself() -> None:
    """And so finds the first NaN."""
    compiled = og.compile(og.grad(lambda x: np.log(x) * 0.0))
    compiled(1.0)
    with og.debug(), np.errstate(all="ignore"), pytest.raises(og.errors.NonFiniteError):
        compiled(0.0)


def test_a_value_from_outside_gets_its_gradient() -> None:
    """The function runs uncompiled."""
    with pytest.warns(og.CompileWarning, match="a Value that it was not given"):
        assert og.grad(lambda w: og.compile(lambda x: x * w)(3.0))(2.0) == 3.0


@pytest.mark.parametrize(
    ("change", "given"),
    [
        (lambda d: d.update(a=2.0), {"a": 1.0}),
        (lambda xs: xs.append(2.0), [1.0]),
    ],
)
def test_a_container_that_is_changed(change: Callable[[Any], None], given: Any) -> None:
    """The function runs uncompiled, so that the caller's changes."""

    def f(container: Any) -> float:
        change(container)
        return 1.0

    with pytest.warns(og.CompileWarning, match="changes a container"):
        og.compile(f)(given)
    assert 2.0 in (given.values() if isinstance(given, dict) else given)


def test_a_result_that_may_hold_traced_values() -> None:
    """The function runs uncompiled."""

    class Box:
        def __init__(self, x: Any) -> None:
            self.x = x

    compiled = og.compile(Box)
    with pytest.warns(og.CompileWarning, match="returns Box"):
        assert compiled(1.0).x == 1.0
    assert compiled(2.0).x == 2.0


@EACH_BACKEND
def test_opaque_ops_are_called_back(backend: str) -> None:
    """Each time, though they could be traced."""
    count = iter(range(10))

    @og.op(opaque=True, samples=[(1.0,)])
    def counted(x: og.Raw) -> og.Raw:
        return x * 0.0 + next(count)

    counted.vjp(lambda g, out, x: g)
    compiled = og.compile(lambda x: counted(x).data, backend=backend)
    assert [compiled(1.0) for _ in range(3)] == [0.0, 1.0, 2.0]


@EACH_BACKEND
@pytest.mark.parametrize(
    "f", [lambda x: x, lambda x: x.T, lambda x: np.atleast_1d(x), lambda x: (x * 2, x)[1]]
)
def test_results_are_no_views_of_arguments(f: Callable[[Any], Any], backend: str) -> None:
    """They may be written to."""
    compiled = og.compile(f, backend=backend)
    for _ in range(2):
        x = X.copy()
        compiled(x)[...] = 0.0
        np.testing.assert_array_equal(x, X)


@EACH_BACKEND
@pytest.mark.parametrize(
    "f",
    [
        lambda x: x * [1.0, 2.0, 3.0],
        lambda x: np.add(x, [1.0, 2.0, 3.0]),
        lambda x: x == [1.0, 5.0, 3.0],
        lambda x: np.where(x > 1, x, [5.0, 6.0, 7.0]),
        lambda x: np.mean(x, where=np.array([True, False, True])),
        lambda x: np.max(x, 0, None, True),
    ],
)
def test_lists_and_rare_arguments(f: Callable[[Any], Any], backend: str) -> None:
    """As NumPy takes them."""
    compiled = og.compile(f, backend=backend)
    for _ in range(2):
        assert_same(compiled(X), f(X))


@EACH_BACKEND
def test_dtypes_of_python_s_numbers(backend: str) -> None:
    """NumPy's functions make NumPy's numbers of them; and they may be out of an array's range."""
    single, small = X.astype(np.float32), X.astype(np.int8)
    for f, arguments in (
        (lambda a, b, x: np.add(a, b) * x, (1.0, 2.0, single)),
        (lambda a, x: np.stack([1.0, x[0]]) * a, (np.float32(2), single)),
        (lambda x, n: x < n, (small, 300)),
    ):
        compiled: Any = og.compile(f, backend=backend)
        for _ in range(2):
            assert_same(compiled(*arguments), f(*arguments))
