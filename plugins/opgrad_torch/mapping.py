"""``torch.vmap`` of a program: one call where it broadcasts, else one for each element."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

import opgrad as og
from opgrad.crossing import Program
from opgrad_torch.tensors import like

Pairs = Sequence[tuple[Any, int | None]]
"""The inputs, each with the axis that is mapped over."""


def mapped(
    program: Program,
    apply: Callable[[Program, Sequence[Any]], Sequence[Any]],
    count: int,
    in_dims: Sequence[int | None],
    inputs: Sequence[Any],
) -> tuple[Any, Any]:
    """The results for each of ``count`` elements, and the axes that they are stacked along.

    Raises:
        InputError: there is no element, and so no result to go by.
    """
    if count == 0:
        raise og.errors.InputError(f"{program.name} cannot be mapped over no element")
    pairs = list(zip(inputs, in_dims, strict=True))
    if program.broadcasts:
        specs = program.specs(*(like(x) for x in _element(pairs, 0)))
        results = apply(program, _aligned(pairs, count))
        results = [x.reshape(count, *s) for x, (s, _) in zip(results, specs, strict=True)]
    else:
        each = [apply(program, _element(pairs, b)) for b in range(count)]
        results = [torch.stack(parts) for parts in zip(*each, strict=True)]
    return tuple(results), (0,) * len(results)


def _element(pairs: Pairs, b: int) -> list[Any]:
    return [x if dim is None else x.select(dim, b) for x, dim in pairs]


def _aligned(pairs: Pairs, count: int) -> list[Any]:
    """The inputs with the mapped axis first, and all with as many axes."""
    rank = max(x.dim() - (dim is not None) for x, dim in pairs if isinstance(x, torch.Tensor))
    aligned = []
    for x, dim in pairs:
        if isinstance(x, torch.Tensor):
            x = x.expand(count, *x.shape) if dim is None else x.movedim(dim, 0)
            x = x.reshape(count, *(1,) * (rank - x.dim() + 1), *x.shape[1:])
        aligned.append(x)
    return aligned
