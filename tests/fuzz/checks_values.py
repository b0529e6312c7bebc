"""Values and exceptions on Values are those of NumPy on plain data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import opgrad as og
from tests.fuzz.compare import assert_same
from tests.fuzz.draft import is_numeric
from tests.fuzz.leaves import leaves
from tests.fuzz.subject import Fault, Raised, Refused, Subject, attempt, is_refusal


def values_of_floats(subject: Subject) -> int:
    """Floating-point inputs are Values."""
    arguments = subject.program.arguments([og.Value(x) for x in subject.active])
    return _as_numpy(subject, attempt(subject.own, *arguments))


def values_of_all(subject: Subject) -> int:
    """All inputs are Values, integers and booleans as well."""
    program = subject.program
    if not program.static:
        return 0
    wrapped = program.differentiable([og.Value(x) for x in subject.active])
    static = [og.Value(x.data()) for x in program.static]
    return _as_numpy(subject, attempt(subject.own, *wrapped, *static))


def _as_numpy(subject: Subject, given: Any) -> int:
    """As NumPy has it, or as it were if Python's numbers always led to Python's numbers."""
    try:
        return compare(subject, given, subject.expected, subject.active, loosely=True)
    except Fault:
        if not any(isinstance(x, int | float | complex) for x in subject.numbers()):
            raise
        arguments = subject.program.arguments(subject.active)
        settled = attempt(subject.settled, *arguments)
        try:
            return compare(subject, given, settled, subject.active, loosely=True)
        except Fault:
            pass
        raise


def compare(
    subject: Subject,
    given: Any,
    expected: Any,
    active: Sequence[Any],
    *,
    function: Callable[..., Any] | None = None,
    exactly: bool = False,
    loosely: bool = False,
) -> int:
    """Compare two results, or exceptions; what rounding explains is no difference.

    Loosely, a Python number may stand for one of NumPy's that has its precision: OpGrad's ops on
    Python's numbers give Python's numbers.

    Raises:
        Fault: they differ.
        Refused: OpGrad said that it cannot.
    """
    if isinstance(given, Raised) or isinstance(expected, Raised):
        return _compare_exceptions(given, expected, exactly)
    eps, floor = (0.0, 0.0) if exactly else subject.precision
    try:
        assert_same(given, expected, eps, "result", floor, loosely)
    except Fault as fault:
        if fault.kind != "value" or exactly:
            raise
        if not subject.is_rounding(
            given, expected, function or subject.by_active(subject.plain), active
        ):
            raise
        return 0
    return sum(map(is_numeric, leaves(expected)))


def _compare_exceptions(given: Any, expected: Any, exactly: bool) -> int:
    error = given.error if isinstance(given, Raised) else None
    if isinstance(expected, Raised):
        if error is None:
            if "object has no attribute" in str(expected.error) and not exactly:
                return 0  # a Value of a number has the methods of arrays
            raise Fault("exception", given, expected)
        wanted = type(expected.error)
        if type(error) is wanted or (not exactly and isinstance(error, wanted | og.OpgradError)):
            return 1
        raise Fault("exception", given, expected)
    if error is not None and not exactly and is_refusal(error):
        raise Refused(f"{type(error).__name__}: {error}")
    raise Fault("exception", given, expected)
