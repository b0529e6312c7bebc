"""The scalar MLP 2 -> 16 -> 16 -> 1 with hinge loss, of numbers and of arrays over the samples.

It is the program of ``benchmarks.eager.mlp``, with ReLU as a function, so that numbers and arrays
need no methods. ``vectorised`` is what one would write by hand for a library of arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from itertools import pairwise
from operator import add
from typing import Any

import numpy as np
from attrs import frozen

from benchmarks.eager.mlp import N_PARAMS, SIZES, problem

Relu = Callable[[Any], Any]


@frozen
class Problem:
    """Parameters and samples."""

    params: list[float]
    xs: list[tuple[float, float]]
    ys: list[float]

    def arrays(self) -> tuple[Any, Any]:
        """The samples: inputs, a row each, and labels."""
        return np.array(self.xs), np.array(self.ys)


def make(samples: int) -> Problem:
    """Random, and the same every time."""
    return Problem(*problem(samples))


def unpacked(params: Any) -> list[Any]:
    """The parameters of an array, each by itself."""
    return [params[i] for i in range(N_PARAMS)]


def sample_loss(relu: Relu, params: Sequence[Any], x: Sequence[Any], y: Any) -> Any:
    """max(0, 1 - y * prediction) of one sample; or of many, if ``x`` and ``y`` hold arrays."""
    at, units = 0, x
    for layer, (n_in, n_out) in enumerate(pairwise(SIZES), start=1):
        outputs = []
        for _ in range(n_out):
            total = params[at + n_in]
            for i in range(n_in):
                total = total + params[at + i] * units[i]
            outputs.append(relu(total) if layer < len(SIZES) - 1 else total)
            at += n_in + 1
        units = outputs
    return relu(units[0] * -y + 1.0)


def loss(relu: Relu, params: Sequence[Any], of: Problem) -> Any:
    """The sum over the samples, all of it in scalars."""
    return reduce(add, (sample_loss(relu, params, x, y) for x, y in zip(of.xs, of.ys, strict=True)))


def vectorised(xp: Any, layers: Sequence[Any], X: Any, y: Any) -> Any:
    """The same of matrices: ``layers`` are W and b in turn."""
    h = X
    for W, b in zip(layers[:-2:2], layers[1:-2:2], strict=True):
        h = xp.maximum(h @ W + b, xp.zeros_like(b))
    margin = 1.0 - y * (h @ layers[-2] + layers[-1])[:, 0]
    return xp.sum(xp.maximum(margin, xp.zeros_like(margin)))


def layers(params: Sequence[float]) -> list[Any]:
    """The parameters as matrices."""
    found, at = [], 0
    for n_in, n_out in pairwise(SIZES):
        units = np.reshape(params[at : at + (n_in + 1) * n_out], (n_out, n_in + 1))
        found += [np.ascontiguousarray(units[:, :-1].T), units[:, -1].copy()]
        at += units.size
    return found


def from_layers(result: Any) -> list[Any]:
    """A value and gradients by layers, in the order of the parameters as numbers."""
    value, grads = result
    units = [
        np.column_stack([np.asarray(W).T, np.asarray(b)])
        for W, b in zip(grads[::2], grads[1::2], strict=True)
    ]
    return [np.ravel(np.asarray(value)), np.concatenate([np.ravel(of) for of in units])]
