"""No gradient, a gradient of zero, and a gradient that is not defined: three different things."""

from __future__ import annotations

from typing import Any

import pytest

import opgrad as og
from tests.engine.ops_with_rules import X, Y, binary, error_of, unary


def test_none_is_no_gradient() -> None:
    """None leaves no entry, and nothing flows on from there."""
    inner = X * 3.0
    gradients = og.backward(binary(lambda g, out, x, y: (None, g))(inner, Y))
    assert inner not in gradients
    assert X not in gradients
    assert gradients[Y] == 1.0


def test_none_beside_a_gradient_adds_nothing() -> None:
    """None from one consumer leaves what another sends."""
    gradients = og.backward(unary(lambda g, out, x: (None,))(X) + X)
    assert gradients[X] == 1.0


@pytest.mark.parametrize("order", [1, -1])
def test_no_gradient_as_a_tuple_of_one_adds_nothing(order: int) -> None:
    """Before or after what another consumer sends."""
    flat, scaled = unary(lambda g, out, x: (None,))(X), X * 3.0
    total = flat + scaled if order == 1 else scaled + flat
    assert og.backward(total)[X] == 3.0


def test_a_shared_not_differentiable_stays_clean() -> None:
    """An instance that a module keeps is not the one raised: it would keep the graph alive."""
    shared = og.NotDifferentiable("steps")
    for _ in range(2):
        with pytest.raises(og.NotDifferentiable, match="steps") as info:
            og.backward(unary(lambda g, out, x: shared)(X))
        assert info.value is not shared
    assert shared.__traceback__ is None


def test_zero_is_a_gradient() -> None:
    """A zero has an entry, unlike None."""
    assert og.backward(unary(lambda g, out, x: 0.0)(X))[X] == 0.0


def test_not_differentiable_raised() -> None:
    """A rule may raise NotDifferentiable; it arrives with a note on where."""

    def rule(g: Any, out: Any, x: Any) -> Any:
        raise og.NotDifferentiable("it has steps")

    message = error_of(unary(rule)(X), og.NotDifferentiable)
    assert "it has steps" in message
    assert "in the VJP of op 'double'" in message


def test_not_differentiable_returned_is_raised_if_asked_for() -> None:
    """An instance in the place of a cotangent is an error if that one is needed."""
    made = binary(lambda g, out, x, y: (g, og.NotDifferentiable("y has steps")))
    message = error_of(made(X, Y), og.NotDifferentiable)
    assert "y has steps" in message
    assert "in the VJP of op 'plus'" in message


def test_not_differentiable_returned_is_no_error_if_not_asked_for() -> None:
    """The gradients of the other inputs are there."""
    made = binary(lambda g, out, x, y: (g, og.NotDifferentiable("y has steps")))
    assert og.backward(made(X, Y), wrt=[X])[X] == 1.0
    assert og.backward(made(X, 5.0))[X] == 1.0
