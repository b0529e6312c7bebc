"""The package is a plugin: OpGrad finds it, and each op's gradient agrees with differences."""

from __future__ import annotations

import opgrad_interp

import opgrad as og


def test_opgrad_finds_the_ops() -> None:
    """The entry point leads to these very ops, under their short and their qualified names."""
    for op in opgrad_interp.opgrad_ops():
        assert og.ops[op.name] is op
        assert og.ops[f"interp.{op.name}"] is op
