"""Measure one contestant, in a process of its own, and print the result as JSON.

``run.py`` starts it: ``python -m benchmarks.eager.measure CONTESTANT gradients|times|memory``.
"""

from __future__ import annotations

import gc
import json
import sys
import tracemalloc
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.eager import mlp

WARM_UP, STEPS = 1, 5
GRAPHS_HELD = 5


def _opgrad() -> Any:
    return import_module("opgrad").Value


def _micrograd() -> Any:
    return import_module("micrograd.engine").Value


def _torch() -> Any:
    torch = import_module("torch")
    torch.set_num_threads(1)
    return lambda data: torch.tensor(data, dtype=torch.float64, requires_grad=True)


def _classic() -> Any:
    return import_module("benchmarks.eager.classic").Value


CONTESTANTS: dict[str, Callable[[], Callable[[float], Any]]] = {
    "opgrad": _opgrad,
    "micrograd": _micrograd,
    "torch": _torch,
    "classic": _classic,
}
"""By name: what imports the contestant, and returns its way to make a leaf of a float."""


def gradients(leaf: Callable[[float], Any]) -> list[float]:
    """The derivative of the loss by each parameter."""
    values, xs, ys = mlp.problem()
    params = [leaf(value) for value in values]
    mlp.hinge_loss(params, xs, ys).backward()
    return [float(param.grad) for param in params]


def times(leaf: Callable[[float], Any]) -> dict[str, dict[str, list[float]]]:
    """Seconds of the phases of each step, with the garbage collector on, and with it off."""
    collected = _block(leaf)
    gc.disable()
    uncollected = _block(leaf)
    return {"gc_on": collected, "gc_off": uncollected}


def _block(leaf: Callable[[float], Any]) -> dict[str, list[float]]:
    values, xs, ys = mlp.problem()
    seconds: dict[str, list[float]] = {"forward": [], "backward": [], "release": []}
    gc.collect()
    for step in range(WARM_UP + STEPS):
        params = [leaf(value) for value in values]
        start = perf_counter()
        loss = mlp.hinge_loss(params, xs, ys)
        after_forward = perf_counter()
        loss.backward()
        after_backward = perf_counter()
        del loss
        end = perf_counter()
        if step >= WARM_UP:
            seconds["forward"].append(after_forward - start)
            seconds["backward"].append(after_backward - after_forward)
            seconds["release"].append(end - after_backward)
    return seconds


def memory(leaf: Callable[[float], Any]) -> dict[str, float | None]:
    """Bytes per node that live graphs take: of the process, and of Python's allocator alone."""
    _graph(leaf, samples=1)  # so that what the first use imports and allocates is not counted
    gc.collect()
    before = _resident()
    held = [_graph(leaf) for _ in range(GRAPHS_HELD)]
    after = _resident()
    n_nodes = GRAPHS_HELD * mlp.n_ops()
    resident = (after - before) / n_nodes if before is not None and after is not None else None
    held.clear()
    gc.collect()
    tracemalloc.start()
    held.append(_graph(leaf))
    traced, _ = tracemalloc.get_traced_memory()
    return {"resident": resident, "python": traced / mlp.n_ops()}


def _graph(leaf: Callable[[float], Any], samples: int = mlp.SAMPLES) -> Any:
    values, xs, ys = mlp.problem(samples)
    return mlp.hinge_loss([leaf(value) for value in values], xs, ys)


def _resident() -> int | None:
    """The memory of this process in bytes, where the system tells (Linux)."""
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return 1024 * int(line.split()[1])


MEASURES: dict[str, Callable[[Callable[[float], Any]], object]] = {
    "gradients": gradients,
    "times": times,
    "memory": memory,
}

if __name__ == "__main__":
    _, contestant, measure = sys.argv
    json.dump(MEASURES[measure](CONTESTANTS[contestant]()), sys.stdout)
