"""An op in a rule: on data in a plain backward pass, on Values where the rule is differentiated."""

from __future__ import annotations

from typing import Any

import opgrad as og
from opgrad import Raw


def on_either(op: og.Op, *inputs: Raw, **params: Any) -> Raw:
    """The op's forward on raw data; the op itself, so that it is recorded, if there is a Value."""
    if any(isinstance(x, og.Value) for x in inputs):
        return og.ops[f"interp.{op.name}"](*inputs, **params)
    return op.forward(*inputs, **params)
