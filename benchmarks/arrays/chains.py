"""Programs whose memory is measured: few ops on arrays so large that nothing else counts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from benchmarks.arrays.programs import Arrays, Program, mlp

SEGMENTS = 10
Wrap = Callable[[Callable[[Any], Any]], Callable[[Any], Any]]


def segment(xp: Any, x: Any) -> Any:
    """Five elementwise ops. A rule of two of them (+ and -) needs no array at all."""
    return xp.tanh(x * xp.sin(x) + 0.5) - x


def chain_loss(wrap: Wrap, xp: Any, params: Arrays, data: Arrays) -> Any:
    """The sum of squares of what ten segments make of an array."""
    (x,) = params
    for _ in range(SEGMENTS):
        x = wrap(partial(segment, xp))(x)
    return xp.sum(x * x)


def chain_by_hand(params: Arrays, data: Arrays) -> tuple[Any, list[Any]]:
    """The loss and its gradient. Three arrays are kept of each segment."""
    (x,) = params
    kept = []
    for _ in range(SEGMENTS):
        sin = np.sin(x)
        tanh = np.tanh(x * sin + 0.5)
        kept.append((x, sin, tanh))
        x = tanh - x
    loss, g = np.sum(x * x), 2 * x
    while kept:
        x, sin, tanh = kept.pop()
        gt = g * (1 - tanh * tanh)
        g = gt * (sin + x * np.cos(x)) - g
    return loss, [g]


def chain(wrap: Wrap = lambda f: f, *, size: int = 1_000_000) -> Program:
    """The program for a random array; ``wrap`` may make a checkpoint of each segment."""
    x = np.random.default_rng(3).normal(size=size)
    return Program(partial(chain_loss, wrap), chain_by_hand, [x], ())


PROGRAMS: dict[str, Callable[[Wrap], Program]] = {
    "MLP, batch of 20,000": lambda checkpoint: mlp(20_000, (784, 256, 10)),
    "50 elementwise ops": lambda checkpoint: chain(),
    "the same, in 10 checkpoints": chain,
}
"""By title: the program, given what the contestant makes checkpoints with."""
