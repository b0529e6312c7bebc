"""Rules run on Values too, as higher derivatives need, and are themselves differentiable there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import opgrad as og
from opgrad.define import OpN
from tests.ops.central_differences import arbitrary_cotangent, differences, in_float64
from tests.ops.every_op import EACH_SAMPLE


@EACH_SAMPLE
def test_rules_give_the_same_on_values(op: OpN, sample: og.Sample) -> None:
    """On Values a rule gives Values that hold what it gives on raw data."""
    raw = [in_float64(x) for x in sample.inputs]
    values = [og.Value(x) for x in raw]
    out = op(*values, **sample.params)
    g = arbitrary_cotangent(out.data)
    expected = _cotangents(op, g, out.data, raw, sample)
    actual = _cotangents(op, og.Value(g), out, values, sample)
    for a, e in zip(actual, expected, strict=True):
        assert isinstance(a, og.Value) == (e is not None)
        if isinstance(a, og.Value):
            np.testing.assert_allclose(a.data, e, rtol=1e-14)


@EACH_SAMPLE
def test_second_derivatives(op: OpN, sample: og.Sample) -> None:
    """A rule's result, differentiated, agrees with central differences of the rule."""
    _assert_second_derivatives_are_right(op, sample)


@pytest.mark.parametrize(
    ("name", "inputs"),
    [
        ("tanh", (0.0,)),
        ("sigmoid", (0.0,)),
        ("softplus", (0.0,)),
        ("silu", (0.0,)),
        ("mish", (0.0,)),
        ("gelu", (0.0,)),
        ("logaddexp", (0.7, 0.7)),
    ],
)
def test_smooth_ops_are_smooth_throughout(name: str, inputs: tuple[float, ...]) -> None:
    """Second derivatives are right where a stable formula with cases would have its seam."""
    _assert_second_derivatives_are_right(og.ops[name], og.Sample(*inputs))


def _assert_second_derivatives_are_right(op: OpN, sample: og.Sample) -> None:
    raw = [in_float64(x) for x in sample.inputs]
    values = [og.Value(x) for x in raw]
    out = op(*values, **sample.params)
    g = arbitrary_cotangent(out.data)
    for i, cotangent in enumerate(_cotangents(op, g, out, values, sample)):
        if not isinstance(cotangent, og.Value):
            continue  # no gradient, or one that does not depend on the inputs
        weights = arbitrary_cotangent(cotangent.data)
        gradients = og.backward(cotangent, weights)

        def weighted(*raw: Any, i: int = i, weights: Any = weights) -> float:
            out = op.forward(*raw, **sample.params)
            return float(np.sum(weights * _cotangents(op, g, out, raw, sample)[i]))

        for position, x in enumerate(values):
            if np.asarray(x.data).dtype == bool:
                continue
            expected = differences(weighted, raw, position)
            actual = np.broadcast_to(gradients.get(x, 0.0), expected.shape)
            np.testing.assert_allclose(actual, expected, rtol=1e-6, atol=1e-6)


def _cotangents(op: OpN, g: Any, out: Any, inputs: Any, sample: og.Sample) -> tuple[Any, ...]:
    """What the rules return; None where that is no gradient."""
    if op.joint_rule is not None:
        return tuple(op.joint_rule(g, out, *inputs, **sample.params))
    returned = (rule(g, out, *inputs, **sample.params) for rule in op.rules)
    return tuple(None if isinstance(ct, tuple) else ct for ct in returned)
