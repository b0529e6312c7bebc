"""The ops of an example plugin, taken to torch and JAX: written once, by someone else."""

from __future__ import annotations

from typing import Any

import jax
import numpy as np
import pytest
import torch
from jax.test_util import check_grads

import opgrad as og
from opgrad.define import OpN

KNOTS = np.array([0.0, 0.8, 1.5, 2.7, 3.1, 4.0])
VALUES = np.array([0.3, 1.4, -0.2, 0.9, 2.1, 1.7])
PLACES = np.array([0.2, 1.1, 2.0, 2.9])

CASES = [
    pytest.param("interp.spline", lambda op, x, v: op(x, KNOTS, v), (PLACES, VALUES), id="spline"),
    pytest.param("interp.smooth", lambda op, v, p: op(v, KNOTS, p), (VALUES, 0.3), id="smooth"),
]


@pytest.fixture(autouse=True)
def _double() -> Any:
    """JAX computes in double precision."""
    with jax.enable_x64(True):
        yield


@pytest.mark.parametrize(("name", "call", "inputs"), CASES)
def test_torch_differentiates_it_twice(name: str, call: Any, inputs: tuple[Any, ...]) -> None:
    """As torch's own checks see it."""
    op: OpN = og.ops[name]
    given = tuple(torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in inputs)
    crossed = og.to_torch(lambda *xs: call(op, *xs))
    assert torch.autograd.gradcheck(crossed, given)
    assert torch.autograd.gradgradcheck(crossed, given)


@pytest.mark.parametrize(("name", "call", "inputs"), CASES)
def test_jax_differentiates_it_twice(name: str, call: Any, inputs: tuple[Any, ...]) -> None:
    """As JAX's own check sees it, compiled."""
    op: OpN = og.ops[name]
    crossed = jax.jit(og.to_jax(lambda *xs: call(op, *xs)))
    check_grads(crossed, inputs, order=2, modes=("rev",))
