"""Complex numbers, in the convention of JAX and HIPS autograd: df/dx - i df/dy, and no conjugation.

The expected gradients are the formulas that jax.grad of the real part, or of the absolute value,
comes to.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import opgrad as og
from tests.ops.every_op import OPS

Z = 0.6 - 0.8j
W = -1.5 + 0.5j

HOLOMORPHIC: list[tuple[str, tuple[complex, ...], tuple[complex, ...]]] = [
    ("add", (Z, W), (1, 1)),
    ("sub", (Z, W), (1, -1)),
    ("mul", (Z, W), (W, Z)),
    ("div", (Z, W), (1 / W, -Z / W**2)),
    ("neg", (Z,), (-1,)),
    ("pow", (Z, W), (W * Z ** (W - 1), Z**W * np.log(Z))),
    ("square", (Z,), (2 * Z,)),
    ("reciprocal", (Z,), (-1 / Z**2,)),
    ("exp", (Z,), (np.exp(Z),)),
    ("log", (Z,), (1 / Z,)),
    ("sqrt", (Z,), (0.5 / np.sqrt(Z),)),
    ("sin", (Z,), (np.cos(Z),)),
    ("tanh", (Z,), (1 - np.tanh(Z) ** 2,)),
]
"""Name, inputs, and complex derivatives: with the cotangent 1, the gradient of the real part."""


@pytest.mark.parametrize("as_array", [False, True])
@pytest.mark.parametrize(("name", "inputs", "slopes"), HOLOMORPHIC)
def test_holomorphic_ops(
    name: str, inputs: tuple[complex, ...], slopes: tuple[complex, ...], as_array: bool
) -> None:
    """The cotangent is multiplied by the complex derivative, not by its conjugate."""
    values = [og.Value(np.array([z]) if as_array else z) for z in inputs]
    out = og.ops[name](*values)
    gradients = og.backward(out, np.ones(1, complex) if as_array else 1.0)
    for z, slope in zip(values, slopes, strict=True):
        np.testing.assert_allclose(gradients[z], slope, rtol=1e-13)


@pytest.mark.parametrize("z", [Z, W, 3 + 0j, -2j])
def test_gradient_of_the_absolute_value(z: complex) -> None:
    """It is conj(z) / abs(z): dx - i dy."""
    x, y = og.Value(z), og.Value(np.array([z]))
    expected = z.conjugate() / abs(z)
    assert og.backward(abs(x))[x] == pytest.approx(expected, rel=1e-15)
    np.testing.assert_allclose(og.backward(abs(y), np.ones(1))[y], [expected], rtol=1e-15)


def test_gradient_of_the_absolute_value_at_zero() -> None:
    """At the kink it is 0."""
    x = og.Value(np.array([0j]))
    assert og.backward(abs(x), np.ones(1))[x] == [0]


def test_the_gradient_is_that_of_differences() -> None:
    """Through several ops, it is df/dx - i df/dy by central differences."""

    def f(z: Any) -> Any:
        return abs(np.exp(z) * z + W / z)

    x, h = og.Value(Z), 1e-6
    along_x = (f(Z + h) - f(Z - h)) / (2 * h)
    along_y = (f(Z + h * 1j) - f(Z - h * 1j)) / (2 * h)
    assert og.backward(f(x))[x] == pytest.approx(along_x - 1j * along_y, rel=1e-8)


NEED_AN_ORDER = [
    *("arithmetic.maximum", "arithmetic.minimum", "elementary.clip", "elementary.sign"),
    *(f"activations.{name}" for name in ("relu", "leaky_relu", "elu", "selu", "softsign")),
    *(f"activations.{name}" for name in ("hard_sigmoid", "hard_tanh", "hard_swish")),
]


@pytest.mark.parametrize("data", [Z, np.complex64(Z), np.array([Z, W])])
@pytest.mark.parametrize("name", NEED_AN_ORDER)
def test_what_needs_an_order_refuses_complex_numbers(name: str, data: Any) -> None:
    """NumPy would compare real parts first; the op raises, and says which it is."""
    op = OPS[name]
    with pytest.raises(TypeError, match="complex") as raised:
        op(*[data] * (op.arity or 0))
    assert any(op.name in note for note in raised.value.__notes__)
