"""Writes measured figures into the pages that show them: a table between two comments.

``<!-- figures: NAME -->`` and ``<!-- /figures -->`` stand around the table NAME. Run
``python -m benchmarks.tables`` after measuring, on a quiet machine. A test holds the pages to the
files in ``benchmarks/results``; with ``--check`` nothing is written, and it is an error if a page
would change.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from statistics import median
from typing import Any

from benchmarks.machine import RESULTS, ROOT

Results = Mapping[str, Any]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs" / "decisions").glob("*.md")))
PLACE = re.compile(r"(<!-- figures: (?P<name>[\w ]+) -->\n).*?(<!-- /figures -->)", re.DOTALL)
LABELS = {
    "opgrad": "OpGrad",
    "opgrad compiled": "OpGrad, compiled",
    "classic": "classic class",
    "jax jit": "JAX, jit",
}


def main() -> None:
    """Write the tables, or check them."""
    for page in PAGES:
        before = page.read_text()
        after = PLACE.sub(lambda place: f"{place[1]}\n{table(place['name'])}\n\n{place[3]}", before)
        if "--check" in sys.argv and before != after:
            sys.exit(f"{page.relative_to(ROOT)} shows other figures than those in {RESULTS}")
        page.write_text(after)


def table(name: str) -> str:
    """The table of that name, from the file of its results."""
    file, make = TABLES[name]
    return make(json.loads((RESULTS / file).read_text()))


# -- the README's --------------------------------------------------------------------------------


def eager(results: Results) -> str:
    """Medians per op, and the ratio of totals with the collector on and off."""
    seconds, n_ops = results["seconds"], results["program"]["ops"]
    ours = {mode: median(seconds[mode]["opgrad"]["total"]) for mode in seconds}
    head = ["", "forward, µs/op", "backward, µs/op", "total, µs/op"]
    head += ["ratio", "ratio, collector off", "bytes/node"]
    rows = []
    for name, phases in seconds["gc_on"].items():
        times = [1e6 * median(phases[p]) / n_ops for p in ("forward", "backward", "total")]
        ratios = [median(seconds[mode][name]["total"]) / ours[mode] for mode in seconds]
        size = results["bytes_per_node"][name]["resident"]
        rows.append([label(name), *places(2, times), *places(1, ratios), f"{size:.0f}"])
    steps = len(seconds["gc_on"]["opgrad"]["total"])
    return (
        f"{markdown(head, rows)}\n\nMedians of {steps} steps, one thread, {circumstances(results)}"
    )


def arrays(results: Results) -> str:
    """Medians of a step, and the ratio to the gradient by hand."""
    seconds = results["seconds"]
    names = list(next(iter(seconds.values())))
    rows = []
    for title, of_program in seconds.items():
        medians = {name: median(of_program[name]) for name in names}
        by_hand = medians["by hand"]
        cells = [f"{1e6 * s:,.0f} ({s / by_hand:.1f})" for s in medians.values()]
        rows.append([title, *cells])
    rounds = len(seconds[title][names[0]])
    measured = f"Medians of {rounds} rounds, one thread, {circumstances(results)}"
    return f"{markdown(['', *map(label, names)], rows)}\n\n{measured}"


def memory(results: Results) -> str:
    """The peak of each contestant that took part."""
    peaks = results["peak_bytes"]
    names = list(next(iter(peaks.values())))
    rows = [
        [title, *(f"{of[name] / 1e6:.0f}" if name in of else "" for name in names)]
        for title, of in peaks.items()
    ]
    return markdown(["", *map(label, names)], rows)


# -- those of the decisions ----------------------------------------------------------------------


def nanoseconds(title: str) -> Callable[[Results], str]:
    """The medians of one group."""

    def make(results: Results) -> str:
        samples = results["seconds"][title].items()
        rows = [[name, f"{1e9 * median(seconds):.0f}"] for name, seconds in samples]
        return markdown([title, "ns"], rows)

    return make


def zero_cotangents(results: Results) -> str:
    """Medians by what is checked and how many elements there are."""
    groups = {title: of for title, of in results["seconds"].items() if " elements" in title}
    rows = [
        [what, *(f"{1e6 * median(of[what]):,.0f} µs" for of in groups.values())]
        for what in next(iter(groups.values()))
    ]
    return markdown(["", *groups], rows)


def compiled(results: Results) -> str:
    """What the benchmark of compiled functions shows."""
    from benchmarks.compiled.figures import readme  # which is made of parts of this module

    return readme(results)


TABLES: Mapping[str, tuple[str, Callable[[Results], str]]] = {
    "eager": ("eager.json", eager),
    "arrays": ("arrays.json", arrays),
    "memory": ("memory.json", memory),
    "compiled": ("compiled.json", compiled),
    "inputs": ("decisions.json", nanoseconds("forward, per op")),
    "making": ("decisions.json", nanoseconds("making a node")),
    "zero cotangents": ("decisions.json", zero_cotangents),
}
"""By name: the file of results, and what makes the table of it."""

# -- what tables are made of ---------------------------------------------------------------------


def label(name: str) -> str:
    """How a contestant is called in a table."""
    return LABELS.get(name, name)


def places(n: int, figures: Iterable[float]) -> Iterator[str]:
    """The figures, with so many decimals."""
    return (f"{figure:.{n}f}" for figure in figures)


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of figures, with a name before each row."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def circumstances(results: Results) -> str:
    """The machine, the versions and the day."""
    machine = results["machine"]
    versions = ", ".join(f"{k} {v}" for k, v in machine["versions"].items() if k != "opgrad")
    where = f"{machine['cpu']}, Python {machine['python']}"
    return f"{where}; {versions}; {results['date'][:10]}."


if __name__ == "__main__":
    main()
