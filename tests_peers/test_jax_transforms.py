"""Functions taken to JAX, in JAX's transforms; and errors."""

from __future__ import annotations

import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.test_util import check_grads

import opgrad as og
from opgrad.errors import InputError, NotDifferentiable, ShapeError
from tests_peers.jax_functions import ELEMENTWISE
from tests_peers.test_torch_transforms import foreign

assert ELEMENTWISE  # importing it has JAX compute in double precision

softplus = og.to_jax(og.ops.softplus)
cholesky = og.to_jax(og.ops.cholesky)
x = jnp.linspace(-1, 1, 5)
slope, curvature = jax.nn.sigmoid(x), jax.nn.sigmoid(x) * jax.nn.sigmoid(-x)
matrices = jnp.stack([jnp.eye(2) * n + 0.5 for n in (1, 2, 3)])


@og.to_jax
def energy(params: dict[str, Any], scale: float = 1.0) -> dict[str, Any]:
    """A function of a container that returns one, with something that has no derivative."""
    x, y = params["x"], params["y"]
    return {"value": scale * np.sum(np.exp(x) * y), "largest": np.argmax(x)}


def close(actual: Any, expected: Any) -> None:
    """The arrays agree."""
    np.testing.assert_allclose(actual, expected, rtol=1e-12, atol=1e-14)


def test_memory_is_shared() -> None:
    """What the op is given is the array's memory."""
    seen = []

    @og.to_jax
    def spied(x: Any) -> Any:
        seen.append(x)
        return x + 1

    spied(x)
    assert seen[0].__array_interface__["data"][0] == x.unsafe_buffer_pointer()


@pytest.mark.parametrize("wrap", [lambda f: f, jax.jit], ids=["untraced", "jit"])
def test_containers_and_numbers(wrap: Any) -> None:
    """They go in and come out; what has no derivative is a constant."""
    out = wrap(lambda p: energy(p, scale=2.0))({"x": x, "y": x})
    close(out["value"], 2 * jnp.sum(jnp.exp(x) * x))
    assert out["largest"] == 4
    gradient = wrap(jax.grad(lambda p: energy(p)["value"]))({"x": x, "y": x})
    close(gradient["y"], jnp.exp(x))


def test_a_number_keeps_float32() -> None:
    """A Python number takes on an array's dtype, traced or not; so does its gradient."""
    single = x.astype(jnp.float32)

    def value(scale: Any) -> Any:
        return energy({"x": single, "y": single}, scale=scale)["value"]

    assert value(0.5).dtype == jax.jit(value)(0.5).dtype == jnp.float32
    close(jax.grad(value)(0.5), value(1.0))


def test_without_double_precision() -> None:
    """Where JAX has no float64, results are float32, traced or not."""
    with jax.enable_x64(False):
        single = jnp.linspace(-1, 1, 5)
        for f in (softplus, jax.jit(softplus), jax.grad(lambda x: softplus(x).sum())):
            assert f(single).dtype == jnp.float32


@pytest.mark.parametrize("wrap", [lambda f: f, jax.jit], ids=["untraced", "jit"])
def test_second_order_in_every_mode(wrap: Any) -> None:
    """Forward and reverse, over each other."""

    def total(x: Any) -> Any:
        return softplus(x).sum()

    for outer in (jax.jacfwd, jax.jacrev):
        for inner in (jax.jacfwd, jax.jacrev):
            close(wrap(outer(inner(total)))(x), jnp.diag(curvature))


def test_linear_transpose() -> None:
    """A tangent's map has its transpose, and that has its own."""
    _, push = jax.linearize(softplus, x)
    pull = jax.linear_transpose(push, x)
    close(pull(jnp.ones(5))[0], slope)
    again = jax.linear_transpose(lambda ct: pull(ct)[0], x)
    close(again(jnp.ones(5))[0], slope)


@pytest.mark.parametrize("wrap", [lambda f: f, jax.jit], ids=["untraced", "jit"])
def test_vmap_of_an_elementwise_op(wrap: Any) -> None:
    """Cotangents are summed over what broadcasts, not over what is mapped."""
    add = og.to_jax(og.ops.add)
    a, b = jnp.arange(24.0).reshape(2, 4, 3), jnp.arange(3.0)
    gradient = jax.grad(lambda a, b: (add(a, b) ** 3).sum(), argnums=(0, 1))
    grads = wrap(jax.vmap(gradient, in_axes=(1, None)))(a, b)
    expected = 3 * (jnp.moveaxis(a, 1, 0) + b) ** 2
    close(grads[0], expected)
    close(grads[1], expected.sum(1))


def test_vmap_keeps_float32_beside_a_number() -> None:
    """As without, and in the gradient."""
    x = jnp.ones((2, 3), jnp.float32)
    multiply = og.to_jax(og.ops.mul)
    assert jax.vmap(lambda x: multiply(x, 2.0))(x).dtype == jnp.float32
    assert jax.vmap(jax.grad(lambda x: multiply(x, 2.0).sum()))(x).dtype == jnp.float32


@pytest.mark.parametrize("wrap", [lambda f: f, jax.jit], ids=["untraced", "jit"])
def test_vmap_of_any_op(wrap: Any) -> None:
    """Element by element, stacked; of the Jacobian, too."""
    close(wrap(jax.vmap(cholesky))(matrices), jnp.linalg.cholesky(matrices))
    jacobian = jax.jacobian(cholesky)
    close(wrap(jax.vmap(jacobian))(matrices), jnp.stack([jacobian(each) for each in matrices]))


def test_large_arrays_come_back() -> None:
    """Traced code that calls back with megabytes does not wait for itself."""
    big = jnp.ones((1000, 1000))
    close(jax.jit(lambda b: softplus(b).sum())(big), 1e6 * np.log1p(math.e))


@pytest.mark.parametrize("backend", ["python", "llvm"])
def test_compiled_functions(backend: str) -> None:
    """Programs of OpGrad's compiler cross, with their derivatives of both orders."""

    @og.compile(backend=backend)
    def f(x: Any, y: Any) -> Any:
        return np.sum(np.exp(x) * np.tanh(y))

    check_grads(og.to_jax(f), (x, x + 1), order=2)
    assert f.programs


def test_an_opaque_op_has_no_second_derivative() -> None:
    """The first is there; for the second, the error says why not."""
    square = og.to_jax(foreign)
    close(jax.grad(square)(3.0), 6.0)
    with pytest.raises(NotDifferentiable, match="opaque"):
        jax.grad(jax.grad(square))(3.0)


def test_a_dtype_that_numpy_has_not() -> None:
    """The error names it, and says how to convert; also where code is traced."""
    for f in (softplus, jax.jit(softplus)):
        with pytest.raises(InputError, match=r"no bfloat16.*astype"):
            f(jnp.ones(2, jnp.bfloat16))


def test_shapes_that_do_not_fit() -> None:
    """Traced, they are refused before anything runs."""
    with pytest.raises(ShapeError, match="do not broadcast"):
        jax.jit(og.to_jax(og.ops.add))(jnp.ones(2), jnp.ones(3))


def test_shapes_that_are_not_known_beforehand() -> None:
    """Placeholders that the function refuses are no obstacle once it has run on such shapes."""

    @og.to_jax
    def picky(x: Any) -> Any:
        if np.all(x < 1):
            raise ValueError("too small")
        return x * 2

    twos = jnp.full((3,), 2.0)
    with pytest.raises(ShapeError, match=r"have to be known before it runs.*too small"):
        jax.jit(picky)(twos)
    close(picky(twos), 2 * twos)
    close(jax.jit(picky)(twos), 2 * twos)
