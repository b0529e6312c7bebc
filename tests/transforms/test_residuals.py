"""What no rule reads is let go while a function is differentiated; nothing else is."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import numpy as np
import pytest

import opgrad as og
from opgrad.residuals import LARGE, Reads, Released, reads
from opgrad.value import apply

SIZE = LARGE // 8  # float64 numbers in the smallest array that is let go
X = np.linspace(-1.0, 1.0, SIZE)


def read_by(op: og.Op) -> tuple[set[int], bool]:
    """The inputs that an op's rules read, and whether they read its output."""
    found: Reads = reads(op)
    return set(found.inputs), found.out


def made_with(rule: Callable[..., Any]) -> og.Op:
    """A linear op with a rule."""
    op: og.Op = og.Op(name="twice", forward=lambda x: 2 * x, arity=1, elementwise=True)
    op.set_rule(0, rule)
    return op


@pytest.mark.parametrize(
    ("name", "inputs", "out"),
    [
        ("arithmetic.add", set(), False),
        ("arithmetic.mul", {0, 1}, False),
        ("elementary.tanh", set(), True),
        ("elementary.sin", {0}, False),
        ("arrays.matmul", {0, 1}, False),
    ],
)
def test_a_rule_reads_what_its_code_names(name: str, inputs: set[int], out: bool) -> None:
    """Positions of inputs, and the output."""
    assert read_by(og.default_registry().lookup(name)) == (inputs, out)


def test_a_name_in_an_inner_function_is_read() -> None:
    """As a free variable."""
    assert read_by(made_with(lambda g, out, x: next(g * x for _ in range(1))))[0] == {0}


def test_a_rule_that_looks_at_its_variables_reads_all() -> None:
    """By a name that its code does not have."""
    assert read_by(made_with(lambda g, out, x: g * locals()["out"])) == ({0}, True)


def test_a_rule_that_is_no_plain_function_reads_all() -> None:
    """Its code cannot be seen."""

    class Rule:
        def __call__(self, g: Any, out: Any, x: Any) -> Any:
            return 2 * g

    assert read_by(made_with(Rule())) == ({0}, True)


def peak(f: Callable[[], object]) -> int:
    """The most memory that was allocated at a time, in arrays of the size of X."""
    f()
    tracemalloc.start()
    try:
        f()
        return round(tracemalloc.get_traced_memory()[1] / X.nbytes)
    finally:
        tracemalloc.stop()


def chain(x: Any) -> Any:
    """Twenty results that no rule reads."""
    for _ in range(20):
        x = x + 1.0
    return x


def test_grad_lets_go_of_what_no_rule_reads() -> None:
    """Twenty arrays would be kept."""
    assert peak(lambda: og.grad(lambda x: np.sum(chain(x)))(X)) < 6


def test_the_gradient_is_that_of_a_pass_with_all_data() -> None:
    """`vjp` keeps them."""

    def f(x: Any) -> Any:
        return np.sum(np.tanh(np.sin(x) * x + 0.5) - x)

    assert np.array_equal(og.grad(f)(X), og.vjp(f, X)[1](1.0)[0])


def test_what_the_function_knows_keeps_its_data() -> None:
    """It may look at them at any time."""
    known = []

    def f(x: Any) -> Any:
        known.append(x + 1.0)
        return np.sum(chain(known[0]))

    og.grad(f)(X)
    assert np.array_equal(known[0].data, X + 1.0)


def test_jvp_keeps_all() -> None:
    """What a JVP rule reads is not looked into."""
    before: list[Any] = []

    def f(x: Any) -> Any:
        y = chain(x)
        before.append(y)
        return y

    og.jvp(f, (X,), (X,))
    assert isinstance(before[0].inputs[0].data, np.ndarray)


def test_nothing_is_let_go_inside_another_transform() -> None:
    """Whose pass may be one forward."""
    slope = og.grad(lambda x: np.sum(chain(x) ** 3))
    _, tangent = og.jvp(slope, (X,), (np.ones_like(X),))
    assert np.allclose(tangent, 6 * (X + 20.0))


def test_a_rule_that_reads_by_stealth_gets_no_numbers() -> None:
    """But an error."""
    op = made_with(lambda g, out, x: g * list(sys._getframe(0).f_locals.values())[2])

    def f(x: Any) -> Any:
        return np.sum(apply(op, (x + 1.0,)) + 1.0 + 1.0)

    with pytest.raises(RuntimeError, match="was let go because no rule names it"):
        og.grad(f)(X)


def test_operators_say_so_too() -> None:
    """Not only NumPy's functions."""
    with pytest.raises(RuntimeError, match="give it a name there"):
        Released((3,), np.dtype(np.float64)) + 1.0


def test_what_stands_in_has_shape_and_dtype() -> None:
    """So that cotangents are still checked."""
    stand_in = Released((2, 3), np.dtype(np.float32))
    assert (np.shape(stand_in), stand_in.ndim) == ((2, 3), 2)
    assert stand_in.dtype == np.dtype(np.float32)


def test_a_wrong_cotangent_of_what_is_let_go_is_an_error() -> None:
    """As of anything else."""
    op = made_with(lambda g, out, x: g[:-1])

    def f(x: Any) -> Any:
        return np.sum(apply(op, (x + 1.0,)) + 1.0 + 1.0)

    with pytest.raises(og.errors.VjpError, match="shape"):
        og.grad(f)(X)


# -- the last pass ---------------------------------------------------------------------------------


def probe(found: list[Any]) -> og.Op:
    """The identity, whose rule notes how many arrays of the size of X there are."""

    def rule(g: Any, out: Any, x: Any) -> Any:
        found.append(round(tracemalloc.get_traced_memory()[0] / X.nbytes))
        return g

    return made_with(lambda g, out, x: 2 * rule(g, out, x))


def test_a_pass_lets_go_of_what_it_has_been_through() -> None:
    """When it comes to the first op, the data of the twenty after it are gone."""
    found: list[int] = []
    op = probe(found)

    def f(x: Any) -> Any:
        x = apply(op, (x,))
        for _ in range(20):
            x = np.tanh(x)
        return np.sum(x)

    tracemalloc.start()
    try:
        og.grad(f)(X)
    finally:
        tracemalloc.stop()
    assert found[0] <= 3


def test_vjp_keeps_what_its_pass_has_been_through() -> None:
    """It may be called again."""
    _, pull = og.vjp(lambda x: np.sum(np.tanh(np.tanh(x))), X)
    first = pull(1.0)[0].copy()
    assert np.array_equal(first, pull(1.0)[0])


def test_what_the_function_knows_keeps_its_data_after_the_last_pass() -> None:
    """Its rule reads them, and so does who has it."""
    known = []

    def f(x: Any) -> Any:
        known.append(np.tanh(x))
        return np.sum(np.tanh(known[0]))

    og.grad(f)(X)
    assert np.array_equal(known[0].data, np.tanh(X))


def test_zero_cotangents_stay_zero_in_the_last_pass() -> None:
    """It cannot be done again."""
    x = np.abs(X)
    x[0] = 0.0

    def f(x: Any) -> Any:
        return np.sum(np.where(x > 0, np.sqrt(x), 0.0))

    with np.errstate(all="ignore"):
        slope = og.grad(f)(x)
    assert slope[0] == 0.0
    assert np.allclose(slope[1:], 0.5 / np.sqrt(x[1:]))


def test_an_array_that_a_rule_keeps_is_never_added_to() -> None:
    """Nor is a part of it."""
    kept = np.ones_like(X)
    op = made_with(lambda g, out, x: kept)

    def f(x: Any) -> Any:
        return np.sum(apply(op, (x,)) + 3.0 * x)

    assert np.array_equal(og.grad(f)(X), np.full_like(X, 4.0))
    assert np.array_equal(kept, np.ones_like(X))


def test_the_last_pass_through_checkpoints() -> None:
    """Gives what one without gives."""

    def segment(x: Any) -> Any:
        return np.tanh(x * np.sin(x) + 0.5) - x

    def f(x: Any, wrap: Any) -> Any:
        for _ in range(3):
            x = wrap(segment)(x)
        return np.sum(x * x)

    with_checkpoints = og.grad(lambda x: f(x, og.checkpoint))(X)
    assert np.array_equal(with_checkpoints, og.vjp(lambda x: f(x, lambda g: g), X)[1](1.0)[0])


def test_a_pass_inside_a_rule_is_not_the_last() -> None:
    """It may be done again."""

    def rule(g: Any, out: Any, x: Any) -> Any:
        _, pull = og.vjp(lambda z: np.tanh(np.tanh(z)) + z, x)
        assert np.array_equal(pull(g)[0], pull(g)[0])
        return 2.0 * g

    op = made_with(rule)
    assert np.array_equal(og.grad(lambda x: np.sum(apply(op, (x,))))(X), np.full_like(X, 2.0))


def test_a_gradient_inside_a_checkpoint_is_recorded() -> None:
    """And differentiated again."""

    def slope(x: Any) -> Any:
        return og.grad(lambda z: np.sum(np.exp((np.sin(z) + z) * np.cos(x))))(x)

    def f(x: Any, g: Any) -> Any:
        return np.sum(g(x) ** 2)

    found = og.grad(lambda x: f(x, og.checkpoint(slope)))(X)
    assert np.allclose(found, og.grad(lambda x: f(x, slope))(X), rtol=1e-12)


@pytest.mark.parametrize("when", ["before", "inside"])
def test_what_was_made_of_constants_is_left_alone(when: str) -> None:
    """No gradient flows through it; the next call may use it."""

    @cache
    def weights() -> Any:
        w = og.ops["exp"](np.ones_like(X))
        return np.exp(w * w) * w

    def f(x: Any) -> Any:
        return np.sum(np.exp(1e-6 * x * weights()))

    if when == "before":
        weights()
    assert np.array_equal(og.grad(f)(X), og.grad(f)(X))


def test_what_a_known_value_was_made_of_keeps_its_data() -> None:
    """Who has it may differentiate it."""
    known = []

    def f(x: Any) -> Any:
        h = np.sin(x)
        known.append(h * h)
        return np.sum(np.exp(known[0]))

    og.grad(f)(X)
    leaf = known[0].inputs[0].inputs[0]
    slope = og.backward(known[0], np.ones_like(X), wrt=[leaf])[leaf]
    assert np.allclose(slope, np.sin(2 * X))


def test_nothing_is_let_go_under_a_tracer() -> None:
    """It may hold what is in variables: reference counts say nothing."""
    before = sys.gettrace()
    sys.settrace(lambda *_: None)
    try:
        assert np.array_equal(og.grad(lambda x: np.sum(np.tanh(x)))(X * 0), np.ones_like(X))
    finally:
        sys.settrace(before)


def test_a_result_that_the_function_knows_keeps_its_data() -> None:
    """The root of the last pass is no exception."""
    known = []

    def f(x: Any) -> Any:
        known.append(np.tanh(x))
        return known[0]

    og.elementwise_grad(f)(X)
    assert np.array_equal(known[0].data, np.tanh(X))


def test_a_result_that_a_checkpoint_knows_keeps_its_data() -> None:
    """Also when it is computed again."""
    known = []

    def f(x: Any) -> Any:
        known.append(np.tanh(x))
        return known[-1]

    og.grad(lambda x: np.sum(og.checkpoint(f)(x)))(X)
    assert len(known) == 2
    assert np.array_equal(known[1].data, np.tanh(X))


def graph_of_the_user() -> Any:
    """Two ops on a large leaf; nobody knows the first one's result but the second."""
    return np.exp(og.Value(X) * 2.0)


OTHERS: dict[str, Callable[[Any], object]] = {
    "grad": lambda b: og.grad(lambda y: np.sum(y * b))(X),
    "grad, through data": lambda b: og.grad(lambda y: np.sum(y * b.data))(X),
    "value_and_grad": lambda b: og.value_and_grad(lambda y: np.sum(y * b))(X),
    "elementwise_grad": lambda b: og.elementwise_grad(lambda y: np.tanh(y + b))(X),
    "as an argument": lambda b: og.grad(lambda y, b: np.sum(y * b), argnums=(0, 1))(X, b),
    "grad of grad": lambda b: og.grad(lambda y: np.sum(y * og.grad(lambda z: np.sum(z * b))(y)))(X),
    "checkpoint": lambda b: og.grad(og.checkpoint(lambda y: np.sum(y * b)))(X),
    "checkpoint's own pass": lambda b: og.checkpoint(lambda y: np.sum(y * b))(
        og.Value(X)
    ).backward(),
    "grad within a checkpoint": lambda b: og.checkpoint(
        lambda y: np.sum(og.grad(lambda z: np.sum(z * b))(y))
    )(og.Value(X)),
    "two ops on": lambda b: og.grad(lambda y: np.sum(np.tanh(b + 1.0) + y))(X),
}


@pytest.mark.parametrize("other", OTHERS)
def test_what_is_older_than_the_call_is_kept(other: str) -> None:
    """A graph of the user's own meets a function that is differentiated, and stays whole."""
    b = graph_of_the_user()
    OTHERS[other](b)
    assert np.array_equal(b.inputs[0].data, 2.0 * X)
    w = b.inputs[0].inputs[0]
    np.testing.assert_array_equal(og.backward(b, np.ones(SIZE), wrt=[w])[w], 2.0 * b.data)


def test_what_a_checkpoint_captured_is_kept_when_it_is_run_again() -> None:
    """The pass through it lets go of what it computed itself, and nothing else."""
    w = og.Value(X)
    b = np.exp(w * 2.0)
    og.checkpoint(lambda y: np.sum(np.tanh(b + 1.0) + y))(og.Value(X)).backward()
    assert np.array_equal(b.inputs[0].data, 2.0 * X)


def test_what_a_thread_computes_is_kept() -> None:
    """A function's threads record for whoever looks."""
    kept: list[Any] = []

    def f(y: Any) -> Any:
        with ThreadPoolExecutor(1) as pool:
            b = pool.submit(graph_of_the_user).result()
        kept.append(b)
        return np.sum(y * b.data)

    og.grad(f)(X)
    assert np.array_equal(kept[0].inputs[0].data, 2.0 * X)
