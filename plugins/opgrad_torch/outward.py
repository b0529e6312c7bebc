"""From OpGrad to torch: each program is registered as a custom op of torch's dispatcher.

Its backward formula is the custom op of its pullback, registered when it is first needed, whose
backward formula is that of the pullback's pullback: so derivatives have any order. Torch's convention
for complex gradients is the conjugate of OpGrad's, which is JAX's.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import torch

import opgrad as og
from opgrad.crossing import Crossing, Like, Program
from opgrad_torch.tensors import (
    array_of,
    as_tensor,
    is_input,
    numpy_dtype,
    tensor_of,
    torch_dtype,
)

_NUMBER = itertools.count()
_SCHEMA = {torch.Tensor: "Tensor", bool: "bool", int: "SymInt", float: "float"}


def to_torch(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function of tensors; see :func:`opgrad.to_torch`."""
    crossing = Crossing(function, is_input)

    def crossed(*args: Any, **kwargs: Any) -> Any:
        call, inputs = crossing.call(args, kwargs)
        given = [as_tensor(x, crossing.name) for x in inputs]
        kinds = tuple(map(_kind, given))
        if torch.Tensor not in kinds:
            raise og.errors.InputError(
                f"{crossing.name}, taken to torch, takes at least one tensor"
            )
        return call.rebuild(custom_op(call.program, kinds)(*given))

    crossed.__name__ = crossed.__qualname__ = crossing.name
    crossed.__doc__ = getattr(function, "doc", None) or function.__doc__
    # Dynamo is not to look into it: it comes down to a custom op, which is traced as one.
    torch.compiler.allow_in_graph(crossed)
    return crossed


@cache
def custom_op(program: Program, kinds: tuple[type, ...]) -> Any:
    """The program as an op of torch's dispatcher, of as many arguments of these kinds."""
    name = f"opgrad::{re.sub(r'[^0-9A-Za-z_]', '_', program.name)}_{next(_NUMBER)}"
    arguments = ", ".join(f"{_SCHEMA[kind]} x{i}" for i, kind in enumerate(kinds))

    def real(*inputs: Any) -> Sequence[Any]:
        return [tensor_of(result) for result in program.run(*map(array_of, inputs))]

    registered: Any = torch.library.custom_op(
        name, real, mutates_args=(), device_types="cpu", schema=f"({arguments}) -> Tensor[]"
    )

    @registered.register_fake  # type: ignore[untyped-decorator]  # torch is not looked into
    def _(*inputs: Any) -> Sequence[Any]:
        device = next(x.device for x in inputs if isinstance(x, torch.Tensor))
        return [
            torch.empty(shape, dtype=torch_dtype(dtype), device=device)
            for shape, dtype in program.specs(*map(_like, inputs))
        ]

    def setup_context(ctx: Any, inputs: Sequence[Any], output: Sequence[Any]) -> None:
        ctx.save_for_backward(*(x for x in inputs if isinstance(x, torch.Tensor)))
        ctx.numbers = [None if isinstance(x, torch.Tensor) else x for x in inputs]
        ctx.live = tuple(i for i, out in enumerate(output) if _is_floating(out))

    def backward(ctx: Any, cotangents: Sequence[Any]) -> Any:
        tensors = iter(ctx.saved_tensors)
        inputs = [next(tensors) if x is None else x for x in ctx.numbers]
        moving = tuple(
            i for i, x in enumerate(inputs) if ctx.needs_input_grad[i] and _is_floating(x)
        )
        found = dict.fromkeys(range(len(inputs)))
        if moving and ctx.live:
            pullback = program.pullback(moving, ctx.live)
            cts = [_conjugate(cotangents[i]) for i in ctx.live]
            pulled = custom_op(pullback, kinds + (torch.Tensor,) * len(cts))(*inputs, *cts)
            found |= dict(zip(moving, map(_conjugate, pulled), strict=True))
        return tuple(found.values())

    registered.register_autograd(backward, setup_context=setup_context)

    @registered.register_vmap  # type: ignore[untyped-decorator]  # torch is not looked into
    def _(info: Any, in_dims: Sequence[int | None], *inputs: Any) -> Any:
        pairs = list(zip(inputs, in_dims, strict=True))
        count = info.batch_size
        if count == 0:
            raise og.errors.InputError(f"{program.name} cannot be mapped over no element")
        if program.broadcasts:
            first = [x if dim is None else x.select(dim, 0) for x, dim in pairs]
            specs = program.specs(*map(_like, first))
            results = registered(*_aligned(pairs, count))
            shapes = [(count, *shape) for shape, _ in specs]
            return [x.reshape(shape) for x, shape in zip(results, shapes, strict=True)], [0] * len(
                shapes
            )
        each = [
            registered(*(x if dim is None else x.select(dim, b) for x, dim in pairs))
            for b in range(count)
        ]
        return [torch.stack(results) for results in zip(*each, strict=True)], [0] * len(each[0])

    return registered


def _aligned(pairs: Sequence[tuple[Any, int | None]], count: int) -> list[Any]:
    """The inputs with the mapped axis first, and all with as many axes."""
    rank = max(x.dim() - (dim is not None) for x, dim in pairs if isinstance(x, torch.Tensor))
    aligned = []
    for x, dim in pairs:
        if isinstance(x, torch.Tensor):
            x = x.expand(count, *x.shape) if dim is None else x.movedim(dim, 0)
            x = x.reshape(count, *(1,) * (rank - x.dim() + 1), *x.shape[1:])
        aligned.append(x)
    return aligned


def _kind(x: Any) -> type:
    if isinstance(x, torch.Tensor):
        return torch.Tensor  # type: ignore[no-any-return]  # torch is not looked into
    for symbol, kind in ((torch.SymBool, bool), (torch.SymInt, int), (torch.SymFloat, float)):
        if isinstance(x, symbol):
            return kind
    return bool if isinstance(x, bool) else int if isinstance(x, int) else float


def _like(x: Any) -> Like:
    if isinstance(x, torch.Tensor):
        return tuple(x.shape), numpy_dtype(x.dtype)
    return _kind(x)(x)  # type: ignore[no-any-return]  # a number of Python's


def _is_floating(x: Any) -> bool:
    return isinstance(x, torch.Tensor) and bool(x.dtype.is_floating_point or x.dtype.is_complex)


def _conjugate(x: Any) -> Any:
    return x.conj() if x.dtype.is_complex else x
