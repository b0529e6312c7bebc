"""What OpGrad asks of every op, and that it finds these."""

from __future__ import annotations

import opgrad_interp

import opgrad as og
from opgrad.testing import op_tests

test_op = op_tests("opgrad_interp")


def test_opgrad_finds_the_ops() -> None:
    """The entry point leads to these very ops, under their short and their qualified names."""
    for op in opgrad_interp.opgrad_ops():
        assert og.ops[op.name] is op
        assert og.ops[f"interp.{op.name}"] is op
