"""Functions of torch and of JAX, as functions of Values; and models that mix all three."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch

import opgrad as og
from opgrad.errors import InputError
from tests_peers.jax_functions import ELEMENTWISE

assert ELEMENTWISE  # importing it has JAX compute in double precision

BOTH = pytest.mark.parametrize(
    ("taken", "xp"),
    [pytest.param(og.from_torch, torch, id="torch"), pytest.param(og.from_jax, jnp, id="jax")],
)
Taken = Callable[..., Any]
x = np.linspace(-1, 1, 5)
sech2 = 1 - np.tanh(x) ** 2


def close(actual: Any, expected: Any) -> None:
    """The arrays agree."""
    np.testing.assert_allclose(actual, expected, rtol=1e-12, atol=1e-14)


@BOTH
def test_values_and_arrays(taken: Taken, xp: Any) -> None:
    """Of Values it makes Values, of arrays arrays."""
    tanh = taken(lambda x: xp.tanh(x))
    close(tanh(x), np.tanh(x))
    v = og.Value(x)
    tanh(v).backward(np.ones(5))
    close(v.grad, sech2)


@BOTH
def test_derivatives_of_every_order_and_mode(taken: Taken, xp: Any) -> None:
    """Gradient, tangent, Hessian, third derivative."""
    tanh = taken(lambda x: xp.tanh(x))
    total = taken(lambda x: xp.tanh(x).sum())
    close(og.grad(total)(x), sech2)
    close(og.jvp(tanh, (x,), (np.ones(5),))[1], sech2)
    close(og.hessian(total)(x), np.diag(-2 * np.tanh(x) * sech2))
    third = og.grad(og.grad(og.grad(tanh)))(0.5)
    close(third, og.grad(og.grad(og.grad(np.tanh)))(0.5))


@BOTH
def test_containers_and_several_results(taken: Taken, xp: Any) -> None:
    """Of different shapes and dtypes, in any container that the framework knows."""
    f = taken(lambda p: {"sum": p["x"].sum(), "rest": [xp.exp(p["y"]), xp.argmax(p["x"])]})
    out = f({"x": x, "y": x[:2]})
    close(out["rest"][0], np.exp(x[:2]))
    assert out["rest"][1] == 4
    gradient = og.grad(lambda p: f(p)["sum"] * np.sum(f(p)["rest"][0]))({"x": x, "y": x[:2]})
    close(gradient["x"], np.full(5, np.sum(np.exp(x[:2]))))
    close(gradient["y"], np.exp(x[:2]) * np.sum(x))


@BOTH
def test_static_arguments_and_numbers(taken: Taken, xp: Any) -> None:
    """Text, booleans and integers are passed as they are; a number has a gradient."""
    f = taken(lambda x, scale, axis, mode: (xp.exp(x) * scale).sum(axis) if mode == "exp" else x)
    matrix = np.ones((2, 3))
    close(f(matrix, 2.0, 0, "exp"), np.full(3, 4 * math.e))
    close(f(matrix, 2.0, 1, mode="other"), matrix)
    close(og.grad(lambda s: np.sum(f(matrix, s, 0, "exp")))(2.0), 6 * math.e)


@BOTH
def test_indices_have_no_gradient(taken: Taken, xp: Any) -> None:
    """An integer array is data."""
    f = taken(lambda x, i: x[i])
    v, i = og.Value(x), og.Value(np.array([0, 0, 3]))
    gradients = og.backward(f(v, i), np.ones(3))
    close(gradients[v], [2, 0, 0, 1, 0])
    assert i not in gradients


@BOTH
def test_complex_gradients_are_in_opgrads_convention(taken: Taken, xp: Any) -> None:
    """Rules are holomorphic: the cotangent times the derivative, not its conjugate."""
    z, ct = np.array([1 + 2j, 0.5 - 1j]), np.array([1j, 2.0])
    close(og.vjp(taken(lambda z: z * z), z)[1](ct)[0], 2 * z * ct)


@BOTH
def test_compiled_around(taken: Taken, xp: Any) -> None:
    """A compiled function calls it back, with its VJP."""
    tanh = taken(lambda x: xp.tanh(x))
    gradient = og.compile(og.grad(lambda x: np.sum(np.exp(tanh(x)))))
    for point in (x, x + 1):
        close(gradient(point), np.exp(np.tanh(point)) * (1 - np.tanh(point) ** 2))
    assert len(gradient.programs) == 1


@BOTH
def test_a_constant_result(taken: Taken, xp: Any) -> None:
    """What does not depend on the argument has a zero gradient."""
    f = taken(lambda x: xp.ones(3, dtype=xp.float64))
    close(og.grad(lambda x: np.sum(f(x)) + np.sum(x))(x), np.ones(5))


def test_torch_reads_read_only_and_reversed_memory() -> None:
    """Without a warning, and without a copy where none is needed."""
    seen = []

    def twice(x: Any) -> Any:
        seen.append(x.data_ptr())
        return x * 2

    f = og.from_torch(twice)
    v = og.Value(x) * 1.0
    close(f(v).data, 2 * x)
    close(f(x[::-1]), 2 * x[::-1])
    assert seen[0] == v.data.__array_interface__["data"][0]


def test_torch_returns_something_else() -> None:
    """The error says what is expected."""
    with pytest.raises(InputError, match="is to return tensors; it returned float"):
        og.from_torch(lambda x: 1.0)(x)


def test_single_precision_in_jax() -> None:
    """JAX without float64: the result is float32, the gradient in the argument's dtype."""
    with jax.enable_x64(False):
        f = og.from_jax(lambda x: jnp.tanh(x).sum())
        value, gradient = og.value_and_grad(f)(x)
    assert (value.dtype, gradient.dtype) == (np.float32, np.float64)
    np.testing.assert_allclose(gradient, sech2, rtol=1e-6)


def test_all_three_in_one_model() -> None:
    """Torch's function of JAX's function of OpGrad's op, differentiated by each of them."""
    inner = og.from_jax(lambda x: jnp.sin(x))
    outer = og.from_torch(lambda x: torch.exp(x))

    def model(x: Any) -> Any:
        return np.sum(outer(og.ops.softplus(inner(x))))

    expected = og.grad(lambda x: np.sum(np.exp(np.logaddexp(0, np.sin(x)))))(x)
    close(og.grad(model)(x), expected)
    t = torch.tensor(x, requires_grad=True)
    og.to_torch(model)(t).backward()
    close(t.grad, expected)
    close(jax.jit(jax.grad(og.to_jax(model)))(x), expected)
    compiled = torch.compile(og.to_torch(model), fullgraph=True, backend="aot_eager")
    close(torch.autograd.grad(compiled(t), t)[0], expected)


def test_a_tensor_that_wants_a_gradient_is_refused() -> None:
    """It would get none; a tensor that wants none is data."""
    product, weights = og.from_torch(torch.mul), torch.linspace(0, 1, 5, dtype=torch.float64)
    close(og.grad(lambda v: product(v, weights).sum())(x), weights)
    with pytest.raises(InputError, match=r"pass x\.detach\(\)"):
        product(og.Value(x), weights.requires_grad_())


def test_random_numbers_have_no_gradient() -> None:
    """The pass backward would draw others; without it, they are welcome."""
    dropout = og.from_torch(torch.nn.Dropout(0.5))
    assert dropout(x).shape == x.shape
    for _ in range(100):  # also where the others happen to be the same
        with pytest.raises(InputError, match="draws random numbers"):
            og.grad(lambda v: dropout(v).sum())(x)


def test_torch_writes_to_an_argument() -> None:
    """Which may be the data of a Value."""
    with pytest.raises(InputError, match="wrote to an argument"):
        og.from_torch(lambda t: t.mul_(2))(np.ones(3))
