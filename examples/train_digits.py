"""Learns to read handwritten digits: a network as a dict of arrays, and Adam as two functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import optree
from sklearn.datasets import load_digits

import opgrad as og
from opgrad import Raw

Tree: TypeAlias = Any
"""Arrays in containers."""
Optimiser: TypeAlias = tuple[Callable[[Tree], Tree], Callable[[Tree, Tree], tuple[Tree, Tree]]]
"""As in optax: init(params) -> state, and update(gradients, state) -> (updates, state)."""


def adam(rate: float, b1: float = 0.9, b2: float = 0.999, eps: float = 1e-8) -> Optimiser:
    """The optimiser of Kingma and Ba, "Adam: A method for stochastic optimization", 2015."""

    def init(params: Tree) -> Tree:
        zeros = optree.tree_map(np.zeros_like, params)
        return 0, zeros, zeros

    def update(gradients: Tree, state: Tree) -> tuple[Tree, Tree]:
        step, mean, square = state
        step += 1
        mean = optree.tree_map(lambda m, g: b1 * m + (1 - b1) * g, mean, gradients)
        square = optree.tree_map(lambda s, g: b2 * s + (1 - b2) * g**2, square, gradients)
        a, b = rate / (1 - b1**step), 1 / (1 - b2**step)
        updates = optree.tree_map(lambda m, s: -a * m / (np.sqrt(b * s) + eps), mean, square)
        return updates, (step, mean, square)

    return init, update


def load() -> tuple[Raw, Raw, Raw, Raw]:
    """1,347 images of 8 x 8 pixels with their digits, to train on, and 450 others, to test."""
    images, digits = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(images))
    train, test = order[:1347], order[1347:]
    return images[train] / 16, digits[train], images[test] / 16, digits[test]


def new_params(rng: np.random.Generator, hidden: int = 64) -> Tree:
    """Two layers with random weights and biases of 0."""
    return {
        "hidden": {"w": rng.normal(0, 1 / 8, (64, hidden)), "b": np.zeros(hidden)},
        "out": {"w": rng.normal(0, hidden**-0.5, (hidden, 10)), "b": np.zeros(10)},
    }


def logits(params: Tree, images: Raw) -> Raw:
    """Ten scores for each image; the highest is at the digit that it shows."""
    hidden = np.maximum(images @ params["hidden"]["w"] + params["hidden"]["b"], 0)
    return hidden @ params["out"]["w"] + params["out"]["b"]


def loss(params: Tree, images: Raw, digits: Raw) -> Raw:
    """The mean cross-entropy: minus the logarithm of the probability of the right digit."""
    scores = logits(params, images)
    right = scores[np.arange(len(digits)), digits]
    return np.mean(np.logaddexp.reduce(scores, axis=1) - right)


def accuracy(params: Tree, images: Raw, digits: Raw) -> float:
    """The fraction of images that are read right."""
    return float(np.mean(np.argmax(logits(params, images), axis=1) == digits))


def train(images: Raw, digits: Raw, epochs: int = 20) -> Tree:
    """Adam, in batches of 64."""
    rng = np.random.default_rng(0)
    init, update = adam(rate=0.003)
    params = new_params(rng)
    state = init(params)
    for epoch in range(1, epochs + 1):
        for batch in np.array_split(rng.permutation(len(images)), len(images) // 64):
            gradients = og.grad(loss)(params, images[batch], digits[batch])
            updates, state = update(gradients, state)
            params = optree.tree_map(np.add, params, updates)
        if epoch % 5 == 0:
            print(f"epoch {epoch:2}   loss {loss(params, images, digits):.3f}")
    return params


def main() -> None:
    """Train, and read digits that were not trained on."""
    images, digits, unseen, unseen_digits = load()
    params = train(images, digits)
    print(f"{accuracy(params, unseen, unseen_digits):.1%} of unseen digits are read right")


if __name__ == "__main__":
    main()
