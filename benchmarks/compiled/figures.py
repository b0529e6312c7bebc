"""Results as text: for the terminal, and as the README's table."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from benchmarks.compiled.bars import OURS, Results, fastest, lines
from benchmarks.tables import circumstances, markdown

COLUMNS = {OURS: OURS, "C": "C by hand", "NumPy": "NumPy by hand", "JAX": "JAX, jit"}
COLUMNS |= {"CasADi": "CasADi", "torch": "torch"}
"""Contestants, and what the README calls them."""


def case(title: str, results: Results) -> Iterator[str]:
    """Each contestant's call: median and least over the rounds, and gradient / function."""
    samples, functions = results["seconds"][title], results["function_seconds"].get(title, {})
    yield f"{title:28}{'median, us':>12}{'least, us':>12}{'function':>12}{'ratio':>8}"
    for name, seconds in samples.items():
        line = f"  {name:26}{1e6 * median(seconds):12.2f}{1e6 * min(seconds):12.2f}"
        if name in functions:
            alone = median(functions[name])
            line += f"{1e6 * alone:12.2f}{median(seconds) / alone:8.2f}"
        yield line


def growth(results: Results) -> Iterator[str]:
    """First results, later calls and memory, per op."""
    yield f"{'per op':28}{'ops':>10}{'first, us':>12}{'call, ns':>12}{'bytes':>8}{'first, s':>10}"
    for name, by_ops in results["first_result"].items():
        for ops, of in by_ops.items():
            first, call, size = (of[k] for k in ("first_seconds", "call_seconds", "peak_bytes"))
            n = int(ops)
            figures = f"{1e6 * first / n:12.2f}{1e9 * call / n:12.2f}{size / n:8.0f}{first:10.3f}"
            yield f"  {name:26}{n:10,}{figures}"


def verdicts(results: Results) -> Iterator[str]:
    """Each bar, and whether it is met."""
    yield f"{'bars':28}{'':34}{'at most':>9}{'measured':>10}"
    for line in lines(results):
        measured = "" if line.measured is None else f"{line.measured:.3g}"
        figures = f"{line.limit:9.3g}{measured:>10}"
        yield f"  {line.case:26}{line.bar:34}{figures}  {line.verdict}"


def readme(results: Results) -> str:
    """The README's table: microseconds of the fastest call of each contestant."""
    rows = []
    for title, samples in results["seconds"].items():
        found = [fastest(samples, family) for family in COLUMNS]
        rows.append([title, *(_microseconds(best[1]) if best else "" for best in found)])
    rounds = len(next(iter(samples.values())))
    measured = f"Medians of {rounds} rounds, one thread, {circumstances(results)}"
    return f"{markdown(['µs', *COLUMNS.values()], rows)}\n\n{measured}"


def _microseconds(seconds: float) -> str:
    """Three places or more."""
    us = 1e6 * seconds
    return f"{us:,.{0 if us >= 100 else 1 if us >= 10 else 2}f}"
