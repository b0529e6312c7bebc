"""A multilayer perceptron of scalar Values: every weight is one, every product a node.

Values are immutable, so a training step does not change a network, it makes the next one:
``model = model.step(rate)``. Its Values are new leaves, whose gradients start at 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from random import Random
from typing import TypeAlias

from attrs import frozen

from opgrad import Value

Scalar: TypeAlias = Value[float]


@frozen
class Neuron:
    """A weighted sum of its inputs, plus a bias."""

    weights: tuple[Scalar, ...]
    bias: Scalar

    @classmethod
    def random(cls, inputs: int, rng: Random) -> Neuron:
        """Weights that keep the size of a signal through a ReLU (He et al., 2015)."""
        spread = (2 / inputs) ** 0.5
        return cls(tuple(Value(rng.gauss(0, spread)) for _ in range(inputs)), Value(0.0))

    def __call__(self, x: Sequence[Scalar | float]) -> Scalar:
        """Compute w1 * x1 + w2 * x2 + ... + bias."""
        total = self.bias
        for weight, xi in zip(self.weights, x, strict=True):
            total = total + weight * xi
        return total

    def step(self, rate: float) -> Neuron:
        """This neuron, moved down its gradient."""
        return Neuron(tuple(moved(w, rate) for w in self.weights), moved(self.bias, rate))


def moved(p: Scalar, rate: float) -> Scalar:
    """A new leaf, one step down the gradient of ``p``."""
    return Value(p.data - rate * p.grad)


@frozen
class MLP:
    """Layers of neurons, with a ReLU between one layer and the next."""

    layers: tuple[tuple[Neuron, ...], ...]

    @classmethod
    def random(cls, sizes: Sequence[int], rng: Random) -> MLP:
        """``sizes`` counts the inputs, then the neurons of each layer: (30, 8, 1)."""
        return cls(
            tuple(
                tuple(Neuron.random(inputs, rng) for _ in range(neurons))
                for inputs, neurons in pairwise(sizes)
            )
        )

    @classmethod
    def of(cls, sizes: Sequence[int], parameters: Iterable[Scalar]) -> MLP:
        """The network of those sizes whose :attr:`parameters` these are."""
        rest = iter(parameters)
        return cls(
            tuple(
                tuple(
                    Neuron(tuple(next(rest) for _ in range(inputs)), next(rest))
                    for _ in range(neurons)
                )
                for inputs, neurons in pairwise(sizes)
            )
        )

    def __call__(self, x: Sequence[Scalar | float]) -> tuple[Scalar, ...]:
        """Pass the inputs through every layer."""
        *hidden, last = self.layers
        for layer in hidden:
            x = [neuron(x).relu() for neuron in layer]
        return tuple(neuron(x) for neuron in last)

    def step(self, rate: float) -> MLP:
        """This network, every neuron moved down its gradient."""
        return MLP(tuple(tuple(neuron.step(rate) for neuron in layer) for layer in self.layers))

    @property
    def parameters(self) -> tuple[Scalar, ...]:
        """Every weight and bias."""
        return tuple(p for layer in self.layers for n in layer for p in (*n.weights, n.bias))
