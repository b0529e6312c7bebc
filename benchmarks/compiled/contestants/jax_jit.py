"""Contestant: JAX's ``jit``, in float64; compiled and with arrays on its device beforehand."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from benchmarks.arrays.programs import Program
from benchmarks.compiled.entry import Entries, Entry, Step, value_and_vector
from benchmarks.compiled.programs import black_scholes as options
from benchmarks.compiled.programs import bundle as camera
from benchmarks.compiled.programs import mlp

jax = import_module("jax")
jax.config.update("jax_enable_x64", True)
jnp = import_module("jax.numpy")
erf = import_module("jax.scipy.special").erf


def scalar_mlp(of: mlp.Problem) -> Entries:
    """Parameters as one array, and as numbers. The small program only: see ``first``."""
    if len(of.ys) > 2:
        return {}
    return {
        "JAX, jit": Entry(first(of), value_and_vector),
        "JAX, jit, numbers": Entry(first_of_numbers(of), value_and_vector),
    }


def batched_mlp(of: mlp.Problem) -> Entries:
    """Vectorised by hand: matrices instead of numbers."""
    layers = list(map(jnp.asarray, mlp.layers(of.params)))
    X, y = map(jnp.asarray, of.arrays())
    entry = _with_gradient(lambda layers, X, y: mlp.vectorised(jnp, layers, X, y), [layers, X, y])
    return {"JAX, jit": Entry(entry.step, mlp.from_layers, entry.function)}


def black_scholes(inputs: list[Any]) -> Entries:
    """Prices and greeks."""
    step = _jit(lambda *inputs: options.greeks(jax.grad, jnp, erf, *inputs), inputs)
    return {"JAX, jit": Entry(step)}


def black_scholes_total(inputs: list[Any]) -> Entries:
    """The gradient of the total price."""

    def total(*inputs: Any) -> Any:
        return options.total(jnp, erf, *inputs)

    return {"JAX, jit": _with_gradient(total, inputs, argnums=tuple(range(len(inputs))))}


def bundle(of: tuple[Any, Any]) -> Entries:
    """Blocks by vmap, forward and reverse; and gradients of arrays, as OpGrad has them."""

    def of_one(inputs: Any, observed: Any) -> Any:
        return jnp.stack(camera.residuals(jnp, inputs, observed))

    def blocks(jacobian: Any) -> Entry:
        both = jax.vmap(lambda *one: (of_one(*one), jacobian(of_one)(*one)))
        return Entry(_jit(both, list(of)), camera.from_blocks)

    def arrays(inputs: Any, observed: Any) -> Any:
        return camera.with_jacobian(jax.grad, jnp, inputs, observed)

    columns = [[column.copy() for column in array.T] for array in of]
    return {
        "JAX, jit, jacfwd": blocks(jax.jacfwd),
        "JAX, jit, jacrev": blocks(jax.jacrev),
        "JAX, jit, arrays": Entry(_jit(arrays, columns), camera.from_arrays),
    }


def bundle_cost(of: tuple[Any, Any]) -> Entries:
    """The gradient of half the sum of squares."""
    inputs, observed = ([jnp.asarray(column.copy()) for column in array.T] for array in of)

    def cost(*inputs: Any) -> Any:
        return camera.cost(jnp, inputs, observed)

    return {"JAX, jit": _with_gradient(cost, inputs, argnums=tuple(range(len(inputs))))}


def tensors(of: Program) -> Entries:
    """The gradient by the list of parameters."""

    def loss(params: Any, data: Any) -> Any:
        return of.loss(jnp, params, data)

    return {"JAX, jit": _with_gradient(loss, [list(of.params), list(of.data)])}


def first(of: mlp.Problem) -> Step:
    """The scalar MLP, its parameters as one array."""
    params = jnp.asarray(of.params)
    return _of_parameters(of, mlp.unpacked, params)


def first_of_numbers(of: mlp.Problem) -> Step:
    """The same of numbers: compiled sooner, and slower to call."""
    return _of_parameters(of, lambda params: params, of.params)


def wake() -> None:
    """What a process needs once before it compiles anything."""
    jax.jit(lambda x: x + 1.0)(1.0).block_until_ready()


def _of_parameters(of: mlp.Problem, unpack: Callable[[Any], Any], params: Any) -> Step:
    def loss(params: Any) -> Any:
        return mlp.loss(lambda x: jnp.maximum(x, 0.0), unpack(params), of)

    step = jax.jit(jax.value_and_grad(loss))
    return lambda: jax.block_until_ready(step(params))


def _with_gradient(loss: Callable[..., Any], inputs: list[Any], argnums: Any = 0) -> Entry:
    both = _jit(jax.value_and_grad(loss, argnums=argnums), inputs)
    return Entry(both, function=_jit(loss, inputs))


def _jit(f: Callable[..., Any], inputs: list[Any]) -> Step:
    call, on_device = jax.jit(f), jax.tree.map(jnp.asarray, inputs)
    return lambda: jax.block_until_ready(call(*on_device))


FIRST = {"JAX, jit": first, "JAX, jit, numbers": first_of_numbers}
CASES = {
    "scalar MLP": scalar_mlp,
    "batched MLP": batched_mlp,
    "Black-Scholes": black_scholes,
    "Black-Scholes, total": black_scholes_total,
    "bundle": bundle,
    "bundle, cost": bundle_cost,
    "tensors": tensors,
}
