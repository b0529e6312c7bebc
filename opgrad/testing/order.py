"""Forward mode, and second derivatives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import opgrad as og
from opgrad.define import OpN
from opgrad.errors import CutGradientError, JvpError
from opgrad.testing.differences import STEP, best_slope, central
from opgrad.testing.point import Point, arbitrary
from opgrad.testing.properties import at_each_sample, transparent
from opgrad.testing.report import Finding

UNTRACEABLE = (CutGradientError, og.NotDifferentiable, TypeError, ValueError)
"""What a rule raises on Values that can only be run on data."""
FOREIGN = (
    "the rule cannot be run on Values: write it with operators, NumPy functions and og.ops, "
    "or declare the op opaque=True"
)


def has_jvp(op: OpN) -> bool:
    """It has a JVP of its own, is linear, or has one made of its VJP."""
    return bool(og.supports(op, "jvp"))


@at_each_sample(has_jvp)
def adjoint(point: Point) -> Iterator[Finding]:
    """Forward and reverse mode agree: ⟨g, J·t⟩ = ⟨Jᵀ·g, t⟩, for arbitrary g and t."""
    at = point.in_double
    if not at.positions:
        return
    tangents = tuple(arbitrary(x, 20 + i) for i, x in enumerate(at.primals))
    out, cts = at.pulled()
    try:
        _, pushed = og.jvp(at.f, at.primals, tangents)
    except JvpError as error:
        yield Finding(str(error), "a tangent in the form of the output", _own_jvp(at.op), "jvp")
        return
    except UNTRACEABLE as error:
        made = at.op.jvp_rule is None and not at.op.linear and not at.op.elementwise
        mistake = FOREIGN if made else "the op's JVP raises"
        yield Finding(_first_line(error), "a tangent of the output", mistake, "jvp")
        return
    forward = float(np.real(np.sum(arbitrary(out) * pushed)))
    reverse = sum(float(np.real(np.sum(ct * t))) for ct, t in zip(cts, tangents, strict=True))
    size = sum(float(np.sum(np.abs(ct * t))) for ct, t in zip(cts, tangents, strict=True))
    if np.isfinite(reverse) and not abs(forward - reverse) <= 1e-6 * size + 1e-9:
        yield Finding(
            f"⟨g, J·t⟩ = {forward:.9g}", f"⟨Jᵀ·g, t⟩ = {reverse:.9g}", _own_jvp(at.op), "jvp"
        )


def _own_jvp(op: OpN) -> str:
    if op.jvp_rule is not None:
        return "the op's JVP rule does not fit its VJP: one of the two is wrong"
    if op.linear:
        return "the op is declared linear=True, and is not linear in each of its inputs"
    return "the rule is not linear in g"


@at_each_sample(transparent)
def second_order(point: Point) -> Iterator[Finding]:
    """The rule, differentiated, is what differences of the cotangents give."""
    at = point.in_double
    if not at.positions or any(not np.all(np.isfinite(x)) for x in at.primals):
        return
    out = np.asarray(og.stop_gradient(at.forward()))
    g = np.where(np.isfinite(out), arbitrary(out), 0.0)[()]
    weights = [arbitrary(x, 20 + i) for i, x in enumerate(at.primals)]

    def weighted(*primals: Any, g: Any = g) -> Any:
        cts = og.vjp(at.f, *primals)[1](g)
        return sum(np.sum(np.real(w * ct)) for w, ct in zip(weights, cts, strict=True))

    try:
        _, pull = og.vjp(weighted, *at.primals)
        seconds = pull(1.0)
    except UNTRACEABLE as error:
        mistake = FOREIGN if not isinstance(error, og.NotDifferentiable) else ""
        yield Finding(_first_line(error), "second derivatives, or opaque=True", mistake)
        return
    yield from _by_cotangent(lambda h: weighted(*at.primals, g=h), g)
    directions = tuple(arbitrary(x, 30 + i) for i, x in enumerate(at.primals))
    for k, (i, x) in enumerate(zip(at.positions, at.primals, strict=True)):
        t = directions[k]

        def line(step: float, k: int = k, x: Any = x, t: Any = t) -> float:
            moved = (*at.primals[:k], x + step * t, *at.primals[k + 1 :])
            return float(weighted(*moved))

        given = float(np.real(np.sum(seconds[k] * t)))
        scale = 1.0
        slope = central(line, STEP * scale)
        if not np.isfinite(slope) or abs(given - slope) <= 1e-5 * abs(slope) + 1e-6:
            continue
        size = float(np.sum(np.abs(np.real(weights[k])))) + abs(line(0.0))
        best = best_slope(line, scale, size)
        if abs(given - best.value) <= 1e-5 * abs(best.value) + 1e-6 + 3 * best.error:
            continue
        if best.error <= 1e-3 * abs(best.value) + 1e-6:
            yield Finding(
                f"{given:.7g}",
                f"{best.value:.7g}",
                "the rule hides something from differentiation: a part of it is computed from "
                "raw data, or is remembered from the forward",
                point.name(i),
            )


def _by_cotangent(weighted: Callable[[Any], Any], g: Any) -> Iterator[Finding]:
    """Rules are linear in g: along g, the derivative is what they give for g."""
    [ct] = og.vjp(weighted, g)[1](1.0)
    given, expected = float(np.real(np.sum(ct * g))), float(weighted(g))
    if np.isfinite(expected) and not abs(given - expected) <= 1e-6 * abs(expected) + 1e-9:
        yield Finding(
            f"{given:.7g}",
            f"{expected:.7g}",
            "the rule hides g from differentiation: it makes plain data of it",
            "g",
        )


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".partition("\n")[0]
