"""The elementwise ops of these plugins, with their real samples: what tests enumerate.

The plugins' other ops, and complex samples, are in ``tests/arrays/test_every_array_op.py``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import opgrad as og
from opgrad.define import OpN
from tests.ops.each import each_op

PLUGINS = ("arithmetic", "elementary", "activations", "arrays")
"""The others' ops are enumerated in ``tests/linalg`` and ``tests/scipy``, by what they need."""


def _has_float32(sample: Any) -> bool:
    return any(getattr(x, "dtype", None) == np.float32 for x in sample.inputs)


def _has_only_numbers(sample: Any) -> bool:
    return all(isinstance(x, int | float) for x in sample.inputs)


OPS = {
    name: og.ops[name]
    for name, op in og.default_registry().ops.items()
    if op.elementwise and name.partition(".")[0] in PLUGINS
}
"""By qualified name."""

EACH_OP = each_op(OPS)

_SAMPLES = [
    pytest.param(op, sample, id=f"{name}-{i}")
    for name, op in OPS.items()
    for i, sample in enumerate(op.samples)
    if not any(map(np.iscomplexobj, sample.inputs))
]

EACH_SAMPLE = pytest.mark.parametrize(("op", "sample"), _SAMPLES)

EACH_FLOAT32_SAMPLE = pytest.mark.parametrize(
    ("op", "sample"), [p for p in _SAMPLES if _has_float32(p.values[1])]
)

EACH_NUMBER_SAMPLE = pytest.mark.parametrize(
    ("op", "sample"), [p for p in _SAMPLES if _has_only_numbers(p.values[1])]
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
    """The op's first sample, which consists of Python numbers."""
    sample = op.samples[0]
    assert _has_only_numbers(sample)
    return sample
