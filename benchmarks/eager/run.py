"""How fast is a scalar forward and backward pass? OpGrad beside micrograd, torch, and a class.

The program (``mlp.py``) is a scalar MLP 2 -> 16 -> 16 -> 1 with hinge loss on 20 samples, 12,879
operations, each of them one node: what is timed is the engine, not the arithmetic. The contestants
are OpGrad, micrograd, torch in eager mode (float64 scalars, one thread), and a class in the
classic style (``classic.py``). First their gradients are compared; if they differ, nothing is
timed.

What a fair comparison has to see to:

- *Garbage.* micrograd's and the classic class's nodes are reference cycles, which only the garbage
  collector frees, at a moment of its choosing, perhaps in the next contestant's time. So a
  contestant is measured in a process of its own, and for several steps in a row, after one to warm
  up, as in a training loop: in this steady state each pays for its own garbage. What garbage
  there was before the block is collected, untimed. The graph's release is timed too, for
  OpGrad and torch free theirs at that moment.
- *Collector on or off.* A user may switch the collector off and pay in memory, so the figures
  without it are shown as well.
- *Noise.* A process per contestant takes its turn in every round, and the order rotates, so a busy
  minute of the machine is shared by all. Tables show the median over all steps of all rounds, and
  quartiles and minimum; the JSON file has every sample.
- *The same work.* Every step makes new leaves (untimed), and runs the same program, in float64,
  from the same numbers.
- *Memory* is the growth of the process per node, over several graphs that are alive at once, and,
  as a second figure, what Python's own allocator handed out. The second does not see torch's nodes,
  which C++ allocates.

Run ``python -m benchmarks.eager.run``; it also runs ``benchmarks/import_time.py``.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from benchmarks.eager import mlp
from benchmarks.eager.measure import CONTESTANTS
from benchmarks.machine import RESULTS, ROOT, keep

PACKAGES = ("opgrad", "micrograd", "torch", "numpy")
MODES = {"gc_on": "garbage collector on", "gc_off": "garbage collector off"}
PHASES = ("forward", "backward", "release", "total")
TOLERANCE = 1e-9

Samples = dict[str, dict[str, list[float]]]
"""Seconds, by contestant and phase."""


def main() -> None:
    """Compare, measure, print tables, and write the JSON files."""
    parser = argparse.ArgumentParser(description="Scalar forward and backward passes, per op.")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", type=Path, default=RESULTS / "eager.json")
    options = parser.parse_args()

    names = [name for name in CONTESTANTS if name == "classic" or find_spec(name)]
    for name in CONTESTANTS.keys() - names:
        print(f"{name} is not installed, and left out")
    difference = compare_gradients(names)
    print(f"{mlp.n_ops()} ops; the gradients of {', '.join(names)} agree to {difference:.0e}")
    seconds = measure_times(names, options.rounds)
    memory = {name: measure(name, "memory") for name in names}
    for mode, title in MODES.items():
        print(f"\nus per op, {title}: median, and ratio to OpGrad's")
        print(medians_table(seconds[mode]))
        print("total: spread over the steps")
        print(spread_table(seconds[mode]))
    print("\nbytes per node of live graphs")
    print(memory_table(memory))
    keep(
        options.json,
        PACKAGES,
        program={"ops": mlp.n_ops(), "samples": mlp.SAMPLES, "sizes": mlp.SIZES},
        gradients_agree_to=difference,
        seconds=seconds,
        bytes_per_node=memory,
    )

    print(flush=True)
    target = options.json.with_name("import_time.json")
    command = [sys.executable, "-m", "benchmarks.import_time", "--json", str(target)]
    subprocess.run(command, check=True, cwd=ROOT)


def measure(name: str, what: str) -> Any:
    """Have one contestant measured in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.eager.measure", name, what]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=ROOT)
    return json.loads(done.stdout)


def compare_gradients(names: list[str]) -> float:
    """The largest difference, relative to the largest gradient, between any two contestants.

    Raises:
        SystemExit: it is too large for them to have done the same work.
    """
    columns = list(zip(*(measure(name, "gradients") for name in names), strict=True))
    scale = max(abs(g) for column in columns for g in column)
    difference: float = max(max(column) - min(column) for column in columns) / scale
    if not difference <= TOLERANCE:
        raise SystemExit(f"the gradients differ by {difference:.1e}: nothing to compare")
    return difference


def measure_times(names: list[str], rounds: int) -> dict[str, Samples]:
    """The samples of all rounds, by mode of the garbage collector."""
    seconds: dict[str, Samples] = {
        mode: {name: {phase: [] for phase in PHASES} for name in names} for mode in MODES
    }
    for turn in range(rounds):
        first = turn % len(names)
        for name in names[first:] + names[:first]:
            for mode, phases in measure(name, "times").items():
                for phase, samples in phases.items():
                    seconds[mode][name][phase] += samples
                total = [sum(step) for step in zip(*phases.values(), strict=True)]
                seconds[mode][name]["total"] += total
    return seconds


# -- what is printed -----------------------------------------------------------------------------


def medians_table(seconds: Samples) -> str:
    """Each phase's median time per op, and its ratio to OpGrad's."""
    lines = [f"{'':10}" + "".join(f"{phase:>9}        " for phase in PHASES).rstrip()]
    ours = {phase: median(samples) for phase, samples in seconds["opgrad"].items()}
    for name, phases in seconds.items():
        medians = {phase: median(samples) for phase, samples in phases.items()}
        cells = (f"{per_op(s):9.2f} {s / ours[phase]:6.1f}x" for phase, s in medians.items())
        lines.append(f"{name:10}" + "".join(cells))
    return "\n".join(lines)


def spread_table(seconds: Samples) -> str:
    """Quartiles and extremes of the total time per op."""
    lines = [f"{'':10}" + "".join(f"{s:>9}" for s in ("min", "25 %", "median", "75 %", "max"))]
    for name, phases in seconds.items():
        total = phases["total"]
        cells = (per_op(s) for s in (min(total), *quantiles(total, n=4), max(total)))
        lines.append(f"{name:10}" + "".join(f"{cell:9.2f}" for cell in cells))
    return "\n".join(lines)


def memory_table(memory: dict[str, dict[str, float | None]]) -> str:
    """Bytes per node."""
    lines = [f"{'':10}{'process':>9}{'Python':>9}"]
    for name, figures in memory.items():
        cells = ("?" if n is None else f"{n:.0f}" for n in figures.values())
        lines.append(f"{name:10}" + "".join(f"{cell:>9}" for cell in cells))
    return "\n".join(lines)


def per_op(seconds: float) -> float:
    """Microseconds per op."""
    return 1e6 * seconds / mlp.n_ops()


if __name__ == "__main__":
    main()
