"""From OpGrad to torch: each program becomes a custom op of torch's dispatcher.

The op of a program's pullback is registered when it is first needed, that of the pullback's
pullback likewise: so derivatives have any order. Torch's convention for complex gradients is the
conjugate of OpGrad's, which is JAX's.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import torch

import opgrad as og
from opgrad.crossing import Crossing, Program
from opgrad_torch.mapping import mapped
from opgrad_torch.tensors import (
    array_of,
    as_tensor,
    is_input,
    kind_of,
    like,
    tensor_of,
    thawed,
    torch_dtype,
)

_NUMBER = itertools.count()
_SCHEMA = {torch.Tensor: "Tensor", bool: "bool", int: "SymInt", float: "float"}


def to_torch(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function of tensors; see :func:`opgrad.to_torch`."""
    crossing = Crossing(function, is_input)

    # Dynamo is not to look into it: it comes down to a custom op, which is traced as one.
    @torch._dynamo.nonstrict_trace  # type: ignore[untyped-decorator]  # torch is not looked into
    def in_graph(*args: Any, **kwargs: Any) -> Any:
        call, inputs = crossing.call(thawed(args), thawed(kwargs))
        given = [as_tensor(x, crossing.name) for x in inputs]
        if not any(isinstance(x, torch.Tensor) for x in given):
            raise og.errors.InputError(f"{crossing.name}, taken to torch, takes a tensor or more")
        return call.rebuild(apply(call.program, given))

    def crossed(*args: Any, **kwargs: Any) -> Any:
        return in_graph(*args, **kwargs)

    # Dynamo keeps what it compiled by code, and does not look at what a function closes over.
    crossed.__code__ = crossed.__code__.replace(co_name=crossing.name)
    crossed.__name__ = crossed.__qualname__ = crossing.name
    crossed.__doc__ = crossing.doc
    return crossed


def apply(program: Program, inputs: Sequence[Any]) -> Sequence[Any]:
    """The program's results, which torch can differentiate."""
    results: Sequence[Any] = function_of(program, tuple(map(kind_of, inputs))).apply(*inputs)
    return results


@cache
def function_of(program: Program, kinds: tuple[type, ...]) -> Any:
    """The program as a function for torch to differentiate, of arguments of these kinds.

    Torch's function transforms (``torch.func``) need this: they refuse a custom op's own formula.
    """
    registered = custom_op(program, kinds)

    class Function(torch.autograd.Function):  # type: ignore[misc]  # torch is not looked into
        @staticmethod
        def forward(*inputs: Any) -> Any:
            return tuple(registered(*inputs))

        @staticmethod
        def setup_context(ctx: Any, inputs: Sequence[Any], output: Sequence[Any]) -> None:
            save(ctx, inputs, output)

        @staticmethod
        def backward(ctx: Any, *cotangents: Any) -> Any:
            return pull(program, ctx, cotangents)

        @staticmethod
        def jvp(ctx: Any, *tangents: Any) -> Any:
            return push(program, ctx, tangents)

        @staticmethod
        def vmap(info: Any, in_dims: Sequence[int | None], *inputs: Any) -> Any:
            return mapped(program, apply, info.batch_size, in_dims, inputs)

    Function.__name__ = Function.__qualname__ = program.name
    return Function


@cache
def custom_op(program: Program, kinds: tuple[type, ...]) -> Any:
    """The program as an op of torch's dispatcher, of arguments of these kinds."""
    name = f"opgrad::{re.sub(r'[^0-9A-Za-z_]', '_', program.name)}_{next(_NUMBER)}"
    arguments = ", ".join(f"{_SCHEMA[kind]} x{i}" for i, kind in enumerate(kinds))

    def real(*inputs: Any) -> Sequence[Any]:
        return [tensor_of(result) for result in program.run(*map(array_of, inputs))]

    def fake(*inputs: Any) -> Sequence[Any]:
        device = next(x.device for x in inputs if isinstance(x, torch.Tensor))
        return [
            torch.empty(shape, dtype=torch_dtype(dtype), device=device)
            for shape, dtype in program.specs(*map(like, inputs))
        ]

    registered: Any = torch.library.custom_op(
        name, real, mutates_args=(), device_types="cpu", schema=f"({arguments}) -> Tensor[]"
    )
    registered.register_fake(fake)
    registered.register_autograd(
        lambda ctx, cotangents: pull(program, ctx, cotangents), setup_context=save
    )
    registered.register_vmap(
        lambda info, in_dims, *inputs: mapped(program, apply, info.batch_size, in_dims, inputs)
    )
    return registered


def save(ctx: Any, inputs: Sequence[Any], output: Sequence[Any]) -> None:
    """Keep for derivatives what they need: the inputs, and which results have derivatives."""
    tensors = [x for x in inputs if isinstance(x, torch.Tensor)]
    ctx.save_for_backward(*tensors)
    ctx.save_for_forward(*tensors)
    ctx.numbers = [None if isinstance(x, torch.Tensor) else x for x in inputs]
    ctx.live = tuple(i for i, out in enumerate(output) if _is_floating(out))
    ctx.count = len(output)


def pull(program: Program, ctx: Any, cotangents: Sequence[Any]) -> tuple[Any, ...]:
    """The cotangents of the inputs; ``None`` for those that have none, or are not asked for."""
    inputs, found = _saved(ctx), dict.fromkeys(range(len(ctx.numbers)))
    moving = tuple(i for i, x in enumerate(inputs) if ctx.needs_input_grad[i] and _is_floating(x))
    if moving and ctx.live:
        cts = [_conjugate(cotangents[i]) for i in ctx.live]
        pulled = apply(program.pullback(moving, ctx.live), [*inputs, *cts])
        found |= dict(zip(moving, map(_conjugate, pulled), strict=True))
    return tuple(found.values())


def push(program: Program, ctx: Any, tangents: Sequence[Any]) -> tuple[Any, ...]:
    """The tangents of the results; ``None`` for those that have none."""
    inputs, found = _saved(ctx), dict.fromkeys(range(ctx.count))
    moving = tuple(i for i, x in enumerate(inputs) if tangents[i] is not None and _is_floating(x))
    if moving and ctx.live:
        ts = [tangents[i] for i in moving]
        pushed = apply(program.pushforward(moving, ctx.live), [*inputs, *ts])
        found |= dict(zip(ctx.live, pushed, strict=True))
    return tuple(found.values())


def _saved(ctx: Any) -> list[Any]:
    tensors = iter(ctx.saved_tensors)
    return [next(tensors) if x is None else x for x in ctx.numbers]


def _is_floating(x: Any) -> bool:
    return isinstance(x, torch.Tensor) and bool(x.dtype.is_floating_point or x.dtype.is_complex)


def _conjugate(x: Any) -> Any:
    return x.conj() if x.dtype.is_complex else x
