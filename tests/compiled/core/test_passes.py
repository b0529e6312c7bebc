"""Each pass does what it says, and leaves alone what is not the same to the last bit."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import opgrad as og
from opgrad.compiler.passes import (
    LARGEST,
    Pass,
    fold_constants,
    gather_scatters,
    optimise,
    remove_dead,
    share_common,
    simplify_algebra,
    simplify_shapes,
)
from tests.compiled.core.same import assert_same, bits
from tests.compiled.core.traced_graphs import ops_of, run, traced

X = np.array([0.5, -0.0, np.inf, -np.inf, np.nan])
PASSES: list[Pass] = [
    fold_constants,
    gather_scatters,
    optimise,
    remove_dead,
    share_common,
    simplify_algebra,
    simplify_shapes,
]


def _after(step: Pass, function: Callable[..., Any], *args: Any) -> list[str]:
    """What is left of a function after a pass, which gives the same."""
    graph = traced(function, *args)
    simpler = step(graph)
    assert_same(run(simpler, *args), run(graph, *args))
    return ops_of(simpler)


# -- algebra -----------------------------------------------------------------------------------

SIMPLER: dict[str, tuple[Callable[[Any], Any], list[str]]] = {
    "x * 1": (lambda x: x * 1, []),
    "1 * x": (lambda x: 1.0 * x, []),
    "x / 1": (lambda x: x / 1, []),
    "x - 0": (lambda x: x - 0.0, []),
    "x + -0.0": (lambda x: x + -0.0, []),
    "-0.0 + x": (lambda x: -0.0 + x, []),
    "-(-x)": (lambda x: operator.neg(-x), []),
    "x ** 1": (lambda x: x**1, []),
    "x ** 2": (lambda x: x**2, ["multiply"]),
    "x * -1": (lambda x: x * -1, ["negative"]),
}

AS_IT_IS: dict[str, Callable[[Any], Any]] = {
    "x + 0.0: of -0.0 it makes 0.0": lambda x: x + 0.0,
    "0 + x": lambda x: 0 + x,
    "x - -0.0": lambda x: x - -0.0,
    "0 - x: 0.0 of 0.0": lambda x: 0.0 - x,
    "x * 0: NaN of infinity, -0.0": lambda x: x * 0,
    "x - x": lambda x: x - x,
    "x / x": lambda x: x / x,
    "0 / x": lambda x: 0.0 / x,
    "x ** 0.5: of -inf not the root": lambda x: x**0.5,
    "x ** 0": lambda x: x**0,
    "x ** 3: no product is as exact": lambda x: x**3,
    "x * 2 / 2: may overflow": lambda x: x * 2 / 2,
    "x / 3": lambda x: x / 3,
    "x == x": lambda x: x == x,
    "maximum(x, x), NaN's sign": lambda x: np.maximum(x, -np.inf),
}


@pytest.mark.parametrize(("function", "left"), SIMPLER.values(), ids=list(SIMPLER))
def test_algebra_that_is_exact(function: Callable[[Any], Any], left: list[str]) -> None:
    """Of arrays and of numbers, infinities, NaNs and signed zeros included."""
    for x in (X, X.astype(np.float32), 0.5, -0.0, np.float64(-0.0), np.inf, np.nan):
        if not isinstance(x, float) or np.isfinite(x):
            graph = traced(function, x)
        if len(graph.outputs) > 1:  # a guard: a power of Python's numbers may overflow
            continue
        simpler = simplify_algebra(graph)
        assert ops_of(remove_dead(simpler)) == left
        for data in (x, x * -1.0):
            [before], [after] = run(graph, data), run(simpler, data)
            assert type(after) is type(before)
            assert bits(after) == bits(before)


def test_a_choice_between_the_same() -> None:
    """``where(c, x, x)`` is x, for an array."""
    graph = traced(lambda x: np.where(x > 0, x, x), X)
    assert ops_of(remove_dead(simplify_algebra(graph))) == []


@pytest.mark.parametrize("function", AS_IT_IS.values(), ids=list(AS_IT_IS))
def test_algebra_that_is_not(function: Callable[[Any], Any]) -> None:
    """To IEEE arithmetic these are something else for some x."""
    with np.errstate(all="ignore"):
        graph = traced(function, X)
    assert ops_of(simplify_algebra(graph)) == ops_of(graph)


def test_algebra_keeps_kinds() -> None:
    """What changes the dtype of x, or its shape, or makes an array of a number, stays."""
    one = np.float64(1.0)
    kept: list[tuple[Callable[..., Any], Any]] = [
        (lambda x: x * one, np.ones(2, np.float32)),
        (lambda x: x * 1.0, np.ones(2, int)),
        (lambda x: x / 1, 3),
        (lambda x: x * 1, np.ones(2, bool)),
        (lambda x: x * one, 2.5),
        (lambda x: x * np.ones(1), np.float64(2.5)),
        (lambda x: x - np.zeros((2, 2)), np.ones(2)),
    ]
    for function, x in kept:
        graph = traced(function, x)
        assert ops_of(simplify_algebra(graph)) == ops_of(graph)


# -- common subexpressions, constants, dead code -----------------------------------------------


def test_common_subexpressions_are_computed_once() -> None:
    """Also deep ones, and of gradients what the forward pass has."""
    left = _after(share_common, lambda x: np.sin(x * 2) + np.sin(x * 2), X[:2])
    assert left == ["multiply", "sin", "add"]


def test_a_gradient_shares_with_the_forward_pass() -> None:
    """The derivative of exp is what was computed on the way."""

    def f(x: Any) -> Any:
        return np.sum(np.exp(x))

    assert _after(optimise, og.value_and_grad(f), X[:2]).count("exp") == 1


@pytest.mark.parametrize(
    "function",
    [
        lambda x: (x * 0.0, x * -0.0),
        lambda x: (x * 1, x * 1.0),
        lambda x: (x + 1, x + np.float32(1)),
        lambda x: (x - 2, 2 - x),
        lambda x: (np.sum(np.outer(x, x), axis=0), np.sum(np.outer(x, x), axis=1)),
        lambda x: (x[:2], x[1:]),
        lambda x: (x < 2, x > 2),
        lambda x: (np.minimum(x, 2), np.maximum(x, 2)),
    ],
)
def test_what_only_looks_alike_is_computed_twice(function: Callable[[Any], Any]) -> None:
    """Equal constants of other signs or types, other orders, other params."""
    graph = share_common(traced(function, np.array([1.0, 2.0, 3.0])))
    first, second = graph.outputs
    assert first is not second


def test_call_backs_are_not_shared() -> None:
    """Foreign code may give something else each time."""
    left = _after(share_common, lambda x: np.sort(x) + np.sort(x), X[:2])
    assert left.count("numpy.sort") == 2


def test_constants_are_folded() -> None:
    """What depends on constants alone; broadcasts of one number, too."""
    assert _after(fold_constants, lambda x: x + np.broadcast_to(2.0, (5,)), X) == ["add"]


def test_large_constants_are_not_folded() -> None:
    """They would be kept as long as the program."""
    n = LARGEST // 8 + 1
    graph = traced(lambda x: x + np.broadcast_to(2.0, (n,)), np.zeros(n))
    assert "broadcast_to" in ops_of(fold_constants(graph))


def test_dead_code_goes() -> None:
    """What no output depends on; inputs stay inputs."""
    graph = traced(lambda x, y: np.sin(y) * 0 if False else np.exp(x), 1.0, 2.0)
    for step in PASSES:
        assert step(graph).inputs == graph.inputs
    assert ops_of(remove_dead(graph)) == ["exp"]


# -- shapes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "left"),
    [
        (lambda x: np.reshape(np.reshape(x, (2, 3)), (6,)), []),
        (lambda x: np.reshape(np.reshape(x, (2, 3)), (3, 2)), ["reshape"]),
        (lambda x: np.reshape(x, (2, 3)).T.T * 2, ["reshape", "multiply"]),
        (lambda x: np.broadcast_to(np.broadcast_to(x, (2, 6)), (3, 2, 6)), ["broadcast_to"]),
        (lambda x: x.astype(float) * 2, ["multiply"]),
        (lambda x: np.exp(np.broadcast_to(x, (4, 6))), ["exp", "broadcast_to"]),
        (lambda x: np.broadcast_to(np.sum(x), (6,)) * x, ["sum", "multiply"]),
    ],
)
def test_layouts_that_can_be_spared(function: Callable[[Any], Any], left: list[str]) -> None:
    """Of two in a row one or none is left; elementwise ops come before broadcasts."""
    assert _after(lambda g: remove_dead(simplify_shapes(g)), function, np.arange(6.0)) == left


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x.astype(np.float32).astype(np.float64),
        lambda x: np.reshape(x, (2, 3)).T,
        lambda x: np.transpose(np.reshape(x, (1, 2, 3)), (1, 2, 0)),
        lambda x: np.reshape(np.reshape(x, (2, 3)).T, (6,)),
    ],
)
def test_layouts_that_cannot(function: Callable[[Any], Any]) -> None:
    """Casts that lose digits; transposes and reshapes of each other."""
    graph = traced(function, np.arange(6.0))
    assert ops_of(simplify_shapes(graph)) == ops_of(graph)


def test_a_broadcast_number_does_not_take_on_a_dtype() -> None:
    """An array of Python's 2.5 is float64, the number itself is as precise as what it meets."""

    def f(x: Any, y: float) -> Any:
        return x * np.broadcast_to(y, (2,)), x * y

    x = np.ones(2, np.float32)
    graph = traced(f, x, 2.5)
    both = run(simplify_shapes(graph), x, 2.5)
    assert [out.dtype for out in both] == [np.float64, np.float32]


def test_broadcasts_are_put_off_where_dtypes_allow() -> None:
    """A number beside others of the result's dtype, and alone."""

    def f(x: Any, y: float) -> Any:
        many = np.broadcast_to(y, (2,))
        return x * many, np.exp(many)

    assert _after(simplify_shapes, f, X[:2], 2.5) == ["multiply", "exp", "broadcast_to"]


# -- scatters ----------------------------------------------------------------------------------


def test_scatters_are_gathered() -> None:
    """The gradient by an array that was taken apart is one scatter."""
    gradient = og.grad(lambda x: x[0] * x[1] + np.sin(x[2]) * x[0] + np.sum(x[1:3]))
    x = np.array([0.5, 1.0, 2.0, 3.0])
    assert _after(gather_scatters, gradient, x).count("scatter") == 1


def test_a_scatter_that_is_used_elsewhere_stays() -> None:
    """Only those are gathered that nothing else needs."""

    def f(x: Any) -> Any:
        ones = og.grad(lambda x: np.sum(x[:2] * x[:2]) + np.sum(x[1:] ** 3))(x)
        part = og.grad(lambda x: np.sum(x[:2] * x[:2]))(x)
        return ones, part

    assert _after(optimise, f, np.array([0.5, 1.0, 2.0])).count("scatter") >= 2


# -- all ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", PASSES, ids=lambda step: step.__name__)
def test_a_pass_changes_no_graph(step: Pass) -> None:
    """It makes another one, of the same inputs, with as many outputs."""
    gradient = og.value_and_grad(lambda x: np.sum(np.tanh(x * 1) ** 2) + x[0] * x[1])
    graph = traced(gradient, np.array([0.5, 1.0]))
    text = str(graph)
    simpler = step(graph)
    assert str(graph) == text
    assert simpler.inputs == graph.inputs
    assert len(simpler.outputs) == len(graph.outputs)


@pytest.mark.parametrize("step", PASSES, ids=lambda step: step.__name__)
def test_a_pass_has_nothing_left_to_do(step: Pass) -> None:
    """A second time, it finds as many nodes as it left."""
    gradient = og.hessian(lambda x: np.sum(np.tanh(x * 1) ** 2) + x[0] * x[1])
    once = step(traced(gradient, np.array([0.5, 1.0])))
    assert len(step(once)) == len(once)
