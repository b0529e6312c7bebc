"""Each elementwise op and its gradients against torch, on each of its samples, in float64."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import opgrad as og
from tests.ops.every_op import OPS
from tests_peers.torch_functions import NOT_IN_TORCH, TORCH

EACH_SAMPLE = pytest.mark.parametrize(
    ("name", "sample"),
    [
        pytest.param(name, sample, id=f"{name}-{i}")
        for name, op in OPS.items()
        if name in TORCH
        for i, sample in enumerate(op.samples)
    ],
)


def _arrays(sample: og.Sample) -> list[Any]:
    """The sample's inputs as arrays, the numeric ones in double precision."""
    arrays = [np.asarray(x) for x in sample.inputs]
    return [x if x.dtype == bool else x.astype(np.float64) for x in arrays]


def test_every_op_is_compared_or_says_why_not() -> None:
    """No op is forgotten, and no entry is of an op that is gone."""
    assert set(TORCH) | set(NOT_IN_TORCH) == set(OPS)
    assert not set(TORCH) & set(NOT_IN_TORCH)


@EACH_SAMPLE
def test_value(name: str, sample: og.Sample) -> None:
    """The op computes what torch's function computes."""
    arrays = _arrays(sample)
    expected = TORCH[name](*map(torch.tensor, arrays), **sample.params).numpy()
    actual = OPS[name](*arrays, **sample.params).data
    np.testing.assert_allclose(actual, expected, rtol=1e-13, atol=1e-15)


@EACH_SAMPLE
def test_gradients(name: str, sample: og.Sample) -> None:
    """Each input's cotangent is torch's; none where torch has none or zeros."""
    arrays = _arrays(sample)
    values = [og.Value(x) for x in arrays]
    out = OPS[name](*values, **sample.params)
    cotangent = np.linspace(-1.1, 0.9, np.size(out.data)).reshape(np.shape(out.data))
    gradients = og.backward(out, cotangent)

    tensors = [torch.tensor(x, requires_grad=x.dtype != bool) for x in arrays]
    expected = TORCH[name](*tensors, **sample.params)
    if expected.requires_grad:
        expected.backward(torch.tensor(cotangent))
    for x, t in zip(values, tensors, strict=True):
        reference = np.zeros(np.shape(x.data)) if t.grad is None else t.grad.numpy()
        actual = np.broadcast_to(gradients.get(x, 0.0), reference.shape)
        np.testing.assert_allclose(actual, reference, rtol=1e-12, atol=1e-14)
