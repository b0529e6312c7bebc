"""JAX's arrays and NumPy's: what may cross, and how, on the CPU without a copy."""

from __future__ import annotations

from typing import Any

import jax
import numpy as np

import opgrad as og


def is_input(x: Any) -> bool:
    """Whether an argument is data, and not static."""
    return isinstance(x, jax.Array | np.ndarray | np.generic | float) and not isinstance(x, bool)


def check(x: Any) -> None:
    """Refuse an array that NumPy cannot read.

    Raises:
        InputError: it is of a dtype that NumPy has not.
    """
    if getattr(x.dtype, "kind", "V") not in "biufc":
        raise og.errors.InputError(
            f"OpGrad computes with NumPy, which has no {x.dtype}. "
            f"Convert the array: x.astype(jnp.float32)"
        )


def array_of(x: Any) -> Any:
    """The array's memory, where it is on the CPU; else a copy."""
    return np.asarray(x)


def jax_dtype(dtype: Any) -> Any:
    """The dtype that JAX has for results of this one: 64 bits only if they are enabled."""
    return jax.dtypes.canonicalize_dtype(dtype)
