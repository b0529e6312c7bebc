"""From OpGrad to JAX: a call becomes one application of the primitive, of a flat list of arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp

from opgrad.crossing import Crossing
from opgrad_jax.arrays import check, is_input
from opgrad_jax.primitive import apply


def to_jax(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function of JAX's arrays; see :func:`opgrad.to_jax`."""
    crossing = Crossing(function, is_input)

    def crossed(*args: Any, **kwargs: Any) -> Any:
        call, inputs = crossing.call(args, kwargs)
        arrays = [jnp.asarray(x) for x in inputs]
        for x in arrays:
            check(x)
        # What JAX calls weakly typed mixes with arrays as Python's numbers do.
        numbers = tuple(i for i, x in enumerate(arrays) if x.weak_type and not x.shape)
        return call.rebuild(apply(call.program, numbers, arrays))

    crossed.__name__ = crossed.__qualname__ = crossing.name
    crossed.__doc__ = crossing.doc
    return crossed
