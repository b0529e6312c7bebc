"""Random programs over all built-in ops: values and gradients, by two independent ways."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import opgrad as og
from tests.ops.central_differences import arbitrary_cotangent
from tests.ops.every_op import OPS
from tests.ops.random_programs import Dual, Step, dual_call, programs, run, value_call


@settings(max_examples=10)
@pytest.mark.parametrize("name", sorted(OPS))
@given(data=st.data())
def test_agrees_with_the_references(name: str, data: st.DataObject) -> None:
    """Every result, and the gradient along a direction, are those of dual numbers."""
    program, inputs = data.draw(programs(name))
    assume(any(step.name == name for step in program))
    leaves = [og.Value(x.primal) for x in inputs]
    values, duals = run(program, leaves, value_call), run(program, inputs, dual_call)
    for value, dual in zip(values, duals, strict=True):
        np.testing.assert_allclose(value.data, dual.primal, rtol=1e-9, atol=1e-9)
    root, expected = values[-1], duals[-1]
    cotangent = arbitrary_cotangent(root.data)
    slope = np.sum(cotangent * expected.tangent)
    assert _along(root, cotangent, leaves, inputs) == pytest.approx(slope, rel=1e-5, abs=1e-5)


@settings(max_examples=200)
@given(data=st.data())
def test_agrees_with_central_differences(data: st.DataObject) -> None:
    """The gradient along a direction is the difference quotient of the whole program along it."""
    name = data.draw(st.sampled_from(sorted(OPS)))
    program, inputs = data.draw(programs(name, more=10))
    leaves = [og.Value(x.primal) for x in inputs]
    root = run(program, leaves, value_call)[-1]
    cotangent = arbitrary_cotangent(root.data)
    step = 1e-5
    quotient = (_at(program, inputs, step) - _at(program, inputs, -step)) / (2 * step)
    slope = np.sum(cotangent * quotient)
    assert _along(root, cotangent, leaves, inputs) == pytest.approx(slope, rel=1e-4, abs=1e-4)


def _at(program: list[Step], inputs: list[Dual], step: float) -> Any:
    """The program's last result, at inputs moved along the direction."""
    moved = [og.Value(x.primal + step * x.tangent) for x in inputs]
    return run(program, moved, value_call)[-1].data


def _along(root: Any, cotangent: Any, leaves: list[Any], inputs: list[Dual]) -> float:
    """The gradient by the leaves, times the direction."""
    gradients = og.backward(root, cotangent, wrt=leaves)
    products = [gradients.get(x, 0.0) * d.tangent for x, d in zip(leaves, inputs, strict=True)]
    return float(sum(np.sum(product) for product in products))
