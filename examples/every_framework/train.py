"""One op of a third party, and the same small model trained with it in OpGrad, torch and JAX.

Needs torch, JAX, and the plugin in examples/opgrad-logcosh.
"""

from __future__ import annotations

from typing import Any

import jax
import numpy as np
import torch

import opgrad as og

jax.config.update("jax_enable_x64", True)

STEPS, RATE = 200, 0.3
RNG = np.random.default_rng(0)
X = RNG.uniform(-1, 1, (100, 2))
Y = np.sin(3 * X[:, 0]) * X[:, 1]
START = (RNG.normal(0, 1, (2, 16)), np.zeros(16), RNG.normal(0, 0.3, 16))


def in_opgrad() -> Any:
    """The loss before each step, trained with NumPy arrays."""

    def loss(w: Any, b: Any, v: Any) -> Any:
        return np.mean(og.ops.logcosh(np.tanh(X @ w + b) @ v - Y))

    step = og.compile(og.value_and_grad(loss, argnums=(0, 1, 2)))
    params, losses = START, []
    for _ in range(STEPS):
        value, gradients = step(*params)
        losses.append(value)
        params = tuple(p - RATE * g for p, g in zip(params, gradients, strict=True))
    return np.array(losses)


def in_torch() -> Any:
    """The same with torch's layers, loss.backward() and optimiser."""
    logcosh = og.to_torch(og.ops.logcosh)
    x, y = torch.from_numpy(X), torch.from_numpy(Y)
    w, b, v = params = [torch.tensor(p, requires_grad=True) for p in START]
    optimiser, losses = torch.optim.SGD(params, lr=RATE), []
    for _ in range(STEPS):
        optimiser.zero_grad()
        loss = logcosh(torch.tanh(x @ w + b) @ v - y).mean()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return np.array(losses)


def in_jax() -> Any:
    """The same with a step that JAX compiles."""
    logcosh = og.to_jax(og.ops.logcosh)

    def loss(params: Any) -> Any:
        w, b, v = params
        return logcosh(jax.numpy.tanh(X @ w + b) @ v - Y).mean()

    def advance(params: Any) -> Any:
        value, gradients = jax.value_and_grad(loss)(params)
        return value, jax.tree.map(lambda p, g: p - RATE * g, params, gradients)

    step = jax.jit(advance)
    params, losses = START, []
    for _ in range(STEPS):
        value, params = step(params)
        losses.append(value)
    return np.array(losses)


def main() -> None:
    """Train three times, and compare the losses, step by step."""
    ours, torchs, jaxs = in_opgrad(), in_torch(), in_jax()
    for name, losses in (("OpGrad", ours), ("torch", torchs), ("JAX", jaxs)):
        print(f"{name:6}   loss {losses[0]:.6f} -> {losses[-1]:.6f}")
    apart = max(np.abs(torchs - ours).max(), np.abs(jaxs - ours).max())
    print("farthest apart at any step: less than 1e-12:", bool(apart < 1e-12))


if __name__ == "__main__":
    main()
