"""How fast are compiled derivatives? OpGrad's compiler beside C, JAX, CasADi, torch and NumPy.

The cases (``cases.py``) run from a scalar MLP, all of it Python numbers, to tensors. The
contestants are a module each; hand-written C takes gcc. Before anything is timed, all results are
compared, values and derivatives; if they differ, it ends there.

One process and, where the system can pin it, one core for all: no library has a second thread to
use. Contestants take turns in an order that rotates, so that a busy minute of the machine is
shared by all. Tables show the median and the least over the rounds of the median call, of which
short ones are timed several in a row. All are called from Python, and that is part of the time; the
call of an empty C function shows how much of it there is in C's. What is needed once (compilation,
conversion to the contestant's own arrays) is done beforehand, and measured by ``first_result.py``.

Run ``python -m benchmarks.compiled.run``. A run that leaves something out writes no file, unless
``--json`` names one.
"""

from __future__ import annotations

import os

from benchmarks.machine import ONE_THREAD, RESULTS, keep

os.environ.update(ONE_THREAD)  # read when NumPy is imported
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.compiled import figures
from benchmarks.compiled.cases import CASES
from benchmarks.compiled.contestants import MODULES, PACKAGES, chosen
from benchmarks.compiled.entry import Entries, Entry, compare
from benchmarks.compiled.first_result import SAMPLES, growth
from benchmarks.compiled.timing import in_turns


def main() -> None:
    """Compare, measure, print tables, and write the JSON file."""
    parser = argparse.ArgumentParser(description="Compiled values and derivatives.")
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--without", nargs="*", default=[], choices=MODULES, help="contestants")
    parser.add_argument("--only", default="", help="the cases whose titles hold this text")
    parser.add_argument("--largest", type=int, default=SAMPLES[-1], metavar="SAMPLES")
    parser.add_argument("--json", type=Path, help=f"instead of {RESULTS / 'compiled.json'}")
    options = parser.parse_args()

    modules = chosen(options.without)
    results: dict[str, Any] = {"agree_to": {}, "seconds": {}, "function_seconds": {}}
    if "C" in modules:
        results["c_is_vectorised"] = modules["C"].is_vectorised()
    for title in CASES:
        if options.only in title:
            entries = entries_for(title, modules.values())
            results["agree_to"][title] = compare(entries)
            both, alone = measure(entries, options.rounds)
            results["seconds"][title], results["function_seconds"][title] = both, alone
            print(*figures.case(title, results), "", sep="\n", flush=True)
    results["first_result"] = growth(modules, options.largest)
    print(*figures.growth(results), "", *figures.verdicts(results), "", sep="\n")
    print(f"results agree to {max(results['agree_to'].values(), default=0.0):.0e}")
    if not results.get("c_is_vectorised", True):
        print("gcc found no vector functions: C calls exp, log and erf one number at a time")
    if options.json:
        keep(options.json, PACKAGES, **results)
    elif modules.keys() == MODULES.keys() and not options.only and options.largest == SAMPLES[-1]:
        keep(RESULTS / "compiled.json", PACKAGES, **results)


def entries_for(title: str, modules: Iterable[Any]) -> Entries:
    """What the contestants bring to that case."""
    kind, make = CASES[title]
    program = make()
    entries: dict[str, Entry] = {}
    for module in modules:
        if kind in module.CASES:
            entries |= module.CASES[kind](program)
    return entries


def measure(entries: Entries, rounds: int) -> list[dict[str, list[float]]]:
    """The seconds of calls, and of functions without derivatives where there are some, by name."""
    calls = {(name, 0): entry.step for name, entry in entries.items()}
    calls |= {(name, 1): entry.function for name, entry in entries.items() if entry.function}
    samples = in_turns(calls, rounds)
    return [{name: of for (name, kind), of in samples.items() if kind == k} for k in (0, 1)]


if __name__ == "__main__":
    main()
