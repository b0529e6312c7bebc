"""The same graphs in OpGrad, micrograd and torch: equal values and gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from micrograd.engine import Value as MicrogradValue

import opgrad as og

Expression = Callable[..., Any]


def sanity_check(x: Any) -> Any:
    """micrograd's test_sanity_check."""
    z = 2 * x + 2 + x
    q = z.relu() + z * x
    h = (z * z).relu()
    return h + q + q * x


def more_ops(a: Any, b: Any) -> Any:
    """micrograd's test_more_ops."""
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    return g


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
