"""Plugin: ops and functions as torch's, and torch's as ops.

Torch is imported when the bridge is used, not with this module.

Needs torch: ``pip install "opgrad[torch]"``.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import opgrad as og

if find_spec("torch") is None:
    raise og.MissingExtra("it needs torch: pip install 'opgrad[torch]'")


class Torch:
    """The bridge to torch."""

    name = "torch"

    def outward(self, function: Callable[..., Any], /) -> Callable[..., Any]:
        """A function on tensors; see :func:`opgrad.to_torch`."""
        from opgrad_torch.outward import to_torch

        return to_torch(function)

    def inward(self, function: Callable[..., Any], /) -> Callable[..., Any]:
        """A function on Values; see :func:`opgrad.from_torch`."""
        from opgrad_torch.inward import from_torch

        return from_torch(function)


@og.hookimpl.opgrad_bridges
def opgrad_bridges() -> list[og.Bridge]:
    """The bridge of this plugin."""
    return [Torch()]
