"""A zero absorbs an infinite derivative only where an element was not selected.

Expected values are derivatives of closed forms. Where a zero that multiplication made meets an
infinite derivative, they may be NaN instead, but nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import opgrad as og

pytestmark = [
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::opgrad.CompileWarning"),  # some run uncompiled
]

X = np.array([0.0, 4.0])

NOT_SELECTED: dict[str, tuple[Callable[[Any], Any], Any, Any]] = {
    # by name: a function, its argument, and the gradient of the sum of its result
    "where": (lambda x: np.where(x > 0, np.sqrt(x), 0), X, [0, 0.25]),
    "where_before": (lambda x: np.where(x > 0, np.sqrt(np.where(x > 0, x, 0)), 0), X, [0, 0.25]),
    "where_two_roots": (
        lambda x: np.where(x > 0, np.sqrt(x) * np.log(x), 1.0),
        X,
        [0, (0.5 * np.log(4.0) + 1) / 2],
    ),
    "where_column": (
        lambda x: np.where(np.array([[True], [False]]), 1.0, np.sqrt(x)[:, None] * np.ones(3)),
        np.array([0.0, 4.0]),
        [0, 0.75],
    ),
    "where_rows_stretched": (
        lambda x: np.where(x > 0, np.sqrt(x) * np.ones((3, 1)), 0.0),
        X,
        [0, 0.75],
    ),
    "maximum": (lambda x: np.maximum(1.0, np.sqrt(x)), X, [0, 0.25]),
    "minimum": (lambda x: np.minimum(-np.sqrt(x), 1.0), np.array([1.0, 4.0]), [-0.5, -0.25]),
    "fmax": (lambda x: np.fmax(np.sqrt(x), 1.0), X, [0, 0.25]),
    "clip": (lambda x: np.clip(np.sqrt(x), 1.0, 9.0), X, [0, 0.25]),
    "clip_one_bound": (lambda x: np.clip(np.sqrt(x), 1.0, None), X, [0, 0.25]),
    "relu": (lambda x: og.ops.relu(np.sqrt(x) - 1.0), X, [0, 0.25]),
    "hard_tanh": (lambda x: og.ops.hard_tanh(np.sqrt(x) - 1.5), X, [0, 0.25]),
    "hard_sigmoid": (lambda x: og.ops.hard_sigmoid(6 * np.sqrt(x) - 12), X, [0, 0.25]),
    "index": (lambda x: np.sqrt(x)[1], X, [0, 0.25]),
    "index_list": (lambda x: np.sqrt(x)[[1, 1]], X, [0, 0.5]),
    "index_mask": (lambda x: np.sqrt(x)[np.array([False, True])], X, [0, 0.25]),
    "slice": (lambda x: np.sqrt(x)[1:], X, [0, 0.25]),
    "index_of_product": (
        lambda x: (np.sqrt(x)[:, None] @ np.array([[1.0, 2.0]]))[1],
        X,
        [0, 0.75],
    ),
    "take": (lambda x: np.take(np.sqrt(x), [1]), X, [0, 0.25]),
    "compress": (lambda x: np.compress([False, True], np.sqrt(x)), X, [0, 0.25]),
    "delete": (lambda x: np.delete(np.sqrt(x), 0), X, [0, 0.25]),
    "split": (lambda x: np.split(np.sqrt(x), 2)[1], X, [0, 0.25]),
    "diff_of_some": (lambda x: np.diff(np.sqrt(x)[1:] * np.ones(2)), X, [0, 0]),
    "max": (lambda x: np.max(np.sqrt(x)), X, [0, 0.25]),
    "max_axis": (lambda x: np.max(np.sqrt(x)[:, None] * np.ones(2), axis=0), X, [0, 0.5]),
    "min": (lambda x: np.min(-np.sqrt(x)), X, [0, -0.25]),
    "ptp_of_one": (lambda x: np.ptp(np.sqrt(x)[1:]), X, [0, 0]),
    "sort": (lambda x: np.sort(np.sqrt(x))[-1], X, [0, 0.25]),
    "median": (lambda x: np.median(np.sqrt(x)), np.array([0.0, 4.0, 9.0]), [0, 0.25, 0]),
    "percentile": (lambda x: np.percentile(np.sqrt(x), 100), X, [0, 0.25]),
    "tril": (lambda x: np.triu(np.sqrt(x) * np.ones((2, 1)), 1), X, [0, 0.25]),
    "diagonal": (
        lambda x: np.diagonal(np.sqrt(x) * np.ones((2, 1)), 1),
        X,
        [0, 0.25],
    ),
    "nansum": (lambda x: np.nansum(np.where(x > 0, np.sqrt(x), np.nan)), X, [0, 0.25]),
    "select": (lambda x: np.select([x > 0], [np.sqrt(x)], 0.0), X, [0, 0.25]),
    "piecewise": (
        lambda x: np.piecewise(x, [x > 0], [np.sqrt, lambda z: 0 * z]),
        X,
        [0, 0.25],
    ),
    "set": (lambda x: og.at(np.sqrt(x), 0).set(1.0), X, [0, 0.25]),
    "concatenate": (lambda x: np.concatenate([np.sqrt(x), x])[1:], X, [1, 1.25]),
    "stack": (lambda x: np.stack([np.sqrt(x), x])[:, 1], X, [0, 1.25]),
    "pad": (lambda x: np.pad(np.sqrt(x), 1)[2:], X, [0, 0.25]),
    "roll": (lambda x: np.roll(np.sqrt(x), 1)[0], X, [0, 0.25]),
    "reshape": (lambda x: np.reshape(np.sqrt(x), (2, 1))[1], X, [0, 0.25]),
    "floor": (lambda x: np.floor(np.sqrt(x)) + x, X, [1, 1]),
    "sign": (lambda x: np.sign(np.sqrt(x)) + x, X, [1, 1]),
    "cumsum": (lambda x: np.cumsum(np.sqrt(x)[::-1])[0], X, [0, 0.25]),
    "sum_of_selected": (lambda x: np.sum(np.where(x > 0, np.sqrt(x), 0)) ** 2, X, [0, 1]),
    "matmul": (
        lambda x: np.where(x > 0, np.sqrt(x), 0) @ np.array([[1.0, 0.5], [2.0, 0.25]]),
        X,
        [0, 2.25 / 4],
    ),
    "einsum": (
        lambda x: np.einsum("i,j->ij", np.sqrt(x), np.ones(2))[1],
        X,
        [0, 0.5],
    ),
    "convolve": (lambda x: np.convolve(np.sqrt(x)[1:], [1.0, 2.0]), X, [0, 0.75]),
    "checkpoint_of_what_selects": (
        lambda x: og.checkpoint(lambda s, m: np.where(m, s, 0))(np.sqrt(x), X > 0),
        X,
        [0, 0.25],
    ),
    "nested_checkpoint": (
        og.checkpoint(lambda x: og.checkpoint(lambda s: np.where(X > 0, s, 0))(np.sqrt(x)) * 1.0),
        X,
        [0, 0.25],
    ),
    "checkpoint_that_captures": (
        lambda x: (lambda s: og.checkpoint(lambda y: np.where(X > 0, s + 0 * y, 0))(x))(np.sqrt(x)),
        X,
        [0, 0.25],
    ),
    "none_beside": (
        lambda x: (lambda s: np.floor(s) + np.where(x > 0, s, 0))(np.sqrt(x)),
        X,
        [0, 0.25],
    ),
    "float32": (
        lambda x: np.where(x > 0, np.sqrt(x), 0).astype(np.float32)[1:],
        X,
        [0, 0.25],
    ),
    "complex": (lambda x: np.real(np.sqrt(x + 0j)[1]), X, [0, 0.25]),
    "number": (lambda x: np.where(x > 0, np.sqrt(x), 0.0), 0.0, 0.0),
    "number_power": (lambda x: np.where(x > 0, x**0.5, 0.0), 0.0, 0.0),
    "number_maximum": (lambda x: np.maximum(x**0.5, 1.0), 0.0, 0.0),
    "number_relu": (lambda x: og.ops.relu(x**0.5 - 1.0), 0.0, 0.0),
    "number_clip": (lambda x: np.clip(x**0.5, 1.0, 2.0), 0.0, 0.0),
    "reused": (
        lambda x: np.where(x > 0, np.sqrt(x), 0) + np.where(x > 1, np.sqrt(x), 0),
        X,
        [0, 0.5],
    ),
    "also_alive": (lambda x: np.where(x > 1, np.sqrt(x), 0) + x**2, X, [0, 8.25]),
}  # fmt: skip

SECOND: dict[str, tuple[Callable[[Any], Any], Any]] = {
    # by name: a function, and the diagonal of the Hessian of its sum at X
    "where": (lambda x: np.where(x > 0, x**1.5, 0), [0, 0.375]),
    "where_infinite": (lambda x: np.where(x > 0, np.sqrt(x), 0), [0, -1 / 32]),
    "index": (lambda x: (x**1.5)[1:], [0, 0.375]),
    "maximum": (lambda x: np.maximum(x**1.5, 1.0), [0, 0.375]),
    "max": (lambda x: np.max(x**1.5), [0, 0.375]),
    "relu": (lambda x: og.ops.relu(x**1.5 - 1), [0, 0.375]),
    "clip": (lambda x: np.clip(x**1.5, 1.0, 99.0), [0, 0.375]),
    "matmul": (lambda x: (x[:, None] ** 1.5 @ np.ones((1, 3)))[1], [0, 1.125]),
    "checkpoint": (og.checkpoint(lambda x: np.where(x > 0, x**1.5, 0)), [0, 0.375]),
}

NUMBERS: dict[str, tuple[Callable[[Any], Any], Any, Any]] = {
    # by name: the same; where a zero that is a number meets infinity, NaN is right, too
    "cbrt_cubed": (lambda x: np.cbrt(x) ** 3, np.array(0.0), 1.0),
    "sqrt_squared": (lambda x: np.sqrt(x) ** 2, np.array([0.0, 4.0]), [1, 1]),
    "number_squared": (lambda x: np.sqrt(x) ** 2, 0.0, 1.0),
    "parallel": (lambda r: 1 / (1 / r[0] + 1 / r[1]), np.array([0.0, 5.0]), [1, 0]),
    "product_by_logs": (lambda p: np.exp(np.sum(np.log(p))), np.array([0.0, 2.0, 3.0]), [6, 0, 0]),
    "log_exp": (lambda x: np.log(np.exp(x)), np.array([-800.0, 1.0]), [1, 1]),
    "exp_log": (lambda x: np.exp(np.log(x)), np.array([0.0, 1.0]), [1, 1]),
    "exp_log_power": (lambda x: np.exp(0.5 * np.log(x)) ** 2, np.array([0.0, 1.0]), [1, 1]),
    "inverse_twice": (lambda x: 1 / (1 / x), np.array([0.0, 2.0]), [1, 1]),
    "acos_cos": (lambda x: np.arccos(np.cos(x)), np.array([0.0, 1.0]), [1, 1]),
    "times_a_mask": (lambda x: np.sqrt(x) * np.array([0.0, 1.0]), X, [np.nan, 0.25]),
    "selected_number": (lambda x: np.where(x >= 0, np.cbrt(x) ** 3, 0), X, [1, 1]),
    "indexed_number": (lambda x: (np.cbrt(x) ** 3)[[0, 1]], X, [1, 1]),
    "maximum_of_number": (lambda x: np.maximum(np.cbrt(x) ** 3, -1.0), X, [1, 1]),
    "power_of_sum": (lambda x: np.sum(np.sqrt(x)) ** 2, np.array([0.0, 0.0]), [np.nan, np.nan]),
    "matmul_by_zero": (
        lambda x: np.sqrt(x) @ np.array([[0.0], [1.0]]),
        X,
        [np.nan, 0.25],
    ),
    "difference": (lambda x: np.diff(np.cbrt(x)[:, None] * np.ones(2)), X, [0, 0]),
}  # fmt: skip


def total(f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The sum of a function's result."""

    def summed(x: Any) -> Any:
        made = f(x)
        return np.sum(made) if np.shape(made) else made

    return summed


def by_backward(f: Callable[[Any], Any], x: Any) -> Any:
    """``Value.backward``."""
    leaf = og.Value(x)
    total(f)(leaf).backward()
    return leaf.grad


def by_threads(f: Callable[[Any], Any], x: Any) -> Any:
    """``og.backward`` by threads, however small the arrays."""
    leaf = og.Value(x)
    threaded = og.registry.default().scheduler("threaded")
    every = type(threaded)(2, inline_below=0)  # type: ignore[call-arg]  # a protocol's class
    return og.backward(total(f)(leaf), wrt=[leaf], scheduler=every).get(leaf, 0.0 * x)


def by_jvp(f: Callable[[Any], Any], x: Any) -> Any:
    """``og.jvp`` along each axis, of which all but one are 0."""
    units = np.eye(np.size(x)).reshape(-1, *np.shape(x))
    found = [og.jvp(total(f), (x,), (u if np.shape(x) else 1.0,))[1] for u in units]
    return np.array(found).reshape(np.shape(x))


def recorded(f: Callable[[Any], Any], x: Any) -> Any:
    """A recorded pass."""
    leaf = og.Value(x)
    found = og.backward(total(f)(leaf), wrt=[leaf], record=True).get(leaf)
    return 0.0 * x if found is None else found.data if isinstance(found, og.Node) else found


WAYS: dict[str, Callable[[Callable[[Any], Any], Any], Any]] = {
    "grad": lambda f, x: og.grad(total(f))(x),
    "backward": by_backward,
    "threaded": by_threads,
    "jvp": by_jvp,
    "recorded": recorded,
    "recorded_jvp": lambda f, x: og.hvp(
        lambda y: og.jvp(total(f), (x,), (y,))[1], (np.ones_like(x),), (np.ones_like(x),)
    ) * 0 + og.grad(lambda y: og.jvp(total(f), (x,), (y,))[1])(1.0 * np.ones_like(x)),
    "vjp": lambda f, x: og.vjp(total(f), x)[1](1.0)[0],
    "jacobian": lambda f, x: og.jacobian(lambda y: np.reshape(f(y), (-1,)))(x).sum(axis=0),
    "tall_jacobian": lambda f, x: og.jacobian(
        lambda y: np.concatenate([np.reshape(f(y), (-1,))] * 3)
    )(x).sum(axis=0) / 3,
    "checkpoint": lambda f, x: og.grad(total(og.checkpoint(f)))(x),
    "checkpoint_jvp": lambda f, x: by_jvp(og.checkpoint(f), x),
    "python": lambda f, x: og.compile(og.grad(total(f)), backend="python")(x),
    "llvm": lambda f, x: og.compile(og.grad(total(f)), backend="llvm")(x),
    "large": lambda f, x: large(f, x),
}  # fmt: skip


def large(f: Callable[[Any], Any], x: Any) -> Any:
    """``og.grad`` beside an array so large that the pass lets go of what it has been through."""
    big = np.ones(70_000)
    return og.grad(lambda y, z: total(f)(y) + np.sum(np.maximum(z, 0.5) * 2), (0, 1))(x, big)[0]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", NOT_SELECTED)
def test_what_is_not_selected_has_no_part(name: str, way: str) -> None:
    """In every kind of pass."""
    f, x, expected = NOT_SELECTED[name]
    try:
        found = WAYS[way](f, x)
    except ZeroDivisionError:  # Python's numbers have no infinity to be cut further on
        assert isinstance(x, float)
        assert way == "recorded_jvp"
        return
    np.testing.assert_allclose(found, expected, rtol=1e-6 if name == "float32" else 1e-13)


SECOND_WAYS: dict[str, Callable[[Callable[[Any], Any]], Any]] = {
    "hessian": lambda f: og.hessian(total(f))(X),
    "hvp": lambda f: np.diag(og.hvp(total(f), (X,), (np.ones(2),))),
    "one_at_a_time": lambda f: np.diag(
        [og.hvp(total(f), (X,), (unit,))[i] for i, unit in enumerate(np.eye(2))]
    ),
    "forward_over_reverse": lambda f: np.diag(
        og.jvp(og.grad(total(f)), (X,), (np.ones(2),))[1]
    ),
    "reverse_over_forward": lambda f: og.jacobian(
        lambda x: np.stack([og.jvp(total(f), (x,), (unit,))[1] for unit in np.eye(2)])
    )(X),
    "python": lambda f: og.compile(og.hessian(total(f)), backend="python")(X),
    "llvm": lambda f: og.compile(og.hessian(total(f)), backend="llvm")(X),
}  # fmt: skip


@pytest.mark.parametrize("way", SECOND_WAYS)
@pytest.mark.parametrize("name", SECOND)
def test_second_derivatives_of_what_is_not_selected(name: str, way: str) -> None:
    """Are 0 too, also where the first derivative is finite, and gave no sign."""
    f, expected = SECOND[name]
    np.testing.assert_allclose(SECOND_WAYS[way](f), np.diag(expected), rtol=1e-12)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", NUMBERS)
def test_a_zero_that_is_a_number_never_absorbs(name: str, way: str) -> None:
    """The derivative is the true one, or NaN, or refused by Python's own numbers."""
    f, x, expected = NUMBERS[name]
    try:
        found = WAYS[way](f, x)
    except ZeroDivisionError:
        assert isinstance(x, float)
        return
    found, expected = np.broadcast_arrays(found, expected)
    known = ~np.isnan(found)
    np.testing.assert_allclose(found[known], expected[known], rtol=1e-12)


def test_a_joint_rule_that_gives_no_gradient_in_a_tracked_pass() -> None:
    """Comparisons give none: (x > 0) where(x > 1, x, 0) squared has the Hessian 2 where x > 1."""
    found = og.hessian(lambda x: np.sum((x > 0) * np.where(x > 1, x, 0) ** 2))(np.array([0.5, 2.0]))
    np.testing.assert_array_equal(found, [[0, 0], [0, 2]])


def test_a_rule_that_is_not_differentiable_at_ones() -> None:
    """An element of an eigenvector has second derivatives, here in closed form."""

    def square(b: Any) -> Any:
        matrix = np.stack([np.stack([3.0 + 0 * b, b]), np.stack([b, 1.0 + 0 * b])])
        return np.linalg.eigh(matrix)[1][0, 1] ** 2  # (1 + 1 / sqrt(1 + b b)) / 2

    b = 0.7
    expected = (2 * b**2 - 1) / (2 * (1 + b**2) ** 2.5)
    assert og.grad(og.grad(square))(b) == pytest.approx(expected, rel=1e-10)


def test_a_comparison_behind_an_infinite_derivative() -> None:
    """A rule that gives neither input a cotangent does so while zeros are tracked, too."""

    def f(x: Any) -> Any:
        return np.sum(np.hypot(np.greater_equal(np.sqrt(x), x), x))

    np.testing.assert_array_equal(og.hvp(f, (np.array([4.0, 9.0]),), (np.ones(2),)), [0.0, 0.0])
    assert np.shape(og.hvp(f, (np.zeros(2),), (np.ones(2),))) == (2,)


@pytest.mark.parametrize("compiled", [False, True])
def test_of_nothing_no_element_is_alive(compiled: bool) -> None:
    """Where nothing is selected of an empty array, what is infinite beside it has no part."""

    def f(a: Any, x: Any) -> Any:
        return np.sum(np.where(np.less(x, 0), 0.0, x * np.log(a)))

    gradient = og.grad(f)
    gradient = og.compile(gradient, backend="python") if compiled else gradient
    assert gradient(0.0, np.zeros(0)) == 0
