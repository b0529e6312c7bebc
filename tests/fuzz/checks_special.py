"""At zeros and other special numbers: a derivative is true, or NaN; never another number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

import opgrad as og
from tests.fuzz.checks_derivatives import along, directions, moved, successful, weights
from tests.fuzz.leaves import in_form_of, vector
from tests.fuzz.subject import Fault, Raised, Subject, attempt

SPECIAL = [0.0, 0.0, 0.0, 0.0, 0.0, 1.0, -1.0, 2.0, -800.0, 800.0]
LARGEST = 1e4
"""Larger numbers are not changed by a small step."""
MOST = 6
"""Elements of the inputs that are moved."""
STEPS = [2.0**-k for k in (14, 16, 18)]


def special_point(subject: Subject) -> list[Any]:
    """The inputs, in which some elements are special numbers."""
    rng = subject.rng(5)
    return [
        in_form_of(x, np.where(rng.random(np.shape(x)) < 0.5, rng.choice(SPECIAL, np.shape(x)), x))
        for x in subject.wide
    ]


def special(subject: Subject) -> int:
    """Where slopes on both sides are known, so is the derivative, forward and backward.

    What is given has to lie between the two slopes, or be NaN or infinite. Where an inner result
    has a kink or jumps, derivatives by parts need not be those of the whole, and nothing is said.
    """
    if not subject.is_differentiable:
        return 0
    point = special_point(subject)
    try:
        return _at(subject, point)
    except Fault as fault:
        names = [x.name for x in subject.program.active]
        fault.point = subject.program.with_values(dict(zip(names, point, strict=True)))
        raise


def _at(subject: Subject, point: list[Any]) -> int:
    parts = subject.by_active(subject.plain)
    here = attempt(parts, *point)
    w = weights(subject.cotangents)
    if isinstance(here, Raised) or _forms(here) != _forms(subject.cotangents):
        return 0  # a branch went the other way
    if not np.all(np.isfinite(vector(here))):
        return 0
    own = subject.by_active(subject.own)

    def run() -> Any:
        _, pull = og.vjp(own, *point)
        return list(pull(subject.cotangents))

    found = attempt(run)
    if isinstance(found, Raised) and isinstance(found.error, np.linalg.LinAlgError | ValueError):
        return 0  # LAPACK, of a singular matrix, or of infinity: there is no derivative
    gradients, compared = successful(found), 0
    for number, (which, unit) in enumerate(directions(subject)[:MOST]):
        is_moderate = bool(np.all(np.abs(np.asarray(point[which]) * unit) < LARGEST))
        bounds = _bounds(subject, point, which, unit, w) if is_moderate else None
        if bounds is None:
            continue
        place = f"by {subject.program.active[which].name} along {unit.tolist()}"
        given = along(gradients[which], unit)
        if not _is_between(given, bounds) and not _is_linear(subject, point, which, w):
            continue
        compared += _within(given, bounds, "backward, " + place)
        if number < 2:
            tangents = [
                in_form_of(x, unit if i == which else np.zeros(np.shape(x)))
                for i, x in enumerate(point)
            ]
            _, pushed = successful(attempt(og.jvp, own, point, tangents))
            with np.errstate(all="ignore"):
                given = float(np.sum(w * vector(pushed)))
            compared += _within(given, bounds, "forward, " + place)
    return compared


def _forms(parts: Sequence[Any]) -> list[tuple[Any, bool]]:
    return [(np.shape(x), np.iscomplexobj(x)) for x in parts]


def _is_between(given: float, bounds: tuple[float, float]) -> bool:
    low, high = bounds
    slack = 1e-4 * max(1.0, abs(low), abs(high))
    return not np.isfinite(given) or low - slack <= given <= high + slack


def _within(given: float, bounds: tuple[float, float], where: str) -> int:
    if not _is_between(given, bounds):
        raise Fault("special", given, bounds[0] if bounds[0] == bounds[1] else bounds, where)
    return 1


def _is_linear(subject: Subject, point: list[Any], which: int, w: Any) -> bool:
    """False, if slopes are known to add up to another than that along all elements together.

    Then there is no derivative: the median of three equal numbers moves with none of them alone.
    """
    x = np.asarray(point[which])
    units = [(np.arange(x.size) == i).reshape(x.shape).astype(x.dtype) for i in range(x.size)]
    slopes = []
    for unit in [*units, np.ones_like(x)]:
        outer = _outer(subject, point, which, unit, w)
        with np.errstate(all="ignore"):
            right, left = _side(outer, 1), _side(outer, -1)
        if right is None or left is None or not np.allclose(right, left, 1e-4, 1e-4):
            return True
        slopes.append(float(np.sum(w * right)))
    *parts, whole = slopes
    return abs(sum(parts) - whole) <= 1e-3 * (1 + sum(map(abs, slopes)))


def _bounds(
    subject: Subject, point: list[Any], which: int, unit: Any, w: Any
) -> tuple[float, float] | None:
    """The slopes of the loss to the left and the right, if they are known and tell something."""

    def inner(t: float) -> list[Any]:
        slots = subject.slots(moved(point, which, unit, t))
        return [np.asarray(x) for x in slots.values() if np.asarray(x).dtype.kind in "fcbi"]

    outer = _outer(subject, point, which, unit, w)
    with np.errstate(all="ignore"):
        try:
            right, left = _side(outer, 1), _side(outer, -1)
            if right is left is None or _has_kink(lambda t: vector(inner(t))):
                return None
        except ValueError:
            return None
    slopes = [float(np.sum(w * slope)) for slope in (left, right) if slope is not None]
    is_moderate = all(abs(slope) < LARGEST for slope in slopes)  # not all but singular
    return (min(slopes), max(slopes)) if slopes and is_moderate else None


def _outer(
    subject: Subject, point: list[Any], which: int, unit: Any, w: Any
) -> Callable[[float], Any]:
    parts = subject.by_active(subject.plain)

    def outer(t: float) -> Any:
        result = attempt(parts, *moved(point, which, unit, t))
        return np.full(w.shape, np.nan) if isinstance(result, Raised) else vector(result)

    return outer


def _side(f: Callable[[float], Any], sign: int) -> Any:
    """The slope of each element on one side; None, if it is not known."""
    here = f(0.0)
    quotients = [(f(sign * h) - here) / (sign * h) for h in STEPS]
    better = [(4 * b - a) / 3 for a, b in pairwise(quotients)]
    agree = np.abs(better[1] - better[0]) <= 1e-5 * np.maximum(np.abs(better[1]), 1.0)
    noise = np.abs(here) * 2.0**-48 / STEPS[-1] <= 1e-5 * np.maximum(np.abs(better[1]), 1.0)
    return better[1] if np.all(agree & noise) else None


def _has_kink(f: Callable[[float], Any]) -> bool:
    """Whether an element has two slopes, or jumps."""
    here = f(0.0)
    sides = []
    for sign in (1, -1):
        far, close = (f(sign * h) - here for h in (STEPS[0], STEPS[-1]))
        if np.any(
            (np.abs(close) > 0.7 * np.abs(far)) & (np.abs(close) > 1e-9) & np.isfinite(close)
        ):
            return True
        sides.append(close / (sign * STEPS[-1]))
    apart = np.abs(sides[0] - sides[1])
    size = np.maximum(np.abs(sides[0]), np.abs(sides[1]))
    return bool(np.any(np.isfinite(apart) & (apart > 1e-2 * np.maximum(size, 1e-2)) & (size < 100)))
