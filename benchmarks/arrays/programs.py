"""The programs that are timed, once in plain NumPy code, and once with the gradient by hand.

A loss takes the namespace to compute in (NumPy, or a contestant's look-alike), the parameters, and
the data. It is one program for all contestants, spelled with what all of them have. A gradient by
hand is what one would write who has the time: what the forward left is used, and softmax minus
labels is known to be the derivative of cross-entropy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from attrs import frozen

Arrays = Sequence[Any]
Loss = Callable[[Any, Arrays, Arrays], Any]
ByHand = Callable[[Arrays, Arrays], tuple[Any, list[Any]]]


@frozen
class Program:
    """A loss, its gradient by hand, and what to call them with."""

    loss: Loss
    by_hand: ByHand
    params: Arrays
    data: Arrays


# -- a multi-layer perceptron with tanh and cross-entropy ------------------------------------------


def mlp_loss(xp: Any, params: Arrays, data: Arrays) -> Any:
    """The mean cross-entropy; params are the layers' weights and biases in turn."""
    x, labels = data
    for W, b in zip(params[:-2:2], params[1:-2:2], strict=True):
        x = xp.tanh(x @ W + b)
    logits = x @ params[-2] + params[-1]
    log_p = logits - xp.log(xp.sum(xp.exp(logits), axis=1, keepdims=True))
    return -xp.sum(log_p * labels) / len(labels)


def mlp_by_hand(params: Arrays, data: Arrays) -> tuple[Any, list[Any]]:
    """The loss and its gradient."""
    x, labels = data
    inputs = [x]
    for W, b in zip(params[:-2:2], params[1:-2:2], strict=True):
        x = np.tanh(x @ W + b)
        inputs.append(x)
    logits = x @ params[-2] + params[-1]
    exp = np.exp(logits)
    total = np.sum(exp, axis=1, keepdims=True)
    loss = -np.sum((logits - np.log(total)) * labels) / len(labels)
    g = (exp / total - labels) / len(labels)
    grads = []
    for x, W in zip(reversed(inputs), params[-2::-2], strict=True):
        grads += [np.sum(g, axis=0), x.T @ g]
        if x is not data[0]:
            g = (g @ W.T) * (1 - x * x)
    return loss, grads[::-1]


def mlp(batch: int, sizes: Sequence[int]) -> Program:
    """The program for random inputs and labels."""
    rng = np.random.default_rng(0)
    params: list[Any] = []
    for n_in, n_out in pairwise(sizes):
        params += [rng.normal(size=(n_in, n_out)) / np.sqrt(n_in), rng.normal(size=n_out) / 10]
    labels = np.eye(sizes[-1])[rng.integers(sizes[-1], size=batch)]
    return Program(mlp_loss, mlp_by_hand, params, (rng.normal(size=(batch, sizes[0])), labels))


# -- a mixture of Gaussians, axes not correlated ---------------------------------------------------


def mixture_loss(xp: Any, params: Arrays, data: Arrays) -> Any:
    """Minus the mean log-likelihood, up to a constant."""
    weights, means, log_scales = params
    (x,) = data
    z = (x - means) * xp.exp(-log_scales)
    log_w = weights - xp.log(xp.sum(xp.exp(weights)))
    log_p = log_w - xp.sum(log_scales, axis=1) - 0.5 * xp.sum(z * z, axis=2)
    return -xp.sum(xp.log(xp.sum(xp.exp(log_p), axis=1))) / len(x)


def mixture_by_hand(params: Arrays, data: Arrays) -> tuple[Any, list[Any]]:
    """The loss and its gradient."""
    weights, means, log_scales = params
    (x,) = data
    inverse = np.exp(-log_scales)
    z = (x - means) * inverse
    exp_w = np.exp(weights)
    sum_w = np.sum(exp_w)
    log_w = weights - np.log(sum_w)
    p = np.exp(log_w - np.sum(log_scales, axis=1) - 0.5 * np.sum(z * z, axis=2))
    total = np.sum(p, axis=1, keepdims=True)
    loss = -np.sum(np.log(total)) / len(x)
    shares = p / (total * -len(x))
    by_component = np.sum(shares, axis=0)
    gz = shares[:, :, None] * z
    return loss, [
        by_component + exp_w / sum_w,
        np.sum(gz, axis=0) * inverse,
        np.sum(gz * z, axis=0) - by_component[:, None],
    ]


def mixture(points: int, components: int, dimensions: int) -> Program:
    """The program for random points."""
    rng = np.random.default_rng(1)
    params = [
        rng.normal(size=components) / 10,
        rng.normal(size=(components, dimensions)),
        rng.normal(size=(components, dimensions)) / 10,
    ]
    x = rng.normal(size=(points, 1, dimensions))
    return Program(mixture_loss, mixture_by_hand, params, (x,))


# -- logistic regression ---------------------------------------------------------------------------


def logistic_loss(xp: Any, params: Arrays, data: Arrays) -> Any:
    """The mean negative log-likelihood of labels -1 and 1, and a penalty on the weights."""
    w, b = params
    x, y = data
    margin = y * (x @ w + b)
    return xp.sum(xp.log1p(xp.exp(-margin))) / len(y) + 0.05 * xp.sum(w * w)


def logistic_by_hand(params: Arrays, data: Arrays) -> tuple[Any, list[Any]]:
    """The loss and its gradient."""
    w, b = params
    x, y = data
    exp = np.exp(-y * (x @ w + b))
    loss = np.sum(np.log1p(exp)) / len(y) + 0.05 * np.sum(w * w)
    g = y * exp / ((1 + exp) * -len(y))
    return loss, [g @ x + 0.1 * w, np.sum(g)]


def logistic(samples: int, features: int) -> Program:
    """The program for random samples and labels."""
    rng = np.random.default_rng(2)
    params = [rng.normal(size=features) / 10, np.array(0.1)]
    data = rng.normal(size=(samples, features)), rng.choice((-1.0, 1.0), size=samples)
    return Program(logistic_loss, logistic_by_hand, params, data)


PROGRAMS: dict[str, Callable[[], Program]] = {
    "small MLP": lambda: mlp(32, (16, 32, 32, 10)),
    "large MLP": lambda: mlp(256, (784, 256, 10)),
    "Gaussian mixture": lambda: mixture(500, 5, 3),
    "logistic regression": lambda: logistic(569, 30),
}
