"""The contestants: each makes, of a program, a call that computes its value and gradient."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np

from benchmarks.arrays.programs import Program

PACKAGES = ("opgrad", "numpy", "autograd", "torch", "jax")
Step = Callable[[], tuple[Any, Any]]


def by_hand(program: Program) -> Step:
    """NumPy alone, the gradient written by hand."""
    return lambda: program.by_hand(program.params, program.data)


def opgrad(program: Program) -> Step:
    """OpGrad, eager."""
    step = import_module("opgrad").value_and_grad(lambda params: _loss(program, np, params))
    return lambda: step(program.params)


def opgrad_compiled(program: Program) -> Step:
    """OpGrad, compiled beforehand."""
    library = import_module("opgrad")
    step = library.compile(library.value_and_grad(lambda params: _loss(program, np, params)))
    step(program.params)
    return lambda: step(program.params)


def autograd(program: Program) -> Step:
    """HIPS autograd, with its wrapped NumPy."""
    xp = import_module("autograd.numpy")
    step = import_module("autograd").value_and_grad(lambda params: _loss(program, xp, params))
    return lambda: step(list(program.params))


def torch(program: Program) -> Step:
    """PyTorch in eager mode, one thread; the tensors are made beforehand."""
    library = import_module("torch")
    library.set_num_threads(1)
    data = [library.from_numpy(array) for array in program.data]
    params = [library.from_numpy(array).requires_grad_() for array in program.params]

    def step() -> tuple[Any, Any]:
        loss = program.loss(library, params, data)
        return loss.detach(), library.autograd.grad(loss, params)

    return step


def jax(program: Program) -> Step:
    """JAX, compiled beforehand; the arrays are on its device beforehand."""
    library = import_module("jax")
    library.config.update("jax_enable_x64", True)
    xp = import_module("jax.numpy")
    data = [xp.asarray(array) for array in program.data]
    params = [xp.asarray(array) for array in program.params]
    step = library.jit(library.value_and_grad(lambda params, data: program.loss(xp, params, data)))
    return lambda: library.block_until_ready(step(params, data))


def _loss(program: Program, xp: Any, params: Any) -> Any:
    return program.loss(xp, params, program.data)


CONTESTANTS: dict[str, Callable[[Program], Step]] = {
    "by hand": by_hand,
    "opgrad": opgrad,
    "opgrad compiled": opgrad_compiled,
    "autograd": autograd,
    "torch": torch,
    "jax jit": jax,
}


def _torch_checkpoint() -> Any:
    checkpoint = import_module("torch.utils.checkpoint").checkpoint
    return lambda f: lambda x: checkpoint(f, x, use_reentrant=False)


CHECKPOINTS: dict[str, Callable[[], Any]] = {
    "opgrad": lambda: import_module("opgrad").checkpoint,
    "autograd": lambda: import_module("autograd").checkpoint,
    "torch": _torch_checkpoint,
    "jax jit": lambda: import_module("jax").checkpoint,
}
"""By name: what imports a contestant's way to make a checkpoint of a function."""


def installed() -> list[str]:
    """The contestants that can take part; the others are named."""
    names = [name for name in CONTESTANTS if name == "by hand" or find_spec(name.split()[0])]
    for name in CONTESTANTS.keys() - names:
        print(f"{name} is not installed, and left out")
    return names
