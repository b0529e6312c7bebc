"""Graphs hold no reference cycles, and can be as deep as memory allows."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import opgrad as og
from opgrad_threaded import Threaded


@og.op
def broken(x: float, y: float) -> float:
    """x + y, with a VJP that raises."""
    return x + y


@broken.vjp
def _(g: float, out: float, x: float, y: float) -> tuple[float, float]:
    raise ZeroDivisionError("on purpose")


SCHEDULERS = ["sequential", "threaded", Threaded(2, inline_below=0)]


@pytest.fixture(autouse=True)
def _no_garbage_collector() -> Iterator[None]:
    """What is freed without it was in no cycle."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def _graph(leaf: og.Value[Any]) -> og.Value[Any]:
    return (leaf * 2.0 + leaf * 3.0).relu() * leaf


def test_a_graph_is_freed_with_its_last_user() -> None:
    """Letting go of the result frees every node, at once."""
    leaf = og.Value(2.0)
    result = _graph(leaf)
    inner = [weakref.ref(node) for node in og.Graph.of(result).nodes if node is not leaf]
    del result
    assert [ref() for ref in inner] == [None] * len(inner)


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=str)
@pytest.mark.parametrize("data", [2.0, np.ones(3)], ids=["scalar", "array"])
def test_a_graph_is_freed_after_backward(scheduler: Any, data: Any) -> None:
    """Neither `.backward()` nor `backward()` leave anything that keeps a graph alive."""
    leaf = og.Value(data)
    result = _graph(leaf)
    ref = weakref.ref(result)
    result.backward(np.ones(np.shape(data)), scheduler=scheduler)
    og.backward(result, np.ones(np.shape(data)), [leaf], scheduler=scheduler)
    del result
    assert ref() is None


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=str)
def test_a_graph_is_freed_after_an_exception_in_backward(scheduler: Any) -> None:
    """Once its exception is handled, a failed backward pass keeps nothing alive."""
    leaf = og.Value(2.0)
    result = _graph(broken(leaf, 1.0) + broken(leaf, 2.0))
    ref = weakref.ref(result)
    with pytest.raises(ZeroDivisionError) as caught:
        result.backward(scheduler=scheduler)
    del caught, result
    assert ref() is None


def test_results_keep_only_their_nodes_alive() -> None:
    """Gradients with respect to leaves do not keep the graph between."""
    leaf = og.Value(2.0)
    result = _graph(leaf)
    ref = weakref.ref(result)
    gradients = og.backward(result, wrt=[leaf])
    del result
    assert ref() is None
    assert len(gradients) == 1


DEEP = """
import gc, sys
gc.disable()  # it would look at all the nodes time and again
import opgrad as og
from opgrad_threaded import Threaded
scheduler = {scheduler}
sys.setrecursionlimit(200)
x = og.Value(1.0)
y = x
for _ in range({depth} // 2):
    y = (y + x) * 0.5
assert og.backward(y, wrt=[x], scheduler=scheduler)[x] == 1.0
y.backward(scheduler=scheduler)
assert x.grad == 1.0
repr(y), repr(y.inputs[0])
y.zero_grad()
assert x.grad == 0
print(len(og.Graph.of(y).inputs))
del y
print("freed")
"""


@pytest.mark.parametrize(
    ("scheduler", "depth"),
    [
        ("'sequential'", 200_000),  # the stack of a process, 8 MiB, has 42 bytes for each
        ("'threaded'", 50_000),
        ("Threaded(2, inline_below=0)", 50_000),  # its own loop, not that of sequential
    ],
)
def test_a_deep_chain_needs_no_recursion(scheduler: str, depth: int) -> None:
    """Forward, backward, repr, zero_grad and freeing work on a chain as deep as you like."""
    program = DEEP.format(scheduler=scheduler, depth=depth)
    command = [sys.executable, "-W", "ignore::UserWarning", "-c", program]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.stdout.split(), done.stderr) == (["1", "freed"], "")


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=str)
def test_a_diamond_runs_each_vjp_once(scheduler: Any) -> None:
    """Where 2 to the power of 10,000 paths lead to the leaf, each node's VJP runs once."""
    calls = 0

    @og.op
    def halves(x: float, y: float) -> float:
        return (x + y) / 2

    @halves.vjp
    def _(g: float, out: float, x: float, y: float) -> tuple[float, float]:
        nonlocal calls
        calls += 1
        return g / 2, g / 2

    leaf = node = og.Value(1.0)
    for _level in range(10_000):
        node = halves(node, node)
    assert og.backward(node, scheduler=scheduler)[leaf] == 1.0
    assert calls == 10_000
