"""``check_op``: every property at every sample, and all failures at once."""

from __future__ import annotations

import traceback
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePath
from typing import Any

import numpy as np

import opgrad as og
from opgrad.declaration import Samples
from opgrad.define import OpN
from opgrad.errors import CutGradientError, InputError
from opgrad.operation import Op
from opgrad.testing.catalogue import BEFORE, BEFORE_ALL, PROPERTIES
from opgrad.testing.point import Point, say
from opgrad.testing.properties import Property
from opgrad.testing.report import Failure, Finding, Report


def check_op(
    op: Op | str,
    samples: Samples | None = None,
    *,
    properties: Iterable[str] | None = None,
) -> Report:
    """Check an op against every property that applies to such an op, at every sample.

    The properties are listed in :data:`opgrad.testing.PROPERTIES`, each with what it says.

    Args:
        op: the op, or its short or qualified name.
        samples: where to check it, in place of its own samples.
        properties: the names of those to check, in place of all.

    Returns:
        What was checked and what was found. It is true if nothing is wrong, and prints as text.

    Raises:
        InputError: it is no op, or a property is none.
        UnknownOpError: no installed plugin provides an op of that name.
    """
    found = og.ops[op] if isinstance(op, str) else op
    if not isinstance(found, OpN):
        raise InputError(f"check_op() takes an op that @og.op made, or its name; given {op!r}")
    chosen = tuple(p for p in _named(properties) if p.applies(found))
    given = found.samples if samples is None else tuple(map(_as_sample, samples))
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # at the edges of its domain
        points = [Point.of(found, sample) for sample in given] if found.complete else []
        failures = tuple(_failures(found, points, chosen))
    return Report(
        op=found.name,
        properties=tuple(p.name for p in chosen),
        samples=tuple(map(say, given)),
        failures=failures,
    )


def _named(names: Iterable[str] | None) -> Sequence[Property]:
    if names is None:
        return PROPERTIES
    known = {p.name: p for p in PROPERTIES}
    for name in (names := tuple(names)):
        if name not in known:
            raise InputError(f"no property {name!r}; there are: {', '.join(known)}")
    return [known[name] for name in names]


def _as_sample(sample: Any) -> og.Sample:
    return sample if isinstance(sample, og.Sample) else og.Sample(*sample)


def _failures(op: OpN, points: Sequence[Point], chosen: Iterable[Property]) -> Iterator[Failure]:
    where: dict[Property, Sequence[Point]] = {}
    for p in BEFORE_ALL:
        where[p] = points
        points = [point for point in points if not any(_at(p, point))]
    for p in chosen:
        found: list[tuple[str, Finding]] = []
        if p.of_op is not None:
            found += [("", finding) for finding in p.of_op(op)]
        if p.at_point is not None:
            at = where.get(p, points)
            found += [(point.text, finding) for point in at for finding in _at(p, point)]
        if p in BEFORE:
            wrong = {text for text, _ in found}
            where[BEFORE[p]] = [point for point in points if point.text not in wrong]
        for text, f in found:
            yield Failure(op.name, p.name, text, f.where, f.given, f.expected, f.mistake)


def _at(p: Property, point: Point) -> Iterator[Finding]:
    """What is found at a point; an exception is a finding, too."""
    assert p.at_point is not None
    try:
        yield from p.at_point(point)
    except Exception as error:  # an author's code may raise anything
        yield Finding(_said(error, point.op), "no exception", _likely(error))


def _said(error: Exception, op: OpN) -> str:
    """The exception, and the line of the op's module that it came from."""
    lines = [
        f" ({PurePath(frame.f_code.co_filename).name}:{number})"
        for frame, number in traceback.walk_tb(error.__traceback__)
        if frame.f_globals.get("__name__") == op.module
    ]
    return f"{type(error).__name__}: {error}" + (lines[-1] if lines else "")


def _likely(error: Exception) -> str:
    text = str(error)
    if "read-only" in text:
        return "forward or rule writes into an array that it was given: make a new one"
    if isinstance(error, CutGradientError):
        return "the rule turns a Value into plain data: write it with NumPy functions"
    if "ambiguous" in text:
        return "a branch on a whole array: use np.where, which decides element by element"
    if isinstance(error, TypeError) and "only " in text and "scalar" in text:
        return "a function of one number, from the module math: use NumPy's, which takes arrays"
    return ""
