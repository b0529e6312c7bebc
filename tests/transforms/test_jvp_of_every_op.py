"""The JVP of every op of every built-in plugin: enumerated, so that none can be forgotten."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import opgrad as og
from opgrad.define import OpN
from tests.arrays.differences import in_double, is_floating
from tests.scipy.test_every_scipy_op import NOT_KNOWN
from tests.transforms.jvps import assert_jvp_is_right

REFUSED = ("eigenvectors", "eigvals")
"""Ops without a JVP: one has no derivative, one is opaque and not elementwise."""


BUILT_IN = {info.name for info in og.default_registry().plugins if info.builtin}

EACH_SAMPLE = pytest.mark.parametrize(
    ("op", "sample"),
    [
        pytest.param(og.ops[name], sample, id=f"{name}-{i}")
        for name in og.default_registry().ops
        if name.partition(".")[0] in BUILT_IN
        for i, sample in enumerate(og.ops[name].samples)
        if og.ops[name].name not in REFUSED and any(map(is_floating, sample.inputs))
    ],
)


@EACH_SAMPLE
def test_jvp_is_that_of_central_differences(op: OpN, sample: og.Sample) -> None:
    """Whatever it is made of: own rule, linearity, VJP rules, or the VJP of the VJP."""
    assert_jvp_is_right(op, sample, NOT_KNOWN.get(op.name, ()))


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_jvp_refuses(name: str) -> None:
    """An opaque op that is not elementwise, and one whose rule refuses."""
    op = og.ops[name]
    (x,) = op.samples[0].inputs
    with pytest.raises(og.NotDifferentiable):
        og.jvp(op, (x,), (np.ones_like(x),))


@EACH_SAMPLE
def test_recorded_jvp_is_the_same(op: OpN, sample: og.Sample) -> None:
    """Given Values for tangents, it gives a Value that depends on them, of the same data."""
    raw = [in_double(x) for x in sample.inputs]
    fixed = NOT_KNOWN.get(op.name, ())
    moving = [i for i, x in enumerate(raw) if is_floating(x) and i not in fixed]

    def f(*xs: Any) -> Any:
        inputs = list(raw)
        for i, x in zip(moving, xs, strict=True):
            inputs[i] = x
        return op(*inputs, **sample.params)

    primals = tuple(raw[i] for i in moving)
    tangents = tuple(np.ones_like(x)[()] for x in primals)
    out, expected = og.jvp(f, primals, tangents)
    recorded = og.jvp(f, primals, tuple(map(og.Value, tangents)))[1]
    data = recorded.data if isinstance(recorded, og.Value) else recorded
    np.testing.assert_allclose(data, expected, rtol=1e-10, atol=1e-12)
    assert np.shape(data) == np.shape(out)
