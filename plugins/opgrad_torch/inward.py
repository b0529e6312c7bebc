"""From torch to OpGrad: how torch calls and differentiates a function, on NumPy's memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, TypeVar

import torch
from torch.utils import _pytree

import opgrad as og
from opgrad.foreign import Foreign
from opgrad_torch.tensors import array_of, borrowed, check

T = TypeVar("T")

TRIES = 3
"""Of a function that may draw random numbers: another thread may have drawn those."""


def from_torch(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function of Values; see :func:`opgrad.from_torch`."""
    return Foreign(function, TORCH)


class _Torch:
    def taken(self, x: Any) -> Any:
        if not isinstance(x, torch.Tensor):
            return x
        if x.requires_grad:
            raise og.errors.InputError(
                "a function taken from torch has no gradient for torch: pass x.detach(), or an "
                "og.Value, or call torch's own function"
            )
        check(x, "a function taken from torch")
        return array_of(x)

    def call(self, f: Callable[..., Any], inputs: Sequence[Any]) -> tuple[list[Any], Any]:
        return _outside_of_torch(lambda: _called(f, inputs))

    def pullback(
        self, f: Callable[..., Any], moving: tuple[int, ...], live: tuple[int, ...]
    ) -> Callable[..., Any]:
        def pull(*given: Any) -> Sequence[Any]:
            inputs, cts = list(given[: len(given) - len(live)]), given[len(given) - len(live) :]
            is_recorded = any(isinstance(x, torch.Tensor) and x.requires_grad for x in given)
            with torch.enable_grad():
                for i in moving:
                    x = _tensor(inputs[i])
                    inputs[i] = x.view_as(x) if x.requires_grad else x.detach().requires_grad_()
                results, _ = _pytree.tree_flatten(_not_random(f, inputs))
                xs = [inputs[i] for i in moving]
                reached = [k for k, i in enumerate(live) if results[i].requires_grad]
                if not reached:
                    return [torch.zeros_like(x) for x in xs]
                pulled = torch.autograd.grad(
                    [results[live[k]] for k in reached],
                    xs,
                    [_tensor(cts[k]).conj() for k in reached],  # torch's convention
                    create_graph=is_recorded,
                    allow_unused=True,
                    materialize_grads=True,
                )
            return [x.conj() for x in pulled]

        return pull


def _called(f: Callable[..., Any], inputs: Sequence[Any]) -> tuple[list[Any], Any]:
    with torch.no_grad():
        given = [_tensor(borrowed(x)) for x in inputs]
        returned = f(*given)
        results, structure = _pytree.tree_flatten(returned)
    name = getattr(f, "__name__", "the function")
    if any(x._version for x in given):
        raise og.errors.InputError(
            f"{name} of torch wrote to an argument, whose memory is that of a Value: "
            f"x.clone() first"
        )
    for x in results:
        if not isinstance(x, torch.Tensor):
            raise og.errors.InputError(
                f"{name} of torch is to return tensors; it returned {type(x).__name__}"
            )
        check(x, name)
    arrays = [array_of(x) for x in results]
    return arrays, lambda leaves: _pytree.tree_unflatten(leaves, structure)


def _not_random(f: Callable[..., Any], inputs: Sequence[Any]) -> Any:
    """What the function returns, run again for its gradient.

    Raises:
        InputError: it draws random numbers, which are others than those of the run before.
    """
    for _ in range(TRIES):
        before = torch.get_rng_state()
        returned = f(*inputs)
        if torch.equal(before, torch.get_rng_state()):
            return returned
    raise og.errors.InputError(
        "a function of torch is run again for its gradient, and this one draws random numbers, "
        "as dropout does while it trains: pass them as an argument, or module.eval()"
    )


def _outside_of_torch(call: Callable[[], T]) -> T:
    """What the call returns, made in a thread of its own where torch is at work in this one.

    A custom op's kernel is kept from recording and from real tensors, which holds for its thread.
    """
    with torch.enable_grad():
        probe = torch.ones((), requires_grad=True) * 1
    if type(probe) is torch.Tensor and probe.requires_grad:
        return call()
    context = copy_context()
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(lambda: context.run(call)).result()


def _tensor(x: Any) -> Any:
    """A tensor as it is; of a Python number one in double precision, as Python has it."""
    if isinstance(x, torch.Tensor):
        return x
    return torch.tensor(x, dtype=torch.complex128 if isinstance(x, complex) else torch.float64)


TORCH = _Torch()
