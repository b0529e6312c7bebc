"""How long from the user's call to the first result, and how that grows with the program?

The scalar MLP on more and more samples, from 1,287 to a million scalar ops. What is measured is
all that a contestant does from the Python function to value and gradient (tracing, the adjoint,
optimising, compiling, the first call), how far the process grows during that, and a later call.
Every measurement is of a process of its own, which has imported and woken up the contestant before.
The user's cache folder is an empty one.

``run.py`` starts it. ``python -m benchmarks.compiled.first_result CONTESTANT SAMPLES`` prints one
measurement as JSON, in the environment that it finds.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from math import nan
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from benchmarks.arrays.memory import CLEAR, peak
from benchmarks.compiled.contestants import MODULES, chosen
from benchmarks.compiled.programs import mlp
from benchmarks.compiled.timing import seconds_of
from benchmarks.eager.mlp import n_ops
from benchmarks.machine import ONE_THREAD, ROOT

SAMPLES = (2, 20, 155, 1553)
"""1,287, 12,879, 99,819 and 1,000,131 ops."""
PATIENCE = {"JAX": 2}
"""Samples at most, of a contestant that would take minutes to compile more."""
REPEATED = 3
"""Processes that measure the same, if the program is small; the medians are kept."""


def growth(modules: Mapping[str, Any], largest: int) -> dict[str, dict[str, dict[str, float]]]:
    """The measurements by contestant and number of ops, up to ``largest`` samples."""
    found: dict[str, dict[str, dict[str, float]]] = {}
    for family, module in modules.items():
        for name in getattr(module, "FIRST", {}):
            found[name] = {
                str(n_ops(samples)): _median_of_processes(name, samples)
                for samples in SAMPLES
                if samples <= min(largest, PATIENCE.get(family, largest))
            }
    return found


def _median_of_processes(name: str, samples: int) -> dict[str, float]:
    several = [apart(name, samples) for _ in range(REPEATED if samples <= 20 else 1)]
    return {key: median(one[key] for one in several) for key in several[0]}


def apart(name: str, samples: int) -> dict[str, float]:
    """One measurement, in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.compiled.first_result", name, str(samples)]
    with TemporaryDirectory(prefix="opgrad-bench-") as cache:
        environment = os.environ | ONE_THREAD | {"XDG_CACHE_HOME": cache}
        done = subprocess.run(
            command, check=True, stdout=subprocess.PIPE, cwd=ROOT, env=environment
        )
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def measure(name: str, samples: int) -> dict[str, float]:
    """The same, in this process."""
    family = name.split(",")[0]
    module = chosen(without=MODULES.keys() - {family})[family]
    module.wake()
    program = mlp.make(samples)
    found: dict[str, Any] = {}

    def first() -> Any:
        start = perf_counter()
        found["step"] = step = module.FIRST[name](program)
        result = step()
        found["seconds"] = perf_counter() - start
        return result

    if CLEAR.exists():
        grown: float = peak(first)
    else:  # not Linux
        first()
        grown = nan
    return {
        "first_seconds": found["seconds"],
        "call_seconds": seconds_of(found["step"], times=11, calls=max(1, 200 // samples)),
        "peak_bytes": grown,
    }


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))
