"""The reference backend: runs a traced graph node by node, with NumPy."""

from __future__ import annotations

from collections.abc import Iterable

import opgrad as og
from opgrad_interpreter.interpreter import INTERPRETER


@og.hookimpl.opgrad_backends
def opgrad_backends() -> Iterable[og.Backend]:
    """The backend of this plugin."""
    return [INTERPRETER]
