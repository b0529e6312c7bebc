"""The checker of VJPs catches wrong ones."""

from __future__ import annotations

import numpy as np
import pytest

import opgrad as og
from opgrad import Raw
from opgrad.define import OpN
from tests.ops.central_differences import assert_vjp_is_right

ARRAY = og.Sample(np.array([1.0, 2.0, 3.0]))
PAIR = og.Sample(np.array([1.0, 2.0, 3.0]), np.array([[4.0], [5.0]]))


def cube() -> OpN:
    """An op of one input, without a rule yet."""

    @og.op(elementwise=True)
    def cube(x: Raw) -> Raw:
        return x * x * x

    return cube


def product() -> OpN:
    """An op of two inputs, without a rule yet."""

    @og.op(elementwise=True)
    def product(x: Raw, y: Raw) -> Raw:
        return x * y

    return product


@pytest.mark.parametrize("sample", [og.Sample(1.5), og.Sample(-2), ARRAY])
def test_accepts_a_right_rule(sample: og.Sample) -> None:
    """A right rule passes, for numbers and arrays."""
    op = cube()
    op.vjp(lambda g, out, x: 3 * g * x * x)
    assert_vjp_is_right(op, sample)


def test_accepts_a_right_rule_of_two_inputs() -> None:
    """A right rule passes where the inputs broadcast."""
    op = product()
    op.vjp(lambda g, out, x, y: (g * y, g * x))
    assert_vjp_is_right(op, PAIR)


def test_catches_a_wrong_factor() -> None:
    """A slope that is off by a factor fails."""
    op = cube()
    op.vjp(lambda g, out, x: 2 * g * x * x)
    with pytest.raises(AssertionError, match="op 'cube'"):
        assert_vjp_is_right(op, ARRAY)


def test_catches_a_slightly_wrong_slope() -> None:
    """A slope that is off by a millionth fails."""
    op = cube()
    op.vjp(lambda g, out, x: 3.000003 * g * x * x)
    with pytest.raises(AssertionError, match="op 'cube'"):
        assert_vjp_is_right(op, og.Sample(1.5))


def test_catches_a_rule_that_ignores_the_cotangent() -> None:
    """A rule that returns the slope itself fails."""
    op = cube()
    op.vjp(lambda g, out, x: 3 * x * x)
    with pytest.raises(AssertionError, match="op 'cube'"):
        assert_vjp_is_right(op, og.Sample(1.5))


def test_catches_mixed_up_elements() -> None:
    """A rule that permutes the elements fails."""
    op = cube()
    op.vjp(lambda g, out, x: 3 * g[::-1] * x * x)
    with pytest.raises(AssertionError, match="op 'cube'"):
        assert_vjp_is_right(op, ARRAY)


def test_catches_swapped_inputs() -> None:
    """A rule that gives each input the other's cotangent fails, and the input is named."""
    op = product()
    op.vjp(lambda g, out, x, y: (g * x, g * y))
    with pytest.raises(AssertionError, match="input 0"):
        assert_vjp_is_right(op, PAIR)


def test_catches_a_missing_gradient() -> None:
    """None, for an input that does have an effect, fails."""
    op = product()
    op.vjp(lambda g, out, x, y: (g * y, None))
    with pytest.raises(AssertionError, match="input 1"):
        assert_vjp_is_right(op, PAIR)


def test_catches_a_gradient_to_a_boolean() -> None:
    """A cotangent for a boolean input fails."""
    op = product()
    op.vjp(lambda g, out, x, y: (g * y, g * x))
    with pytest.raises(AssertionError, match="boolean"):
        assert_vjp_is_right(op, og.Sample(2.0, True))
