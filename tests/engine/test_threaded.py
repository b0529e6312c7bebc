"""The threaded scheduler: side by side, in the same order of addition, and tidy."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import numpy as np
import pytest

import opgrad as og
from opgrad_threaded import Threaded, scheduler

LARGE = np.linspace(-1.0, 1.0, 60_000)


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    """Every test also finds that no thread outlives its pass."""
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) == before


@pytest.fixture
def handed_over(monkeypatch: pytest.MonkeyPatch) -> dict[Any, threading.Event]:
    """By op: put an event there, and it is set when the scheduler has the outcome of the op's VJP.

    Outcomes are taken in the order in which they are sent.
    """
    events: dict[Any, threading.Event] = {}
    send = scheduler._send

    def watched(done: Any, node: og.Node, *others: Any) -> None:
        send(done, node, *others)
        if node.op in events:
            events[node.op].set()

    monkeypatch.setattr(scheduler, "_send", watched)
    return events


def with_rule(rule: Any) -> Any:
    """An op x -> x with that VJP."""

    @og.op
    def same(x: Any) -> Any:
        return +x

    same.vjp(rule)
    return same


def branches(leaf: og.Value[Any], op: Any, n: int = 2) -> og.Value[Any]:
    """The sum of n branches that go through the op."""
    result: Any = op(leaf * 1.0)
    for i in range(1, n):
        result = result + op(leaf * (i + 1.0))
    total: og.Value[Any] = np.sum(result)
    return total


def threads_used(data: Any, scheduler: Threaded, op_count: int) -> set[str]:
    """The names of the threads in which that many independent VJPs ran."""
    names = set()

    def rule(g: Any, out: Any, x: Any) -> Any:
        names.add(threading.current_thread().name)
        return g

    og.backward(branches(og.Value(data), with_rule(rule), op_count), scheduler=scheduler)
    return names


def test_independent_branches_run_at_the_same_time() -> None:
    """Two VJPs that wait for each other both finish."""
    barrier = Barrier(2)

    def rule(g: Any, out: Any, x: Any) -> Any:
        barrier.wait(timeout=30)
        return g

    x = og.Value(LARGE)
    result = branches(x, with_rule(rule))
    np.testing.assert_array_equal(og.backward(result, scheduler=Threaded(2))[x], np.full(60_000, 3))


def test_small_nodes_run_in_the_calling_thread() -> None:
    """No thread is started for scalars, or for arrays below the limit."""
    here = {threading.current_thread().name}
    assert threads_used(2.0, Threaded(2), 4) == here
    assert threads_used(LARGE[:100], Threaded(2), 4) == here
    assert threads_used(LARGE, Threaded(2, inline_below=70_000), 4) == here


def test_large_nodes_run_in_threads() -> None:
    """Large nodes that have company run in the pool."""
    names = threads_used(LARGE, Threaded(2), 4)
    assert {name.partition("_")[0] for name in names} == {"opgrad"}
    assert len(names) <= 2


def test_a_chain_runs_in_the_calling_thread() -> None:
    """Where there is nothing to run beside, nothing is handed over."""
    assert threads_used(LARGE, Threaded(2), 1) == {threading.current_thread().name}


@pytest.mark.parametrize(("processors", "threads"), [(1, 1), (7, 7), (None, 1)])
def test_as_many_threads_as_processors(
    monkeypatch: pytest.MonkeyPatch, processors: int | None, threads: int
) -> None:
    """The default width is that of the machine, or 1 if it does not tell."""
    monkeypatch.setattr("os.cpu_count", lambda: processors)
    assert Threaded().threads == threads


def test_the_plugins_scheduler_has_the_default_width() -> None:
    """Found by name, it is as wide as one made without arguments."""
    scheduler = og.default_registry().scheduler("threaded")
    assert isinstance(scheduler, Threaded)
    assert scheduler.threads == Threaded().threads


def test_the_width_can_be_given() -> None:
    """The arguments arrive, and are shown."""
    assert repr(Threaded(3, inline_below=5)) == "Threaded(3, inline_below=5)"


def test_one_node_with_many_inputs() -> None:
    """Each of a thousand inputs, some of them twice the same, gets the sum of its cotangents."""

    @og.op
    def weighted(*inputs: og.Raw) -> og.Raw:
        return np.sum([np.sum(x) for x in inputs])

    @weighted.vjp
    def _(g: Any, out: Any, *inputs: Any) -> Any:
        return tuple(np.full_like(x, g * i) for i, x in enumerate(inputs))

    leaves = [og.Value(np.ones(2)) for _ in range(1000)]
    result = weighted(*leaves, *leaves[:10])
    gradients = og.backward(result, scheduler=Threaded(2, inline_below=0))
    found = [gradients[x].tolist() for x in leaves]
    assert found == [[i + (1000 + i) * (i < 10)] * 2 for i in range(1000)]


@pytest.mark.parametrize("threads", [0, -1])
def test_threads_are_at_least_one(threads: int) -> None:
    """No thread is no scheduler."""
    with pytest.raises(ValueError, match="at least one thread"):
        Threaded(threads)


def test_sums_are_in_the_sequential_order(handed_over: dict[Any, threading.Event]) -> None:
    """Contributions that arrive in the wrong order are added in the right one."""
    parts = [1.0, 1e16, -1e16]  # the order matters: the 1 is lost, or not

    def first_comes_last(g: Any, out: Any, x: Any, part: float) -> Any:
        if part == 1.0:
            assert all(event.wait(timeout=60) for event in handed_over.values())
        return np.full_like(x, part)

    ops = [
        with_rule(lambda g, out, x, part=part: first_comes_last(g, out, x, part)) for part in parts
    ]
    handed_over.update({op: threading.Event() for op in ops[1:]})
    x = og.Value(LARGE)
    result = np.sum(ops[2](x) + ops[1](x) + ops[0](x))
    threaded = og.backward(result, wrt=[x], scheduler=Threaded(3))[x]
    np.testing.assert_array_equal(threaded, og.backward(result, wrt=[x])[x])


def test_the_exception_is_that_of_the_sequential_order(
    handed_over: dict[Any, threading.Event],
) -> None:
    """An older node that fails first does not keep a newer one, yet to come, from failing."""
    failed = threading.Event()

    def slow(g: Any, out: Any, x: Any) -> Any:
        assert failed.wait(timeout=60)
        return g

    def older(g: Any, out: Any, x: Any) -> Any:
        raise RuntimeError("older")

    def newer(g: Any, out: Any, x: Any) -> Any:
        raise RuntimeError("newer")

    fails_first = with_rule(older)
    handed_over[fails_first] = failed
    x = og.Value(LARGE)
    result = np.sum(fails_first(x) + with_rule(slow)(with_rule(newer)(x)))
    with pytest.raises(RuntimeError, match="newer") as caught:
        og.backward(result, scheduler=Threaded(2))
    (note,) = caught.value.__notes__
    assert "in the VJP of op 'same'" in note


def test_nothing_older_runs_after_a_failure() -> None:
    """What the sequential scheduler would not have come to does not run, once that is known."""
    ran = []

    def record(g: Any, out: Any, x: Any) -> Any:
        ran.append(x)
        return g

    def fail(g: Any, out: Any, x: Any) -> Any:
        raise RuntimeError("fails")

    beside: Any = np.sum(og.Value(LARGE))  # or it would be left to the sequential scheduler
    x = og.Value(2.0)
    result = beside + with_rule(record)(x) + with_rule(fail)(x)
    with pytest.raises(RuntimeError, match="fails"):
        og.backward(result, scheduler=Threaded(2))
    assert not ran


@pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt, GeneratorExit])
def test_what_is_no_exception_arrives_too(kind: type[BaseException]) -> None:
    """A rule that exits does not leave the caller waiting."""

    def rule(g: Any, out: Any, x: Any) -> Any:
        raise kind

    with pytest.raises(kind):
        og.backward(branches(og.Value(LARGE), with_rule(rule)), scheduler=Threaded(2))


def test_the_callers_errstate_holds_in_the_threads() -> None:
    """np.errstate around backward() means the VJPs, wherever they run."""

    def rule(g: Any, out: Any, x: Any) -> Any:
        return g / np.zeros_like(x)

    result = branches(og.Value(LARGE), with_rule(rule))
    with np.errstate(divide="raise"), pytest.raises(FloatingPointError):
        og.backward(result, scheduler=Threaded(2))
    with np.errstate(divide="ignore"), warnings.catch_warnings(action="error"):
        og.backward(result, scheduler=Threaded(2))


def test_several_threads_may_run_it_at_once() -> None:
    """One scheduler object serves passes from several threads, over one graph."""
    scheduler = Threaded(2)
    x = og.Value(LARGE)
    result = np.sum((x * x) * (x + 1.0) + (x * 2.0) * (x * 3.0))
    expected = og.backward(result)[x]
    with ThreadPoolExecutor(4) as pool:
        passes = [pool.submit(og.backward, result, scheduler=scheduler) for _ in range(8)]
        for found in passes:
            np.testing.assert_array_equal(found.result()[x], expected)


def test_a_rule_may_run_a_pass_of_its_own() -> None:
    """A pass within a pass does not wait for the outer one's threads."""
    scheduler = Threaded(1)

    def rule(g: Any, out: Any, x: Any) -> Any:
        inner = og.Value(x)
        return g * og.backward(np.sum(inner * 2.0 + inner * 3.0), scheduler=scheduler)[inner]

    x = og.Value(LARGE)
    gradients = og.backward(branches(x, with_rule(rule)), scheduler=scheduler)
    np.testing.assert_array_equal(gradients[x], np.full(60_000, 15.0))


def test_a_large_input_makes_a_node_large() -> None:
    """A reduction to a scalar is as large as what it reduces."""
    names = set()

    @og.op
    def mean(x: Any) -> Any:
        return np.mean(x)

    @mean.vjp
    def _(g: Any, out: Any, x: Any) -> Any:
        names.add(threading.current_thread().name)
        return np.full_like(x, g / x.size)

    x = og.Value(LARGE)
    og.backward(mean(x) + mean(x), scheduler=Threaded(2))
    assert all(name.startswith("opgrad") for name in names)
