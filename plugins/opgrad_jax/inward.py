"""From JAX to OpGrad: how JAX calls and differentiates a function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from opgrad.crossing import filled
from opgrad.foreign import Foreign
from opgrad_jax.arrays import array_of, check


def from_jax(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function of Values; see :func:`opgrad.from_jax`."""
    return Foreign(function, JAX)


class _Jax:
    def taken(self, x: Any) -> Any:
        return x  # JAX's arrays are data to OpGrad, and tracers refuse to be

    def call(self, f: Callable[..., Any], inputs: Sequence[Any]) -> tuple[list[Any], Any]:
        with jax.ensure_compile_time_eval():  # also while JAX traces what calls this
            returned = f(*map(jnp.asarray, inputs))
            results, structure = jax.tree.flatten(returned)
            arrays = [jnp.asarray(x) for x in results]
        for x in arrays:
            check(x)
        return [array_of(x) for x in arrays], structure.unflatten

    def pullback(
        self, f: Callable[..., Any], moving: tuple[int, ...], live: tuple[int, ...]
    ) -> Callable[..., Any]:
        def pull(*given: Any) -> Sequence[Any]:
            inputs, cts = given[: len(given) - len(live)], given[len(given) - len(live) :]

            def varying(*primals: Any) -> list[Any]:
                results = jax.tree.leaves(f(*filled(inputs, moving, primals)))
                return [results[i] for i in live]

            out, back = jax.vjp(varying, *(inputs[i] for i in moving))
            like = [ct.astype(x.dtype) for ct, x in zip(cts, out, strict=True)]
            pulled: Sequence[Any] = back(like)
            return pulled

        return pull


JAX = _Jax()
