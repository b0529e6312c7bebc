"""What a function of OpGrad is to torch and to JAX, and theirs to OpGrad, in a few calls."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import torch

import opgrad as og

jax.config.update("jax_enable_x64", True)


def hypotenuse(sides: dict[str, Any]) -> Any:
    """Plain NumPy, of a container."""
    return np.sqrt(sides["a"] ** 2 + sides["b"] ** 2)


def to_torch() -> None:
    """A function on tensors: backward, torch.func, torch.compile."""
    f = og.to_torch(hypotenuse)
    a, b = torch.tensor([3.0, 6.0], requires_grad=True), torch.tensor([4.0, 8.0])
    f({"a": a, "b": b}).sum().backward()
    print("torch, backward:", a.grad)

    softplus = og.to_torch(og.ops.softplus)
    slopes = torch.vmap(torch.func.grad(softplus))(torch.tensor([0.0, 1.0]))
    print("torch, vmap of grad:", slopes)

    compiled = torch.compile(lambda x: softplus(2 * x).sum(), fullgraph=True, backend="aot_eager")
    print("torch, compiled:", compiled(torch.zeros(3)))


def to_jax() -> None:
    """A function on JAX's arrays: jit, grad, vmap, hessian."""
    f = og.to_jax(hypotenuse)
    sides = {"a": jnp.array(3.0), "b": jnp.array(4.0)}
    gradient = jax.jit(jax.grad(f))(sides)
    print(f"JAX, jit of grad: {gradient['a']:.2f} {gradient['b']:.2f}")

    norm = og.to_jax(og.compile(lambda x: np.sqrt(np.sum(x * x))))
    print("JAX, vmap:", jax.vmap(norm)(jnp.array([[3.0, 4.0], [6.0, 8.0]])))
    print("JAX, hessian:", jax.hessian(norm)(jnp.array([0.0, 2.0])).round(3).tolist())


def to_opgrad() -> None:
    """Functions of torch and of JAX, in one of OpGrad's."""
    gelu = og.from_torch(torch.nn.functional.gelu)
    sinc = og.from_jax(jnp.sinc)
    x = np.array([0.5, 1.0])
    print("OpGrad, grad:", og.grad(lambda x: np.sum(gelu(x) * sinc(x)))(x).round(4))


if __name__ == "__main__":
    to_torch()
    to_jax()
    to_opgrad()
