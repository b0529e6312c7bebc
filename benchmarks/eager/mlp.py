"""The program that is timed: a scalar MLP 2 -> 16 -> 16 -> 1 with hinge loss, on 20 samples.

It is plain Python over whatever number type it is given: anything with ``+``, ``*`` and
``.relu()``. The inputs and labels are floats, only the parameters are the contestant's own type.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

SIZES = (2, 16, 16, 1)
SAMPLES = 20
N_PARAMS = sum((n_in + 1) * n_out for n_in, n_out in pairwise(SIZES))


def n_ops(samples: int = SAMPLES) -> int:
    """How many operations the loss takes, each one node of the graph."""
    affine = sum(2 * n_in * n_out for n_in, n_out in pairwise(SIZES))
    relus = sum(SIZES[1:-1])
    hinge = 3
    return samples * (affine + relus + hinge) + samples - 1


def problem(samples: int = SAMPLES) -> tuple[list[float], list[tuple[float, float]], list[float]]:
    """The parameters, inputs and labels: random, and the same every time."""
    rng = random.Random(0)
    params = [rng.uniform(-1, 1) for _ in range(N_PARAMS)]
    xs = [(rng.uniform(-1, 1), rng.uniform(-1, 1)) for _ in range(samples)]
    ys = [rng.choice((-1.0, 1.0)) for _ in range(samples)]
    return params, xs, ys


def predict(params: Sequence[Any], x: Sequence[Any]) -> Any:
    """The MLP's output for one input; ``params`` holds each unit's weights, then its bias."""
    at = 0
    units = x
    for layer, (n_in, n_out) in enumerate(pairwise(SIZES), start=1):
        outputs = []
        for _ in range(n_out):
            total = params[at + n_in]
            for i in range(n_in):
                total = total + params[at + i] * units[i]
            outputs.append(total.relu() if layer < len(SIZES) - 1 else total)
            at += n_in + 1
        units = outputs
    return units[0]


def hinge_loss(params: Sequence[Any], xs: Sequence[Sequence[float]], ys: Sequence[float]) -> Any:
    """The sum of max(0, 1 - y * prediction) over the samples."""
    total = None
    for x, y in zip(xs, ys, strict=True):
        loss = (predict(params, x) * -y + 1.0).relu()
        total = loss if total is None else total + loss
    return total
