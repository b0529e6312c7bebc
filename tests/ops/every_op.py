"""Every op of the built-in plugins, each with each of its samples: what tests enumerate."""

from __future__ import annotations

from typing import Any

import pytest

import opgrad as og
from opgrad.define import OpN


def _builtin_ops() -> dict[str, OpN]:
    registry = og.default_registry()
    builtin = {plugin.name for plugin in registry.plugins if plugin.builtin}
    return {
        name: og.ops[name] for name in registry.ops if name.partition(".")[0] in builtin
    }


OPS = _builtin_ops()
"""By qualified name. Another distribution's plugins, if some are installed, are not listed."""

EACH_OP = pytest.mark.parametrize("op", [pytest.param(op, id=name) for name, op in OPS.items()])

EACH_SAMPLE = pytest.mark.parametrize(
    ("op", "sample"),
    [
        pytest.param(op, sample, id=f"{name}-{i}")
        for name, op in OPS.items()
        for i, sample in enumerate(op.samples)
    ],
)

EACH_NUMPY_FUNCTION = pytest.mark.parametrize(
    ("op", "function"),
    [
        pytest.param(op, function, id=f"{name}-{function.__name__}")
        for name, op in OPS.items()
        for function in op.implements
    ],
)


def first_sample_of(op: OpN) -> og.Sample:
    """The op's first sample without params, and of numbers."""
    return next(s for s in op.samples if not s.params and _is_all_numbers(s.inputs))


def _is_all_numbers(inputs: tuple[Any, ...]) -> bool:
    return all(isinstance(x, int | float) for x in inputs)
