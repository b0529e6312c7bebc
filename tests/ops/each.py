"""Tests for each op of a plugin, and for each of their samples."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest

import opgrad as og
from opgrad.define import OpN


def ops_of(plugin: str) -> dict[str, OpN]:
    """The ops of a plugin, by qualified name."""
    names = [name for name in og.default_registry().ops if name.startswith(f"{plugin}.")]
    return {name: og.ops[name] for name in names}


def each_op(ops: Mapping[str, OpN]) -> pytest.MarkDecorator:
    """A test for each op."""
    return pytest.mark.parametrize("op", [pytest.param(op, id=name) for name, op in ops.items()])


def each_sample(ops: Iterable[OpN]) -> pytest.MarkDecorator:
    """A test for each op with each of its samples."""
    params = [
        pytest.param(op, sample, id=f"{op.name}-{i}")
        for op in ops
        for i, sample in enumerate(op.samples)
    ]
    return pytest.mark.parametrize(("op", "sample"), params)
