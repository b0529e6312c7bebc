"""Python numbers stay Python numbers, and integers stay exact."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import opgrad as og
from opgrad.define import OpN
from tests.ops.every_op import EACH_NUMBER_SAMPLE

BIG = 2**70 + 1
"""Too large for 64 bits, and for a float to hold exactly."""

EXACT: list[tuple[str, tuple[Any, ...], Any]] = [
    ("add", (BIG, 1), BIG + 1),
    ("sub", (BIG, 1), BIG - 1),
    ("mul", (2**40, 2**40), 2**80),
    ("neg", (BIG,), -BIG),
    ("pow", (2, 3), 8),
    ("pow", (3, 50), 3**50),
    ("pow", (2, -1), 0.5),
    ("div", (BIG, BIG), 1.0),
    ("floordiv", (BIG, 2), BIG // 2),
    ("mod", (-BIG, 3), -BIG % 3),
    ("abs", (-BIG,), BIG),
    ("square", (2**40,), 2**80),
    ("maximum", (2**63 + 1, 1), 2**63 + 1),
    ("minimum", (-BIG, 1), -BIG),
    ("where", (True, BIG, 1), BIG),
    ("clip", (2**63 + 1, 0, BIG), 2**63 + 1),
    ("floor", (BIG,), BIG),
    ("ceil", (BIG,), BIG),
    ("round", (BIG,), BIG),
    ("sign", (-BIG,), -1),
    ("relu", (BIG,), BIG),
    ("relu", (-28,), 0),
    ("less", (BIG, BIG + 1), True),
    ("equal", (BIG, BIG + 1), False),
]


@pytest.mark.parametrize(("name", "inputs", "expected"), EXACT)
def test_integers_are_exact(name: str, inputs: tuple[Any, ...], expected: Any) -> None:
    """The result is Python's, in value and type: no rounding, no overflow at 64 bits."""
    out = og.ops[name](*inputs).data
    assert out == expected
    assert type(out) is type(expected)


def test_gradients_of_integers_are_exact() -> None:
    """Products of large integers do not overflow in the backward pass."""
    x = og.Value(2**40)
    (x * x * x).backward()
    assert x.grad == 3 * 2**80


HUGE = 10**30
"""Too large for 64 bits, as an integer."""


@pytest.mark.parametrize(
    ("name", "inputs", "slopes"),
    [
        ("relu", (3,), (1,)),
        ("relu", (-3,), (0,)),
        ("abs", (-3,), (-1,)),
        ("abs", (BIG,), (1,)),
        ("where", (True, 3, 4), (0, 1, 0)),
        ("clip", (3, 0, 5), (1, 0, 0)),
        ("clip", (7, 0, 5), (0, 0, 1)),
        ("maximum", (3, BIG), (0, 1)),
        ("minimum", (3, 4), (1, 0)),
        ("mul", (3, 4), (4, 3)),
        ("neg", (3,), (-1,)),
        ("square", (3,), (6,)),
    ],
)
def test_huge_cotangents_are_exact(
    name: str, inputs: tuple[Any, ...], slopes: tuple[int, ...]
) -> None:
    """Rules that need only choose and multiply do not round a large integer."""
    values = [og.Value(x) for x in inputs]
    (og.ops[name](*values) * (HUGE + 1)).backward()
    assert [x.grad for x in values] == [slope * (HUGE + 1) for slope in slopes]


@EACH_NUMBER_SAMPLE
def test_no_rule_fails_for_a_huge_cotangent(op: OpN, sample: og.Sample) -> None:
    """An integer too large for NumPy flows back as the float next to it would."""
    values = [og.Value(x) for x in sample.inputs]
    out = op(*values, **sample.params)
    found, expected = og.backward(out, HUGE), og.backward(out, float(HUGE))
    for x in values:
        assert float(found.get(x, 0.0)) == pytest.approx(float(expected.get(x, 0.0)), rel=1e-12)


def test_zero_gradients_of_floats_are_floats() -> None:
    """What the flat side gives has the type of the cotangent."""
    for name in ("relu", "hard_tanh", "hard_sigmoid", "hard_swish"):
        x = og.Value(-5.0)
        assert type(og.backward(og.ops[name](x))[x]) is float


def test_gradient_of_an_integer_power_is_an_integer() -> None:
    """The derivative of x**3 at the integer 2 is the integer 12."""
    x = og.Value(2)
    (x**3).backward()
    assert x.grad == 12
    assert type(x.grad) is int


def test_division_by_zero_is_pythons_error() -> None:
    """What Python refuses for numbers stays refused, with a note that names the op."""
    with pytest.raises(ZeroDivisionError) as raised:
        og.Value(1.0) / 0.0
    assert any("'div'" in note for note in raised.value.__notes__)


def test_fractional_power_of_a_negative_number_is_nan() -> None:
    """No complex number comes out of real ones."""
    assert np.isnan((og.Value(-8.0) ** (1 / 3)).data)


def test_power_of_a_complex_number_is_complex() -> None:
    """A complex number that was asked for stays."""
    assert og.ops.pow(2j, 2.0).data == (2j) ** 2.0


@pytest.mark.parametrize("name", ["gelu", "relu", "maximum", "where"])
def test_numpy_scalars_stay_numpy_scalars(name: str) -> None:
    """A NumPy scalar does not become a Python number: only those do that were one."""
    inputs = [np.float32(1)] * (og.ops[name].arity or 0)
    assert isinstance(og.ops[name](*inputs).data, np.floating)


def test_round_to_decimals_through_numpy() -> None:
    """np.round's decimals arrive as the op's param."""
    rounded: Any = np.round(og.Value(3.14159), decimals=2)
    assert rounded.data == 3.14


@pytest.mark.parametrize("exponent", [0.0, -0.0, np.float64(0.0), np.zeros(2)])
@pytest.mark.parametrize("compiled", [False, True])
def test_mixed_second_derivative_of_a_power_to_zero(exponent: Any, compiled: bool) -> None:
    """That of x**y by both, at y = 0, is 1 / x: the first one by x is 0 there, and not flat."""

    def f(x: Any, y: Any) -> Any:
        return np.sum(og.grad(lambda x: np.sum(x**y))(x))

    mixed = og.grad(f, 1)
    mixed = og.compile(mixed, backend="python") if compiled else mixed
    x = 0.25 + 0 * exponent
    np.testing.assert_allclose(mixed(x, exponent), np.ones_like(exponent) * 4.0, rtol=1e-14)
