"""Contestant: PyTorch in eager mode, one thread; the tensors are made beforehand."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from benchmarks.arrays.programs import Program
from benchmarks.compiled.entry import Entries, Entry
from benchmarks.compiled.programs import mlp

torch = import_module("torch")
torch.set_num_threads(1)


def batched_mlp(of: mlp.Problem) -> Entries:
    """Vectorised by hand."""
    entry = _with_gradient(mlp.vectorised, mlp.layers(of.params), of.arrays())
    return {"torch": Entry(entry.step, mlp.from_layers, entry.function)}


def tensors(of: Program) -> Entries:
    """The gradient by the list of parameters."""

    def loss(xp: Any, params: Any, *data: Any) -> Any:
        return of.loss(xp, params, data)

    return {"torch": _with_gradient(loss, of.params, of.data)}


def _with_gradient(loss: Callable[..., Any], params: Any, data: Any) -> Entry:
    inputs = [torch.from_numpy(array) for array in data]
    leaves = [torch.from_numpy(array).requires_grad_() for array in params]

    def step() -> Any:
        value = loss(torch, leaves, *inputs)
        return value.detach(), torch.autograd.grad(value, leaves)

    def function() -> Any:
        with torch.no_grad():
            return loss(torch, leaves, *inputs)

    return Entry(step, function=function)


CASES = {"batched MLP": batched_mlp, "tensors": tensors}
