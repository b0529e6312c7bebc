"""The example that everybody knows, and what micrograd gets wrong."""

from __future__ import annotations

from typing import Any

import pytest

from opgrad import Value

SCHEDULERS = ["sequential", "threaded"]


@pytest.mark.parametrize("scheduler", SCHEDULERS)
def test_the_classic_example(scheduler: str) -> None:
    """relu(-28) is flat, so nothing flows back through it."""
    a, b, c = Value(2), Value(-3), Value(10)
    d = a + b * c
    e = d.relu()
    e.backward(scheduler=scheduler)
    assert " ".join(map(repr, (a, b, c, d, e))) == (
        "Value(data=2, grad=0) Value(data=-3, grad=0) Value(data=10, grad=0) "
        "Value(data=-28, grad=0) Value(data=0, grad=1)"
    )


@pytest.mark.parametrize("scheduler", SCHEDULERS)
def test_the_classic_example_without_relu(scheduler: str) -> None:
    """From d itself: 1 for a, 10 for b, -3 for c, 1 for d."""
    a, b, c = Value(2), Value(-3), Value(10)
    d = a + b * c
    d.backward(scheduler=scheduler)
    assert " ".join(map(repr, (a, b, c, d))) == (
        "Value(data=2, grad=1) Value(data=-3, grad=10) Value(data=10, grad=-3) "
        "Value(data=-28, grad=1)"
    )


def test_it_also_works_through_a_gradient_that_flows() -> None:
    """With a positive pre-activation the gradients pass the ReLU unchanged."""
    a, b, c = Value(2), Value(3), Value(10)
    (a + b * c).relu().backward()
    assert (a.grad, b.grad, c.grad) == (1, 10, 3)


@pytest.mark.parametrize("scheduler", SCHEDULERS)
def test_two_passes_add_up(scheduler: str) -> None:
    """(x*x)*3 at 2, twice: 12 + 12. Stale gradients of inner nodes would make it 36."""
    x = Value(2)
    square = x * x
    y = square * 3
    y.backward(scheduler=scheduler)
    y.backward(scheduler=scheduler)
    assert (x.grad, square.grad, y.grad) == (24, 6, 2)


def test_passes_from_two_results_add_up() -> None:
    """Gradients of two results that share a node add at the leaf, each counted once."""
    x = Value(3.0)
    shared = x * x
    (shared * 2.0).backward()
    (shared * 5.0).backward()
    assert (x.grad, shared.grad) == (42.0, 7.0)


def test_zero_grad_starts_over() -> None:
    """After zero_grad a pass gives what the first one gave."""
    x = Value(2)
    y = x * x * 3
    y.backward()
    y.zero_grad()
    assert (x.grad, y.grad) == (0, 0)
    y.backward()
    assert x.grad == 12


@pytest.mark.parametrize(("data", "grad"), [(2, 0), (2.5, 1.0), (-1, 7)])
def test_repr_shows_data_and_grad(data: Any, grad: Any) -> None:
    """A Value's repr is `Value(data=..., grad=...)`."""
    assert repr(Value(data, grad)) == f"Value(data={data}, grad={grad})"
