"""The JAX primitive that runs a program: its rules for tracing, tangents, transposition and vmap.

A program's tangents are its pushforward's results, a pushforward's transpose is the pullback, and
both are programs: the one primitive is closed under differentiation. Traced code calls NumPy back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend.core import Primitive
from jax.interpreters import ad, batching, mlir

from opgrad.crossing import Like, Program, filled
from opgrad_jax.arrays import array_of, check, jax_dtype

apply_program = Primitive("opgrad")
"""Bound to a program's inputs, with the program, and which inputs are Python's numbers to it."""

apply_program.multiple_results = True


def apply(program: Program, numbers: tuple[int, ...], inputs: Sequence[Any]) -> Sequence[Any]:
    """The program's results, which JAX can transform."""
    results: Sequence[Any] = apply_program.bind(*inputs, program=program, numbers=numbers)
    return results


def _run(program: Program, numbers: tuple[int, ...], inputs: Sequence[Any]) -> list[Any]:
    given = [x.item() if i in numbers else x for i, x in enumerate(map(array_of, inputs))]
    return [x.astype(jax_dtype(x.dtype), copy=False) for x in program.run(*given)]


@apply_program.def_impl  # type: ignore[untyped-decorator]  # JAX is not looked into
def _(*inputs: Any, program: Program, numbers: tuple[int, ...]) -> list[Any]:
    return [jnp.asarray(x) for x in _run(program, numbers, inputs)]


@apply_program.def_abstract_eval  # type: ignore[untyped-decorator]  # JAX is not looked into
def _abstract(*avals: Any, program: Program, numbers: tuple[int, ...]) -> list[Any]:
    likes = [_like(aval, i in numbers) for i, aval in enumerate(avals)]
    return [jax.core.ShapedArray(shape, jax_dtype(dtype)) for shape, dtype in program.specs(*likes)]


def _called_back(*inputs: Any, program: Program, numbers: tuple[int, ...]) -> Any:
    avals = _abstract(*map(jax.typeof, inputs), program=program, numbers=numbers)
    shapes = [jax.ShapeDtypeStruct(aval.shape, aval.dtype) for aval in avals]
    # Mapped over is the primitive, by its own rule, and not the callback.
    return jax.pure_callback(
        lambda *given: _run(program, numbers, given), shapes, *inputs, vmap_method="sequential"
    )


def _jvp(
    primals: Sequence[Any], tangents: Sequence[Any], *, program: Program, numbers: tuple[int, ...]
) -> tuple[Any, Any]:
    results = apply(program, numbers, primals)
    moving = tuple(i for i, t in enumerate(tangents) if not isinstance(t, ad.Zero))
    live = tuple(i for i, x in enumerate(results) if np.dtype(x.dtype).kind in "fc")
    found = [ad.Zero(jax.typeof(x).to_tangent_aval()) for x in results]
    if live:
        pushed = apply(
            program.pushforward(moving, live),
            numbers,
            [*primals, *(tangents[i] for i in moving)],
        )
        for i, tangent in zip(live, pushed, strict=True):
            found[i] = tangent
    return results, found


def _transpose(
    cts: Sequence[Any], *inputs: Any, program: Program, numbers: tuple[int, ...]
) -> list[Any]:
    """Of a pushforward by its tangents, and of a pullback by its cotangents."""
    transposed = program.transpose()
    assert program.base is not None
    count = len(program.live if program.is_pullback else program.moving)
    primals = inputs[: len(inputs) - count]
    pulled = apply(transposed, numbers, [*primals, *map(ad.instantiate_zeros, cts)])
    linear = inputs[len(primals) :]
    return [None] * len(primals) + [
        ct if ad.is_undefined_primal(x) else None for x, ct in zip(linear, pulled, strict=True)
    ]


def _batch(
    inputs: Sequence[Any],
    axes: Sequence[int | None],
    *,
    program: Program,
    numbers: tuple[int, ...],
) -> tuple[Any, Any]:
    """``jax.vmap``: one call where the program broadcasts, else one for each element, in turn."""
    pairs = list(zip(inputs, axes, strict=True))
    [count, *_] = (x.shape[axis] for x, axis in pairs if axis is not None)
    moved = [x if axis is None else jnp.moveaxis(x, axis, 0) for x, axis in pairs]
    mapped = [i for i, axis in enumerate(axes) if axis is not None]
    if program.broadcasts:
        first = [jax.typeof(x[0]) if i in mapped else jax.typeof(x) for i, x in enumerate(moved)]
        avals = _abstract(*first, program=program, numbers=numbers)
        rank = max(aval.ndim for aval in first)
        aligned = [
            jnp.broadcast_to(
                x.reshape(-1 if i in mapped else 1, *(1,) * (rank - aval.ndim), *aval.shape),
                (count, *(1,) * (rank - aval.ndim), *aval.shape),
            )
            for i, (x, aval) in enumerate(zip(moved, first, strict=True))
        ]
        results = apply(program, (), aligned)
        # Python's numbers, arrays there, may have made the dtype larger.
        results = [
            x.reshape(count, *aval.shape).astype(aval.dtype)
            for x, aval in zip(results, avals, strict=True)
        ]
    else:

        def one(chosen: Sequence[Any]) -> Sequence[Any]:
            return apply(program, numbers, filled(moved, mapped, chosen))

        results = jax.lax.map(one, [moved[i] for i in mapped])
    return results, [0] * len(results)


def _like(aval: Any, is_number: bool) -> Like:
    check(aval)
    if is_number:
        number: Like = np.ones((), aval.dtype).item()
        return number
    return tuple(aval.shape), np.dtype(aval.dtype)


ad.primitive_jvps[apply_program] = _jvp
ad.primitive_transposes[apply_program] = _transpose
batching.primitive_batchers[apply_program] = _batch
mlir.register_lowering(apply_program, mlir.lower_fun(_called_back, multiple_results=True))
