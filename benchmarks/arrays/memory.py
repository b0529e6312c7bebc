"""How much memory do value and gradient take at their peak? OpGrad beside peers.

The programs (``chains.py``) are the large MLP with a batch so large that activations outweigh
weights, a chain of 50 elementwise ops on a million float64 numbers, and that chain in ten
checkpoints, each contestant with its own. What is measured is how far the process grows during one
call: the highest resident memory in it less that just before, with the arguments there already and
the result still there. A call before that has imported, compiled and warmed up.

Each figure is of a process of its own. The C library is told to take every larger array from the
system, and give it back, by itself: what is freed does not linger, and peaks are of live arrays.

Run ``python -m benchmarks.arrays.memory``. It needs Linux's ``/proc``.
"""

from __future__ import annotations

import argparse
import gc
import os
import subprocess
import sys
from pathlib import Path

from benchmarks.arrays.chains import PROGRAMS
from benchmarks.arrays.contestants import CHECKPOINTS, CONTESTANTS, PACKAGES, Step, installed
from benchmarks.machine import ONE_THREAD, RESULTS, ROOT, keep

STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
EXACT = {"MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "0"}


def main() -> None:
    """Measure, print a table, and write the JSON file."""
    parser = argparse.ArgumentParser(description="Peak memory of value and gradient.")
    parser.add_argument("--json", type=Path, default=RESULTS / "memory.json")
    parser.add_argument(
        "--one", nargs=2, metavar=("CONTESTANT", "PROGRAM"), help="print the bytes of one, here"
    )
    options = parser.parse_args()
    if not CLEAR.exists():
        sys.exit("peak memory is not measured: this system has no /proc/self/clear_refs")
    if options.one:
        print(peak_of(*options.one))
        return
    # What a compiled function needs, it keeps from call to call: it would not be seen here.
    names = [name for name in installed() if name != "opgrad compiled"]
    peaks: dict[str, dict[str, int]] = {}
    print(f"peak of value and gradient, MB\n{'':30}" + "".join(f"{name:>10}" for name in names))
    for title in PROGRAMS:
        peaks[title] = {name: apart(name, title) for name in names if _takes_part(name, title)}
        cells = (f"{peaks[title][n] / 1e6:10.0f}" if n in peaks[title] else " " * 10 for n in names)
        print(f"{title:30}" + "".join(cells))
    keep(options.json, PACKAGES, peak_bytes=peaks)


def _takes_part(name: str, title: str) -> bool:
    return name in CHECKPOINTS or "checkpoint" not in title


def apart(name: str, title: str) -> int:
    """The peak of one contestant on one program, in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.arrays.memory", "--one", name, title]
    environment = os.environ | ONE_THREAD | EXACT
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=ROOT, env=environment)
    return int(done.stdout)


def peak_of(name: str, title: str) -> int:
    """The same, in this process."""
    checkpoint = CHECKPOINTS[name]() if name in CHECKPOINTS else lambda f: f
    step = CONTESTANTS[name](PROGRAMS[title](checkpoint))
    step()
    return peak(step)


def peak(step: Step) -> int:
    """How many bytes this process grows by in a call, at most."""
    gc.collect()
    CLEAR.write_text("5")  # the peak so far is forgotten
    before = _kilobytes("VmRSS")
    result = step()
    highest = _kilobytes("VmHWM")
    del result
    return 1024 * (highest - before)


def _kilobytes(field: str) -> int:
    (line,) = (line for line in STATUS.read_text().splitlines() if line.startswith(field))
    return int(line.split()[1])


if __name__ == "__main__":
    main()
