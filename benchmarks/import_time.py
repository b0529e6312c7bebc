"""How long does ``import opgrad`` take, beyond ``import numpy``?

Each sample is a fresh process that imports NumPy, then OpGrad, then computes ``Value(1.0) + 1``,
and times the three. The last loads the built-in plugins, which the import leaves for later. One
process more goes first, untimed, to write the bytecode files.

Run ``python -m benchmarks.import_time [--json PATH]``.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from statistics import median, quantiles

SAMPLES = 15
PROGRAM = """
from time import perf_counter
t0 = perf_counter()
import numpy
t1 = perf_counter()
import opgrad
t2 = perf_counter()
opgrad.Value(1.0) + 1
t3 = perf_counter()
print(t1 - t0, t2 - t1, t3 - t2)
"""
STAGES = ("import numpy", "import opgrad, beyond that", "first operation, beyond that")


def measure() -> dict[str, list[float]]:
    """Seconds of each stage, in each process."""
    rows = [_run_once() for _ in range(1 + SAMPLES)][1:]
    return dict(zip(STAGES, map(list, zip(*rows, strict=True)), strict=True))


def _run_once() -> list[float]:
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return [float(word) for word in done.stdout.split()]


def main() -> None:
    """Measure, print a table, and write the JSON file if one is named."""
    parser = argparse.ArgumentParser(description="The time of `import opgrad`.")
    parser.add_argument("--json", type=Path, help="write every sample there")
    options = parser.parse_args()
    seconds = measure()
    print(f"ms, in {SAMPLES} fresh processes  median   min    quartiles")
    for stage, samples in seconds.items():
        ms = [1000 * s for s in samples]
        low, _, high = quantiles(ms, n=4)
        print(f"{stage:28}   {median(ms):7.1f} {min(ms):7.1f}   {low:.1f} .. {high:.1f}")
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps({"seconds": seconds}, indent=1) + "\n")


if __name__ == "__main__":
    main()
