"""Cotangents against the derivatives of the forward."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from attrs import frozen

from opgrad.testing.differences import (
    STEP,
    Line,
    Slope,
    best_slope,
    central,
    complex_slope,
    is_kink,
    one_sided,
)
from opgrad.testing.loss import MOST, Loss
from opgrad.testing.mistakes import Evidence, likely_mistake
from opgrad.testing.point import Point, arbitrary, kind_of, show
from opgrad.testing.properties import at_each_sample, elementwise
from opgrad.testing.report import Finding

RTOL, ATOL = 1e-5, 1e-8
ELSEWHERE = (-0.9, 30.0, 1e3, -28.7)
"""How many times the samples the numbers are that an elementwise op is tried at, too.

The negative ones are no whole numbers, at which many functions have poles."""
INCONCLUSIVE = 1e-3
"""A difference that is not known better than this, relatively, proves nothing."""


@at_each_sample()
def gradient(point: Point) -> Iterator[Finding]:
    """The cotangents are those that central differences of the forward give."""
    at = point.in_double
    found = [*compare(at), *_unsettled(at)]
    yield from found or _along_a_direction(at)


def _unsettled(point: Point) -> Iterator[Finding]:
    """The inputs of which nothing is known: no element of them could be moved."""
    loss = Loss.of(point)
    if not np.any(loss.g):  # the output is infinite
        return
    for i in point.positions:
        indices = loss.indices(i)
        lines = [(loss.line(i, index), loss.scale(i, index)) for index in indices]
        if indices and not any(_moves(line, scale) for line, scale in lines):
            yield Finding(
                "no finite output close by",
                "one that differences can be made of",
                "the sample is the only point of the domain far and wide, so that no derivative "
                "can be checked: add samples inside the domain",
                point.name(i),
            )


def _moves(line: Line, scale: float) -> bool:
    return any(np.isfinite(central(line, STEP * scale * k)) for k in (1.0, 1e-4))


def _along_a_direction(point: Point) -> Iterator[Finding]:
    """What is wrong in large inputs, of which not every element is moved by itself."""
    large = [i for i in point.positions if np.size(point.inputs[i]) > MOST]
    if not large:
        return
    loss = Loss.of(point)
    _, cts = point.pulled(loss.g)
    for i, ct in zip(point.positions, cts, strict=True):
        if i not in large:
            continue
        direction = arbitrary(point.inputs[i], seed=20)
        given = float(np.real(np.sum(ct * direction)))
        slope = best_slope(loss.line_along(i, direction), 1.0, loss.size)
        if not abs(given - slope.value) <= RTOL * abs(slope.value) + ATOL + 3 * slope.error:
            yield Finding(
                f"{given:.9g} along an arbitrary direction",
                f"{slope.value:.9g}",
                "it is wrong in a few elements of a large array: try a smaller sample, of which "
                "each element is checked by itself",
                point.name(i),
            )


@at_each_sample(elementwise)
def gradient_elsewhere(point: Point) -> Iterator[Finding]:
    """So they are at numbers of the other sign, and at larger ones, where the forward is finite."""
    at = point.in_double
    if any(compare(at)):
        return  # wrong at the sample itself
    for factor in ELSEWHERE:
        far = at.at(
            x * factor if role != "fixed" else x
            for x, role in zip(at.inputs, at.roles, strict=True)
        )
        try:
            out = np.asarray(far.forward())
        except Exception:  # outside the domain, as any exception may say
            continue
        if out.dtype.kind == "f" and np.all(np.isfinite(out)):
            for found in compare(far, rtol=1e-4, firmly=True):
                where = f"{found.where}, at {factor:g} times the sample"
                yield Finding(found.given, found.expected, found.mistake, where)


@at_each_sample()
def complex_step(point: Point) -> Iterator[Finding]:
    """Where the forward takes complex numbers, the cotangents are right to ten digits."""
    at = point.in_double
    if any(kind_of(x) == "c" for x in at.inputs):
        return
    loss = Loss.of(at)
    if np.iscomplexobj(loss.out):
        return
    _, cts = at.pulled(loss.g)
    for i, ct in zip(at.positions, cts, strict=True):
        for index in loss.indices(i):
            scale, given = loss.scale(i, index), float(np.asarray(ct)[index])
            exact = complex_slope(loss.complex_line(i, index), scale)
            if exact is None or not np.isfinite(exact):
                break
            slope = central(loss.line(i, index), STEP * scale)
            is_analytic = abs(exact - slope) <= 1e-5 * (abs(exact) + loss.size)
            agrees = abs(given - exact) <= 1e-9 * (abs(exact) + loss.size)
            is_near = abs(given - exact) <= 1e-4 * abs(exact)  # or differences have seen it
            if is_analytic and is_near and not agrees:
                relative = abs(given / exact - 1)
                mistake = (
                    f"off by a part in {1 / relative:.1g}: a constant with too few digits, or in "
                    f"single precision"
                )
                yield Finding(f"{given:.12g}", f"{exact:.12g}", mistake, at.name(i))
                break


@at_each_sample()
def kinks(point: Point) -> Iterator[Finding]:
    """The sample is away from kinks; or the doc says what is so there, and a slope between is."""
    at = point.in_double
    loss = Loss.of(at)
    declared = any(word in at.op.doc.lower() for word in ("kink", "tie", "jump"))
    _, cts = at.pulled(loss.g)
    for i, ct in zip(at.positions, cts, strict=True):
        for index in loss.indices(i):
            line, scale = loss.line(i, index), loss.scale(i, index)
            if kind_of(at.inputs[i]) == "c" or not is_kink(line, scale, loss.size):
                continue
            low, high = one_sided(line, scale)
            given = float(np.asarray(ct)[index])
            slack = 1e-4 * (abs(low) + abs(high)) + 1e-6
            if not declared:
                yield Finding(
                    "a sample at a kink",
                    "samples away from kinks, or a doc that says what the derivative is there",
                    f"the slope is {low:.4g} on one side and {high:.4g} on the other: move the "
                    f"sample, or write 'At the kink: ...' in the doc",
                    at.name(i),
                )
                break
            if not low - slack <= given <= high + slack:
                yield Finding(
                    f"{given:.7g}",
                    f"at the kink, a slope between {low:.7g} and {high:.7g}",
                    "what the rule gives at the kink is no slope of either side, nor between",
                    at.name(i),
                )
                break


@frozen(eq=False)
class _Compared:
    """The derivative by one input: what it should be, and where the cotangent is not that."""

    expected: Any
    wrong: Any


def compare(point: Point, *, rtol: float = RTOL, firmly: bool = False) -> Iterator[Finding]:
    """What is wrong with the cotangents at a point in double precision, by input.

    Args:
        point: where.
        rtol: how closely they must agree.
        firmly: differences that are not settled count for nothing.
    """
    evidence = _evidence(point, rtol, firmly)
    if not any(map(np.any, evidence.wrong.values())):
        return
    clear = _evidence(_stretched(point), rtol, firmly)  # where nothing has been summed
    for i, wrong in evidence.wrong.items():
        if np.any(wrong):
            ct, expected = evidence.given[i][()], evidence.expected[i][()]
            found = likely_mistake(clear if np.any(clear.wrong[i]) else evidence, i)
            given = f"{show(ct)} for g = {show(evidence.loss.g)}"
            yield Finding(given, show(expected), found, point.name(i))


def _evidence(point: Point, rtol: float, firmly: bool) -> Evidence:
    loss = Loss.of(point)
    _, cts = point.pulled(loss.g)
    given = {i: np.asarray(ct) for i, ct in zip(point.positions, cts, strict=True)}
    compared = {i: _compared(loss, i, ct, rtol, firmly) for i, ct in given.items()}
    return Evidence(
        loss,
        given,
        {i: c.expected for i, c in compared.items()},
        {i: c.wrong for i, c in compared.items()},
    )


def _stretched(point: Point) -> Point:
    """The same with all inputs of an elementwise op in one shape."""
    if not point.op.elementwise or len({np.shape(x) for x in point.inputs}) == 1:
        return point
    return point.at(x.copy() for x in np.broadcast_arrays(*point.inputs))


def _compared(loss: Loss, i: int, ct: Any, rtol: float, firmly: bool) -> _Compared:
    """Elements that are not moved, of a large array, count as right."""
    expected, wrong = ct.copy(), np.zeros(ct.shape, bool)
    for index in loss.indices(i):
        scale, there = loss.scale(i, index), ct[index]
        slope = _slope(loss, i, index, there)
        allowed = rtol * abs(slope.value) + ATOL + 1e-12 * loss.size + 3 * slope.error
        if not np.isfinite(slope.value):
            continue
        if firmly and slope.error > INCONCLUSIVE * abs(slope.value) + ATOL:
            continue
        expected[index] = slope.value
        if not abs(there - slope.value) <= allowed:  # true for NaN
            line = loss.line(i, index)
            wrong[index] = ct.dtype.kind == "c" or not is_kink(line, scale, loss.size)
    return _Compared(expected, wrong)


def _slope(loss: Loss, i: int, index: tuple[int, ...], given: Any) -> Any:
    """∂/∂x, or ∂/∂x − i ∂/∂y; with care only where a quick look does not confirm what is given."""
    scale = loss.scale(i, index)
    directions = (1.0, 1j) if kind_of(loss.point.inputs[i]) == "c" else (1.0,)
    lines = [loss.line(i, index, d) for d in directions]

    def joined(values: list[float]) -> Any:
        return values[0] - 1j * values[1] if len(values) > 1 else values[0]

    quick = joined([central(line, STEP * scale) for line in lines])
    if abs(quick - given) <= RTOL * abs(quick) + ATOL:
        return Slope(quick, 0.0)
    slopes = [best_slope(line, scale, loss.size) for line in lines]
    return Slope(joined([s.value for s in slopes]), max(s.error for s in slopes))
