"""What the figures are held to: each bar of the compiler, what was measured, and whether it is met.

Everything here is a pure function of the results that ``run.py`` writes. Contestants are compared
by the fastest way to call each, as medians over the rounds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from statistics import median
from typing import Any

from attrs import frozen

Results = Mapping[str, Any]
Samples = Mapping[str, list[float]]
OURS = "OpGrad"
APART = {"OpGrad, eager", "C, empty call", "C, arrays reused"}
"""Shown, and not what the bars are about."""

FASTER_THAN = (
    ("scalar MLP, 20 samples", "CasADi", 0.1),
    ("scalar MLP, 20 samples", "C", 3.5),
    ("MLP, 20,000 samples", "C", 1.0),
    ("MLP, 20,000 samples", "JAX", 0.5),
    ("MLP, 1,000 samples", "JAX", 1.0),
    ("Black-Scholes", "JAX", 1.0),
    ("Black-Scholes", "C", 1.5),
    ("bundle adjustment", "JAX", 1.0),
    ("bundle adjustment", "CasADi", 1.0),
    ("small MLP", "NumPy", 1.15),
    ("small MLP", "torch", 1.0),
    ("small MLP", "JAX", 1.0),
    ("large MLP", "torch", 1.0),
)
"""In this case OpGrad takes at most so many times what the other takes."""
GRADIENT = 3.0
"""A gradient costs at most so many times its function."""
FIRST = 80e-6
"""Seconds from the call to the first result, per op of the program of 12,879."""
SOONER = 1 / 50
"""The same, as a share of JAX's, for the program of 1,287."""
FLAT = 2.0
"""Per op, a larger program takes at most so many times what the smallest takes."""


@frozen
class Line:
    """One bar: ``measured`` is to be at most ``limit``; it is None if OpGrad did not take part."""

    case: str
    bar: str
    limit: float
    measured: float | None

    @property
    def verdict(self) -> str:
        """Whether the bar is met."""
        if self.measured is None:
            return "not measured"
        return "met" if self.measured <= self.limit else "MISSED"


def lines(results: Results) -> Iterator[Line]:
    """All bars for which the other side was measured."""
    for case, other, limit in FASTER_THAN:
        samples = results["seconds"].get(case, {})
        ours, theirs = fastest(samples, OURS), fastest(samples, other)
        if theirs:
            yield Line(case, f"time / {theirs[0]}", limit, ours and ours[1] / theirs[1])
    for case, functions in results["function_seconds"].items():
        if OURS in functions:
            both = median(results["seconds"][case][OURS])
            ratio = both / median(functions[OURS])
            yield Line(case, "gradient / function", GRADIENT, ratio)
    yield from _growing(results["first_result"])


def fastest(samples: Samples, family: str) -> tuple[str, float] | None:
    """The fastest call of a contestant, and its median seconds; None if there is none."""
    medians = {
        name: median(seconds)
        for name, seconds in samples.items()
        if name.split(",")[0] == family and name not in APART
    }
    return min(medians.items(), key=lambda item: item[1], default=None)


def _growing(first: Results) -> Iterator[Line]:
    """The bars on the time to the first result, and on how that and the rest grow."""
    ours: Mapping[str, Any] = first.get(OURS, {})
    if "12879" in ours:
        seconds = ours["12879"]["first_seconds"] / 12879
        yield Line("first result, 12,879 ops", "µs an op", 1e6 * FIRST, 1e6 * seconds)
    theirs = [
        (of["1287"]["first_seconds"], name)
        for name, of in first.items()
        if name.split(",")[0] == "JAX" and "1287" in of
    ]
    if theirs:
        soonest, name = min(theirs)
        share = ours["1287"]["first_seconds"] / soonest if "1287" in ours else None
        yield Line("first result, 1,287 ops", f"time / {name}", SOONER, share)
    for what in ("first_seconds", "call_seconds", "peak_bytes"):
        per_op = [of[what] / int(ops) for ops, of in ours.items()]
        if len(ours) > 1 and per_op[0]:  # a process may have had the little memory already
            case = f"{int(next(iter(ours))):,} to {int(list(ours)[-1]):,} ops"
            yield Line(case, f"{what} an op, growth", FLAT, max(per_op[1:]) / per_op[0])
