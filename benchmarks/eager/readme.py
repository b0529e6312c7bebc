"""Writes the figures of ``benchmarks/results/eager.json`` into the README's table.

Run it after ``make bench``, on a quiet machine; a test holds the two together.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "benchmarks" / "results" / "eager.json"
README = ROOT / "README.md"
BEGIN, END = "<!-- bench: written by benchmarks/eager/readme.py -->", "<!-- /bench -->"
PHASES = ("forward", "backward", "total")
NAMES = {"opgrad": "OpGrad", "micrograd": "micrograd", "torch": "torch", "classic": "classic class"}


def table(results: dict[str, Any]) -> str:
    """The README's table: medians per op, and the ratio of totals with the collector on and off."""
    seconds, n_ops = results["seconds"], results["program"]["ops"]
    ours = {mode: median(seconds[mode]["opgrad"]["total"]) for mode in seconds}
    lines = [
        "| | forward, µs/op | backward, µs/op | total, µs/op | ratio | ratio, collector off "
        "| bytes/node |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for name, label in NAMES.items():
        cells = [f"{1e6 * median(seconds['gc_on'][name][p]) / n_ops:.2f}" for p in PHASES]
        cells += [
            f"{median(seconds[mode][name]['total']) / ours[mode]:.1f}"
            for mode in ("gc_on", "gc_off")
        ]
        cells.append(f"{results['bytes_per_node'][name]['resident']:.0f}")
        lines.append(f"| {label} | {' | '.join(cells)} |")
    machine = results["machine"]
    versions = ", ".join(f"{k} {v}" for k, v in machine["versions"].items() if k != "opgrad")
    lines += [
        "",
        f"Medians of {len(seconds['gc_on']['opgrad']['total'])} steps, one thread, "
        f"{machine['cpu']}, Python {machine['python']}; {versions}; {results['date'][:10]}.",
    ]
    return "\n".join(lines)


def written(readme: str, results: dict[str, Any]) -> str:
    """The README with this table in its place."""
    before, _, rest = readme.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{table(results)}\n\n{END}{rest.partition(END)[2]}"


def main() -> None:
    """Write the table; with ``--check``, fail if it is not written already."""
    before = README.read_text()
    after = written(before, json.loads(RESULTS.read_text()))
    if "--check" in sys.argv:
        sys.exit(before != after)
    README.write_text(after)


if __name__ == "__main__":
    main()
