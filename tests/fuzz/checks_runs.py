"""Other ways to run: checkpointed, with the threaded scheduler, compiled, and in Python alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import opgrad as og
from tests.fuzz.checks_derivatives import calm, successful
from tests.fuzz.checks_values import compare
from tests.fuzz.compare import assert_same
from tests.fuzz.subject import Fault, Raised, Refused, Subject, attempt, is_refusal
from tests.fuzz.twin_process import is_native, outcome, twin_process

SPECIAL = [0.0, -0.0, np.inf, -np.inf, np.nan, 5e-324, 1e-310, 1e300, -1.0, 1.0]


def _pull(subject: Subject, function: Callable[..., Any]) -> Any:
    def run() -> Any:
        out, pull = og.vjp(subject.by_active(function), *subject.wide)
        return out, list(pull(subject.cotangents))

    return attempt(run)


def checkpointed(subject: Subject) -> int:
    """A program inside a checkpoint has the same value and gradient, to the last bit."""
    if not calm(subject):
        return 0
    plain = successful(_pull(subject, subject.own))
    again = successful(_pull(subject, og.checkpoint(subject.own)))
    assert_same(again[0], plain[0])
    eps, floor = subject.precision
    assert_same(again[1], plain[1], eps, "gradient", floor * 100)  # sums in another order
    return len(plain[1])


def threaded(subject: Subject) -> int:
    """The threaded scheduler gives what the sequential one does."""
    if not calm(subject):
        return 0
    plain = successful(_pull(subject, subject.own))
    with og.use_scheduler("threaded"):
        again = successful(_pull(subject, subject.own))
    eps, floor = subject.precision
    assert_same(again[1], plain[1], eps, "gradient", floor * 100)
    return len(plain[1])


def lots(subject: Subject) -> list[list[Any]]:
    """Data for several calls: as it is, other numbers, special ones, and as it is."""
    rng = subject.rng(6)
    return [
        subject.active,
        [_other(rng, x) for x in subject.active],
        [_with_special(rng, x) for x in subject.active],
        [_with_special(rng, x) for x in subject.active],
        subject.active,
    ]


def _other(rng: np.random.Generator, x: Any) -> Any:
    made = np.asarray(x) * np.asarray(rng.choice([1.25, -0.5, 0.75, 1.0], np.shape(x)))
    return _as(x, made)


def _with_special(rng: np.random.Generator, x: Any) -> Any:
    with np.errstate(all="ignore"):
        return _as(x, np.where(rng.random(np.shape(x)) < 0.6, rng.choice(SPECIAL, np.shape(x)), x))


def _as(x: Any, made: Any) -> Any:
    with np.errstate(all="ignore"):
        new = np.asarray(made).astype(np.asarray(x).dtype)
    if isinstance(x, np.ndarray):
        return new
    return new[()] if isinstance(x, np.generic) else new.item()


def compiled_python(subject: Subject) -> int:
    """Compiled for the interpreter, values and gradients of several calls are those of eager code."""
    return _compiled(subject, "python")


def compiled_llvm(subject: Subject) -> int:
    """Compiled to machine code, likewise."""
    return _compiled(subject, "llvm")


def _compiled(subject: Subject, backend: str) -> int:
    program = subject.program
    again: Any = og.compile(subject.own, backend=backend)
    calls = lots(subject) if subject.active else [[], []]
    count = 0
    for active in calls:
        eager = attempt(subject.own, *program.arguments(active))
        given = attempt(again, *program.arguments(active))
        count += _same_call(subject, given, eager, active, subject.by_active(subject.plain))
    if subject.is_differentiable:
        loss: Any = subject.loss(subject.own)
        both = og.value_and_grad(loss, tuple(range(len(subject.active))))
        again = og.compile(both, backend=backend)
        for active in calls[1:4]:
            eager = attempt(both, *active)
            if isinstance(eager, Raised) and is_refusal(eager.error):
                continue
            count += _same_call(subject, attempt(again, *active), eager, active, both)
    return count


def _same_call(subject: Subject, given: Any, eager: Any, active: list[Any], function: Any) -> int:
    try:
        return compare(subject, given, eager, active, function=function)
    except Refused as refusal:
        raise Fault("exception", refusal, eager, "compiled") from None
    except Fault as fault:
        fault.active = active  # type: ignore[attr-defined]  # for the report
        raise




def in_python(subject: Subject) -> int:
    """Without the compiled module, values, gradients and tangents have the same bits."""
    if not is_native():
        return 0
    given = outcome(subject.program, subject.seed)
    expected = twin_process().outcome(subject.program, subject.seed)
    for part, other, where in zip(given, expected, ("value", "vjp", "jvp"), strict=False):
        if part != other:
            raise Fault("bits", part, other, where)
    return len(given)
