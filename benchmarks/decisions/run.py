"""The figures that decisions rest on (``docs/decisions``): 1, 2 and 9, a file each.

What is compared takes turns, in one process. Tables show the median over the rounds; the JSON file
has every sample.

Run ``python -m benchmarks.decisions.run``.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median

from benchmarks.machine import ONE_THREAD, RESULTS, keep

os.environ.update(ONE_THREAD)  # read when NumPy is imported

from benchmarks.decisions.immutability import MAKING
from benchmarks.decisions.inputs import FORWARD
from benchmarks.decisions.zero_cotangents import SIZES, ten_tanh

Measures = Mapping[str, Callable[[], float]]


def main() -> None:
    """Measure, print tables, and write the JSON file."""
    parser = argparse.ArgumentParser(description="The figures of decisions 1, 2 and 9.")
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--json", type=Path, default=RESULTS / "decisions.json")
    options = parser.parse_args()
    measures: dict[str, Measures] = {"forward, per op": FORWARD, "making a node": MAKING}
    for size in SIZES:
        measures[f"{size:,} elements"] = ten_tanh(size, selects=False)
        measures[f"{size:,} elements, half selected"] = ten_tanh(size, selects=True)
    seconds = {}
    for title, measure in measures.items():
        seconds[title] = samples = in_turns(measure, options.rounds)
        print(title)
        for name, of_name in samples.items():
            print(f"  {name:54}{1e6 * median(of_name):10.3f} us")
    keep(options.json, ("opgrad", "numpy", "attrs"), seconds=seconds)


def in_turns(measures: Measures, rounds: int) -> dict[str, list[float]]:
    """The samples of each, after one round to warm up."""
    samples: dict[str, list[float]] = {name: [] for name in measures}
    for turn in range(1 + rounds):
        for name, measure in measures.items():
            seconds = measure()
            if turn:
                samples[name].append(seconds)
    return samples


if __name__ == "__main__":
    main()
