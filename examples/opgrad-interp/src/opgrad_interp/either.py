"""An op in a rule: on data in a plain backward pass, on Values where the rule is differentiated."""

from __future__ import annotations

from typing import Any

import opgrad as og
from opgrad import Raw


def on_either(op: Any, *inputs: Raw, **params: Any) -> Raw:
    """The op itself, so that it is recorded, if there is a Value; its forward on raw data."""
    if any(isinstance(x, og.Value) for x in inputs):
        return op(*inputs, **params)
    return op.forward(*inputs, **params)
