"""Seconds of calls that take turns."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from statistics import median
from time import perf_counter
from typing import TypeVar

from benchmarks.compiled.entry import Step

K = TypeVar("K", bound=Hashable)
TURN = 0.02
"""Seconds that a contestant's turn takes, about."""
SHORTEST = 2e-4
"""Seconds that are timed at once, at least: shorter calls are timed several in a row."""


def in_turns(steps: Mapping[K, Step], rounds: int) -> dict[K, list[float]]:
    """The median seconds of a call in each round, by key; the order rotates."""
    samples: dict[K, list[float]] = {name: [] for name in steps}
    sizes = {name: _sizes(step) for name, step in steps.items()}
    names = list(steps)
    for turn in range(rounds):
        first = turn % len(names)
        for name in names[first:] + names[:first]:
            steps[name]()  # to warm up
            samples[name].append(seconds_of(steps[name], *sizes[name]))
    return samples


def seconds_of(step: Step, times: int, calls: int) -> float:
    """The median seconds of a call: so many times, so many calls in a row."""
    return median(_timed(step, calls) for _ in range(times))


def _sizes(step: Step) -> tuple[int, int]:
    step()
    once = min(_timed(step, 1) for _ in range(3))
    calls = max(1, round(SHORTEST / once))
    return min(50, max(1, round(TURN / (once * calls)))), calls


def _timed(step: Step, calls: int) -> float:
    start = perf_counter()
    for _ in range(calls):
        step()
    return (perf_counter() - start) / calls
