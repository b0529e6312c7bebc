"""The same graphs in OpGrad, micrograd and torch: equal values and gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from micrograd.engine import Value as MicrogradValue

import opgrad as og
from tests.ops.micrograd_expressions import more_ops, sanity_check

Expression = Callable[..., Any]


def neuron(x: Any, y: Any, z: Any) -> Any:
    """A small network: three rectified units, used more than once."""
    h = (x * 0.5 - y * 1.5 + 0.25).relu()
    k = (h * z + x).relu()
    return ((h + k) ** 2 - k * 3 + h / 4).relu()


CASES: list[tuple[Expression, tuple[float, ...]]] = [
    (sanity_check, (-4.0,)),
    (sanity_check, (3.0,)),
    (more_ops, (-4.0, 2.0)),
    (more_ops, (1.5, -0.5)),
    (neuron, (2.0, -1.0, 0.75)),
    (neuron, (-2.0, 1.0, 0.75)),
]


@pytest.mark.parametrize(("f", "point"), CASES)
def test_agrees_with_micrograd(f: Expression, point: tuple[float, ...]) -> None:
    """Value and gradients are micrograd's, to the last bit or nearly."""
    ours = [og.Value(x) for x in point]
    theirs = [MicrogradValue(x) for x in point]
    out, expected = f(*ours), f(*theirs)
    out.backward()
    expected.backward()
    assert out.data == pytest.approx(expected.data, rel=1e-14)
    assert [x.grad for x in ours] == pytest.approx([x.grad for x in theirs], rel=1e-14)


@pytest.mark.parametrize(("f", "point"), CASES)
def test_agrees_with_torch(f: Expression, point: tuple[float, ...]) -> None:
    """Value and gradients are torch's."""
    ours = [og.Value(x) for x in point]
    theirs = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in point]
    out, expected = f(*ours), f(*theirs)
    out.backward()
    expected.backward()
    assert out.data == pytest.approx(expected.item(), rel=1e-14)
    assert [x.grad for x in ours] == pytest.approx([x.grad.item() for x in theirs], rel=1e-14)
