"""What rules return: how many, of what shape and dtype; and that they go by their cotangent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

import opgrad as og
from opgrad.define import OpN
from opgrad.errors import VjpError
from opgrad.operation import missing_rule
from opgrad.testing.differences import STEP, central
from opgrad.testing.loss import Loss
from opgrad.testing.point import NOTHING, Point, arbitrary, show
from opgrad.testing.properties import at_each_sample, of_each_op
from opgrad.testing.report import Finding


@of_each_op()
def has_rules(op: OpN) -> Iterator[Finding]:
    """There is a rule for every input."""
    if not op.complete:
        missing = [i for i, rule in enumerate(op.rules) if rule is missing_rule]
        yield Finding(
            f"no rule for input {', '.join(map(str, missing))}" if missing else "no rule",
            "a rule for every input",
            f"a rule is missing: write it under @{op.name}.vjp, or .vjp_wrt(position)",
        )


@at_each_sample()
def cotangents_fit(point: Point) -> Iterator[Finding]:
    """The rules return one cotangent per input, of the shape and dtype of that input."""
    point = point.in_floats
    out = point.forward()
    for i in point.positions:
        f = point.varying([i])
        try:
            [ct] = og.vjp(f, point.inputs[i])[1](arbitrary(out))
        except VjpError as error:
            yield Finding(str(error), *_what_fits(point, i, out), point.name(i))
            continue
        x = point.inputs[i]
        if np.shape(ct) != np.shape(x):
            yield Finding(f"shape {np.shape(ct)}", f"shape {np.shape(x)}", "", point.name(i))


def _what_fits(point: Point, position: int, out: Any) -> tuple[str, str]:
    """What was expected of a cotangent that does not fit, and the likely mistake."""
    x, n = np.asarray(point.inputs[position]), len(point.inputs)
    cts = point.raw_cotangents(arbitrary(out), out)
    if cts[-1] is NOTHING or (len(cts) != n and cts == [None]):
        return f"{n} cotangent{'s' * (n > 1)}", "a `return` is missing in the rule"
    if len(cts) != n:
        return (
            f"{n} cotangents",
            f"the rule returns {len(cts)}, the op has {n} inputs: return a tuple with one for "
            f"each, None where there is no gradient",
        )
    ct = cts[position]
    try:
        given = np.asarray(ct)
    except ValueError:
        return "a number or array", "the rule returns no number and no array"
    if given.shape != x.shape:
        return f"shape {x.shape}", _wrong_shape(given.shape, x.shape, np.shape(out))
    expected = f"dtype {x.dtype}"
    if given.dtype.kind == "c":
        return expected, "the cotangent of a real input is complex: take its real part"
    return (
        expected,
        f"wrong dtype: the rule computes in {given.dtype}, less precise than its input; "
        f"leave dtypes to the arguments",
    )


def _wrong_shape(given: tuple[int, ...], shape: tuple[int, ...], out: tuple[int, ...]) -> str:
    if given == shape[::-1]:
        return "the matrix is transposed: return its .T"
    if len(given) > len(shape) or int(np.prod(given)) > int(np.prod(shape)):
        return "a reduction is missing: sum the cotangent over the axes that the input lacks"
    if given == out:
        return "the cotangent is not spread out again over the axes that the forward summed over"
    return "the cotangent must have the shape of its input"


@at_each_sample()
def linear_in_cotangent(point: Point) -> Iterator[Finding]:
    """Of none comes none, of a large multiple the same multiple, and of a sum the sum."""
    out = point.in_double.forward()
    g, h = arbitrary(out), arbitrary(out, seed=11)
    in_double = point.in_double
    (_, one), (_, other) = in_double.pulled(g), in_double.pulled(h)
    (_, both), (_, none) = in_double.pulled(100 * g + h), in_double.pulled(0 * g)
    for i, a, b, c, zero in zip(point.positions, one, other, both, none, strict=True):
        expected = 100 * a + b
        if not np.all(np.isfinite(expected)):
            continue
        if not np.allclose(c, expected, 1e-6, 1e-9):
            ignored = np.allclose(a, b) and np.allclose(a, c)
            mistake = (
                "g is ignored: the chain rule multiplies the derivative by g"
                if ignored
                else "the rule is not linear in g: each term of a cotangent has g as a factor once"
            )
            yield Finding(show(c), show(expected), mistake, point.name(i))
        elif np.any(zero):
            mistake = "for a cotangent of 0 the rule gives another: g is a factor of each term"
            yield Finding(show(zero), show(0 * expected), mistake, point.name(i))


@at_each_sample()
def none_means_no_effect(point: Point) -> Iterator[Finding]:
    """An input whose cotangent is None does not change the output when it changes a little."""
    loss = Loss.of(point.in_double)
    for i, role in enumerate(point.roles):
        if role != "none":
            continue
        for index in loss.indices(i):
            line = loss.line(i, index)
            slope = central(line, STEP * loss.scale(i, index))  # short: it may be a staircase
            if abs(slope) > 1e-6 * max(1.0, loss.size):
                yield Finding(
                    "no gradient (None)",
                    f"a derivative of {slope:.7g}",
                    "None says that the input has no derivative to speak of: return the "
                    "cotangent, or og.NotDifferentiable('why')",
                    point.name(i),
                )
                break


def selects(op: OpN) -> bool:
    """It says that elements of its inputs may have no part in the result."""
    return op.selects


@at_each_sample(selects)
def zeros_are_structural(point: Point) -> Iterator[Finding]:
    """Of an op that selects, factors are above 0; or 0, where the element has no part in it."""
    loss = Loss.of(point.in_double)
    _, cts = loss.point.pulled(np.ones_like(arbitrary(point.in_double.forward())))
    for i, ct in zip(point.positions, cts, strict=True):
        if np.any(np.real(ct) < 0):
            yield Finding(show(ct), "no negative factor", _NOT_SELECTED, point.name(i))
        for index in loss.indices(i):
            if np.asarray(ct)[index] == 0:
                line, step = loss.line(i, index), STEP * loss.scale(i, index)
                if line(step) != line(0.0) or line(-step) != line(0.0):
                    yield Finding(
                        "a cotangent of 0", "no change of the output", _NOT_SELECTED, point.name(i)
                    )
                    break


_NOT_SELECTED = (
    "the op is declared selects=True: then what it selects has a factor above 0, and a cotangent "
    "is 0 only for what it does not select"
)
