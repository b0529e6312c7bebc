"""The NumPy functions that an op implements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import opgrad as og
from opgrad.define import OpN
from opgrad.errors import AmbiguousOpError
from opgrad.operation import full_name
from opgrad.testing.point import Point, show
from opgrad.testing.properties import at_each_sample, of_each_op
from opgrad.testing.report import Finding


def implements_something(op: OpN) -> bool:
    """It stands in for a NumPy function."""
    return bool(op.implements)


def is_registered(op: OpN) -> bool:
    """It stands in for a NumPy function, and an installed plugin brings it."""
    return bool(op.implements) and op in og.default_registry().ops.values()


@of_each_op(is_registered)
def implements_dispatches(op: OpN) -> Iterator[Finding]:
    """Each function that the op implements becomes this op on a Value."""
    registry = og.default_registry()
    for function in op.implements:
        name = full_name(function)
        try:
            found = registry.implementing(function)
        except AmbiguousOpError as error:
            yield Finding(str(error), f"{op}", "two plugins implement it", name)
            continue
        if found is not op:
            yield Finding(
                f"{found}",
                f"{op}",
                "another plugin has this function, and keeps it until the user prefers yours",
                name,
            )


@at_each_sample(implements_something)
def implements_agrees(point: Point) -> Iterator[Finding]:
    """Forward and function give the same; called on Values, the function is recorded as the op."""
    point = point.in_floats
    given = point.forward()
    for function in point.op.implements:
        name = full_name(function)
        try:
            expected = function(*point.inputs, **point.params)
        except TypeError:
            if point.params:  # some that another function of the op has, this one has not
                continue
            raise
        if not np.allclose(given, expected, 1e-6, 1e-9, equal_nan=True):
            mistake = f"the op does not compute what {name} does"
            yield Finding(show(given), show(expected), mistake, name)
        elif is_registered(point.op) and not _loses(point.op, function):
            out = function(*map(og.Value, point.inputs), **point.params)
            if getattr(out, "op", None) is not point.op:
                yield Finding(
                    f"{out!r}",
                    f"recorded as {point.op}",
                    "the call does not arrive at the op: name inputs and params as NumPy does",
                    name,
                )


def _loses(op: OpN, function: Callable[..., Any]) -> bool:
    try:
        return og.default_registry().implementing(function) is not op
    except AmbiguousOpError:
        return True
