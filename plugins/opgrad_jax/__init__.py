"""Plugin: ops and functions as JAX's, and JAX's as ops.

JAX is imported when the bridge is used, not with this module.

Needs JAX: ``pip install "opgrad[jax]"``.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import opgrad as og

if find_spec("jax") is None:
    raise og.MissingExtra("it needs JAX: pip install 'opgrad[jax]'")


class Jax:
    """The bridge to JAX."""

    name = "jax"

    def outward(self, function: Callable[..., Any], /) -> Callable[..., Any]:
        """A function on JAX's arrays; see :func:`opgrad.to_jax`."""
        from opgrad_jax.outward import to_jax

        return to_jax(function)

    def inward(self, function: Callable[..., Any], /) -> Callable[..., Any]:
        """A function on Values; see :func:`opgrad.from_jax`."""
        from opgrad_jax.inward import from_jax

        return from_jax(function)


@og.hookimpl.opgrad_bridges
def opgrad_bridges() -> list[og.Bridge]:
    """The bridge of this plugin."""
    return [Jax()]
