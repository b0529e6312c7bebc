"""The op, its derivative, and that OpGrad finds it."""

from __future__ import annotations

import math

import numpy as np
import pytest

import opgrad as og
from opgrad_logcosh import logcosh


@pytest.mark.parametrize("x", [-3.0, -0.1, 0.0, 0.5, 20.0])
def test_forward_is_the_logarithm_of_cosh(x: float) -> None:
    """Where cosh does not overflow, the definition itself gives the same."""
    assert logcosh(x).data == pytest.approx(math.log(math.cosh(x)), abs=1e-15)


def test_forward_does_not_overflow() -> None:
    """cosh(1000) is no float; log(cosh(1000)) = 1000 - log 2 is."""
    assert logcosh(-1000.0).data == pytest.approx(1000 - math.log(2))


@pytest.mark.parametrize("sample", logcosh.samples)
def test_vjp_agrees_with_central_differences(sample: og.Sample) -> None:
    """At every sample, for numbers and arrays."""
    (x,) = sample.inputs
    h = 1e-5
    slope = (logcosh.forward(x + h) - logcosh.forward(x - h)) / (2 * h)
    v = og.Value(x)
    logcosh(v).backward(np.ones_like(x) if np.ndim(x) else None)
    np.testing.assert_allclose(v.grad, slope, rtol=1e-5, atol=1e-9)


def test_opgrad_finds_the_installed_plugin() -> None:
    """The entry point leads to this very op, under its short and its qualified name."""
    assert og.ops.logcosh is logcosh
    assert og.ops["logcosh.logcosh"] is logcosh
