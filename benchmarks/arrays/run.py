"""How fast are value and gradient of NumPy code? OpGrad beside hand-written gradients and peers.

The programs (``programs.py``) are a small and a large MLP, the log-likelihood of a Gaussian
mixture, and logistic regression, all in float64. The contestants (``contestants.py``) are NumPy
with the gradient written by hand, OpGrad, HIPS autograd, torch in eager mode, and JAX's ``jit``.
First their gradients are compared; if they differ, nothing is timed.

One process and, where the system can pin it, one core for all: no library has a second thread to
use. Contestants take turns, a short block of steps each, in an order that rotates, so that a busy
minute of the machine is shared by all. Tables show the median over the rounds of the median step;
the JSON file has that of every round. What peers need once (tensors, compilation) is done
beforehand.

A step on the large MLP allocates megabytes. Where the C library gives these back to the system
after each step, page faults cost more than the engine: compare figures of whole runs only.

Run ``python -m benchmarks.arrays.run``.
"""

from __future__ import annotations

import os

from benchmarks.machine import ONE_THREAD, RESULTS, keep

os.environ.update(ONE_THREAD)  # read when NumPy is imported
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

import argparse
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.arrays.contestants import CONTESTANTS, PACKAGES, Step, installed
from benchmarks.arrays.programs import PROGRAMS

TOLERANCE = 1e-9
BLOCK = 0.02
"""Seconds that a contestant's turn takes, about."""


def main() -> None:
    """Compare, measure, print a table, and write the JSON file."""
    parser = argparse.ArgumentParser(description="Value and gradient of NumPy programs.")
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--only", help="the name of one contestant, beside the gradient by hand")
    parser.add_argument("--json", type=Path, default=RESULTS / "arrays.json")
    options = parser.parse_args()

    names = installed()
    if options.only:
        names = [name for name in names if name in ("by hand", options.only)]
    seconds: dict[str, dict[str, list[float]]] = {}
    differences: dict[str, float] = {}
    for title, make in PROGRAMS.items():
        program = make()
        steps = {name: CONTESTANTS[name](program) for name in names}
        differences[title] = compare(steps)
        seconds[title] = measure(steps, options.rounds)
    print(f"the gradients of {', '.join(names)} agree to {max(differences.values()):.0e}\n")
    print("value and gradient, us: median, and ratio to the gradient by hand")
    print(table(seconds))
    if not options.only:
        keep(options.json, PACKAGES, gradients_agree_to=differences, seconds=seconds)


def compare(steps: dict[str, Step]) -> float:
    """The largest difference from the gradient by hand, relative to its largest element.

    Raises:
        SystemExit: it is too large for all to have done the same work.
    """
    found = {name: flat(step) for name, step in steps.items()}
    right = found["by hand"]
    difference = max(float(np.max(np.abs(g - right))) for g in found.values())
    difference /= float(np.max(np.abs(right)))
    if not difference <= TOLERANCE:
        raise SystemExit(f"the gradients differ by {difference:.1e}: nothing to compare")
    return difference


def flat(step: Step) -> Any:
    """The value and all gradients, in one vector."""
    value, grads = step()
    return np.concatenate([np.ravel(np.asarray(part)) for part in (value, *grads)])


def measure(steps: dict[str, Step], rounds: int) -> dict[str, list[float]]:
    """The median seconds of a step in each round, by contestant."""
    samples: dict[str, list[float]] = {name: [] for name in steps}
    lengths = {name: max(1, int(BLOCK / min(block(step, 3)))) for name, step in steps.items()}
    names = list(steps)
    for turn in range(rounds):
        first = turn % len(names)
        for name in names[first:] + names[:first]:
            steps[name]()  # to warm up
            samples[name].append(median(block(steps[name], min(lengths[name], 50))))
    return samples


def block(step: Step, length: int) -> list[float]:
    """The seconds of several steps in a row."""
    seconds = []
    for _ in range(length):
        start = perf_counter()
        step()
        seconds.append(perf_counter() - start)
    return seconds


def table(seconds: dict[str, dict[str, list[float]]]) -> str:
    """Each contestant's median for each program, and its ratio to the gradient by hand."""
    names = list(next(iter(seconds.values())))
    lines = [f"{'':20}" + "".join(f"{name:>16}" for name in names)]
    for title, samples in seconds.items():
        medians = {name: median(of_name) for name, of_name in samples.items()}
        cells = (f"{1e6 * s:9.1f} {s / medians['by hand']:5.2f}x" for s in medians.values())
        lines.append(f"{title:20}" + "".join(cells))
    return "\n".join(lines)


if __name__ == "__main__":
    main()
