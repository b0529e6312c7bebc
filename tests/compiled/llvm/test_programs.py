"""Programs as a whole: random ones, threads, tiers, processes."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import opgrad as og
from opgrad_llvm import lowering, program, spread
from tests.compiled.llvm.programs import assert_same, compiled, program_of

Step = Callable[[Any, Any], Any]

STEPS: list[Step] = [
    lambda x, y: x + y,
    lambda x, y: x - 0.5 * y,
    lambda x, y: x * y,
    lambda x, y: np.tanh(x),
    lambda x, y: np.exp(-np.abs(x)),
    lambda x, y: np.where(x > y, x, y * 0.5),
    lambda x, y: np.maximum(x, 0),
    lambda x, y: np.sum(x),
    lambda x, y: np.sum(x, axis=0) if np.ndim(x) else x,
    lambda x, y: np.max(x, axis=-1, keepdims=True) if np.ndim(x) else x,
    lambda x, y: np.mean(x, axis=-1) if np.ndim(x) else x,
    lambda x, y: x.T if np.ndim(x) else x,
    lambda x, y: x[..., ::2] if np.ndim(x) else x,
    lambda x, y: x[0] if np.ndim(x) else x,
    lambda x, y: np.reshape(x, (-1,)),
    lambda x, y: np.reshape(x, (*np.shape(x), 1)),
    lambda x, y: x.astype(np.float32),
    lambda x, y: (x > y) & (x < 2.0),
    lambda x, y: np.cumsum(x, axis=-1) if np.ndim(x) else x,  # a host step
    lambda x, y: np.logaddexp(x, y),
    lambda x, y: np.minimum(x, y) / (1.0 + y * y),
]


@settings(max_examples=150)
@given(
    st.lists(st.tuples(st.integers(0, len(STEPS) - 1), st.integers(0, 30), st.integers(0, 30)),
             min_size=1, max_size=25),
    st.lists(st.tuples(st.integers(1, 5), st.integers(1, 9)), min_size=1, max_size=2),
)  # fmt: skip
def test_random_programs(steps: list[tuple[int, int, int]], shapes: list[tuple[int, int]]) -> None:
    """Whatever their shapes, steps and dtypes: what NumPy gives is what native code gives."""
    rng = np.random.default_rng(len(steps))
    arrays = [rng.uniform(-1, 1, shape) for shape in shapes]

    def f(*inputs: Any) -> Any:
        values: list[Any] = [*inputs, inputs[0][0], inputs[-1][:, 0]]
        for which, a, b in steps:
            x, y = values[a % len(values)], values[b % len(values)]
            if np.size(x) and np.size(y) and _fit(x, y):
                z = STEPS[which](x, y)
                values.append(z * 1.0 if z.dtype == bool else z)
        return values

    assert_same(f, *arrays, ulps=4096 * 2**29)  # float32 may be part of it


def _fit(x: Any, y: Any) -> bool:
    try:
        shape = np.broadcast_shapes(np.shape(x), np.shape(y))
    except ValueError:
        return False
    return len(shape) < 5 and int(np.prod(shape)) < 5000


def test_threads_may_share_a_program() -> None:
    """Each call computes in memory of its own."""
    f = program_of(lambda x: (np.exp(x) * np.sum(x), np.sum(x) * 2.0), np.ones(1000))

    def run(k: int) -> bool:
        x = np.full(1000, k / 100)
        y, total = f(x)
        return bool(np.allclose(y, np.exp(x) * np.sum(x)) and np.isclose(total, 2 * np.sum(x)))

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(run, range(400)))


@pytest.fixture
def four_threads(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Loops of any size are spread over four threads."""
    monkeypatch.setattr(spread, "WORTH", 1)
    og.set_num_threads(4)
    yield
    og.set_num_threads(1)


@pytest.mark.usefixtures("four_threads")
@pytest.mark.parametrize("shape", [(100_003,), (37, 1001), (5, 7, 301)])
def test_loops_spread_over_threads(shape: tuple[int, ...]) -> None:
    """With all kinds of reductions."""

    def f(x: Any) -> Any:
        y = np.exp(x) * 2.0
        return y, np.sum(y), np.max(y), np.sum(y, axis=-1), np.min(y * x, axis=0), np.sum(y > 3)

    assert_same(f, np.random.default_rng(0).uniform(-1, 1, shape), ulps=256)


def test_at_least_one_thread() -> None:
    """None at all could not run anything."""
    with pytest.raises(ValueError, match="at least one"):
        og.set_num_threads(0)
    with pytest.raises(TypeError):
        og.set_num_threads(1.5)  # type: ignore[arg-type]  # on purpose
    assert og.get_num_threads() == 1


@pytest.mark.usefixtures("four_threads")
def test_the_number_of_threads_may_change_between_calls() -> None:
    """A program that there is already uses the new one."""
    f = compiled(lambda x: np.sum(np.exp(x)))
    x = np.linspace(0, 1, 100_003)
    first = f(x)
    og.set_num_threads(2)
    assert np.isclose(f(x), first, rtol=1e-14)


def long(x: Any) -> Any:
    """Straight-line code of more than a few functions."""
    values = [x, x * 2.0]
    for k in range(lowering.LARGE):
        values.append(values[-1] * 0.5 + values[k // 2] * 0.25)
    return values[-1]


def test_large_programs_come_in_tiers() -> None:
    """First fast to compile, on request better; the results are the same."""
    f = program_of(long, 1.5)
    first = f(1.5)
    assert any("at level 0" in line for line in f.report())
    f.optimise()
    assert not any("at level 0" in line for line in f.report())
    np.testing.assert_allclose(f(1.5), first, rtol=1e-13)


def test_large_programs_that_are_called_often_get_better(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the background."""
    monkeypatch.setattr(program, "OFTEN", 3)
    f = program_of(long, 1.5)
    results = [f(1.5) for _ in range(3)]
    for thread in threading.enumerate():
        if thread.name == "opgrad-compile":
            thread.join(60)
    assert not any("at level 0" in line for line in f.report())
    np.testing.assert_allclose([f(1.5)], results[:1], rtol=1e-13)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_runs_and_compiles() -> None:
    """What its parent compiled, and more."""
    og.set_num_threads(2)
    f = compiled(lambda x: np.exp(x) * 2.0)
    x = np.ones(300_000)
    f(x)
    f(x)
    child = os.fork()
    if not child:
        ok = np.allclose(f(x), np.exp(x) * 2.0) and np.allclose(
            compiled(lambda x: np.sin(x))(x), np.sin(x)
        )
        os._exit(0 if ok else 1)
    og.set_num_threads(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_gradients_of_every_order() -> None:
    """Derivatives are programs like any other."""
    x = np.linspace(0.1, 1, 9)

    def f(x: Any) -> Any:
        return np.sum(np.sin(x) * np.prod(x))

    assert_same(og.hessian(f), x, ulps=1024)
    assert_same(og.grad(og.grad(f)), 0.5)
