"""Each built-in op, taken to torch: torch's checks of its derivatives and its registration."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import opgrad as og
from opgrad.crossing import Crossing
from opgrad.define import OpN
from opgrad_torch.outward import custom_op
from opgrad_torch.tensors import as_tensor, is_input, kind_of
from tests.every_op.points import OPS, Point, each_op, points
from tests_peers.crossing_points import DIFFERENTIABLE, DISCRETE, NAMES, OPAQUE, crossed, full


def tensors(point: Point) -> tuple[Any, ...]:
    """The inputs that vary, as leaves of torch's."""
    return tuple(torch.tensor(np.array(x), requires_grad=True) for x in point.primals)


@each_op()
def test_value(op: OpN) -> None:
    """It is what OpGrad computes, but for how BLAS rounds."""
    for point in points(op):
        expected = og.stop_gradient(crossed(point, lambda f: f)(*point.primals))
        out = crossed(point, og.to_torch)(*tensors(point))
        np.testing.assert_allclose(out.detach().numpy(), expected, rtol=1e-13, atol=1e-15)


@each_op(DIFFERENTIABLE)
def test_first_derivatives(op: OpN) -> None:
    """The op's VJP is what torch estimates by differences, of complex numbers too."""
    for point in full(op):
        assert torch.autograd.gradcheck(
            crossed(point, og.to_torch), tensors(point), fast_mode=True
        ), point


@each_op(op for op in DIFFERENTIABLE if NAMES[op] not in OPAQUE)
def test_second_derivatives(op: OpN) -> None:
    """The VJP's VJP is what torch estimates by differences."""
    for point in full(op):
        assert torch.autograd.gradgradcheck(
            crossed(point, og.to_torch), tensors(point), fast_mode=True
        ), point


@each_op()
def test_registration(op: OpN) -> None:
    """Schema, autograd, fake kernel and tracing with symbolic shapes hold to torch's rules."""
    point = next(iter(points(op)))
    inputs = tuple(
        torch.tensor(np.array(x), requires_grad=i in point.positions)
        for i, x in enumerate(point.inputs)
    )
    call, given = Crossing(op, is_input).call(inputs, point.params)
    given = [as_tensor(x, op.name) for x in given]
    torch.library.opcheck(custom_op(call.program, tuple(map(kind_of, given))), tuple(given))


@each_op(op for op in OPS.values() if len(list(full(op))) < len(list(points(op))))
def test_no_elements(op: OpN) -> None:
    """Of an array without elements, the gradient is one, too; only torch's check cannot tell."""
    for point in (point for point in points(op) if not all(np.size(x) for x in point.primals)):
        given = tensors(point)
        out = crossed(point, og.to_torch)(*given)
        for x, g in zip(given, torch.autograd.grad(out, given, torch.ones_like(out)), strict=True):
            assert g.shape == x.shape


@pytest.mark.parametrize("name", DISCRETE)
def test_results_without_derivative(name: str) -> None:
    """They are constants to torch."""
    for point in points(OPS[name]):
        assert not crossed(point, og.to_torch)(*tensors(point)).requires_grad
