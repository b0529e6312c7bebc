"""The same training, compiled: value and gradient of a batch's loss are one program."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter
from typing import Any

from attrs import frozen

import opgrad as og
from opgrad.demo.dataset import Row
from opgrad.demo.mlp import MLP
from opgrad.demo.train import Loss, Settings, beginning, mean_loss


@frozen
class Training:
    """What came of a compiled training, and how long its parts took."""

    losses: tuple[float, ...]
    model: MLP
    preparing: float
    """Seconds of the first step with each size of batch: traced, and made machine code of."""
    pace: float
    """Seconds that another step took, on average; of the first, where there is no other."""


def train(rows: Sequence[Row], settings: Settings, loss_of: Loss) -> Training:
    """Train as :func:`opgrad.demo.train.training` does, with numbers in the place of Values."""
    first, batches = beginning(rows, settings)
    sizes = (len(rows[0].x), settings.hidden, 1)

    def loss(parameters: Sequence[Any], batch: Sequence[Row]) -> Any:
        return mean_loss(MLP.of(sizes, parameters), batch, loss_of)

    value_and_gradient = og.compile(og.value_and_grad(loss))
    parameters = [p.data for p in first.parameters]
    losses: list[float] = []
    seconds: dict[bool, list[float]] = {True: [], False: []}
    met: set[int] = set()
    for _, batch, rate in batches:
        began = perf_counter()
        value, gradient = value_and_gradient(parameters, batch)
        parameters = [p - rate * g for p, g in zip(parameters, gradient, strict=True)]
        seconds[len(batch) not in met].append(perf_counter() - began)
        met.add(len(batch))
        losses.append(value)
    steps = seconds[False] or seconds[True]
    model = MLP.of(sizes, map(og.Value, parameters))
    return Training(tuple(losses), model, sum(seconds[True]), sum(steps) / len(steps))
