"""Other ways to run: checkpointed, with the threaded scheduler, compiled, and in Python alone."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

import opgrad as og
from tests.fuzz.checks_derivatives import calm, successful
from tests.fuzz.checks_values import compare
from tests.fuzz.compare import assert_same
from tests.fuzz.leaves import in_form_of
from tests.fuzz.program import Program, is_iterative
from tests.fuzz.subject import Fault, Raised, Refused, Subject, attempt, is_refusal
from tests.fuzz.twin_process import is_native, outcome, twin_process

FINITE = [0.0, -0.0, 1.0, -1.0]
SPECIAL = [*FINITE, np.inf, -np.inf, np.nan, 5e-324, 1e-310, 1e300]


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


def lots(subject: Subject) -> list[Program]:
    """Data for several calls: as it is, other numbers, special ones, and as it is."""
    rng, program = subject.rng(6), subject.program
    special = FINITE if any(map(is_iterative, program.functions())) else SPECIAL

    largest = 40 if program.powers() < 2 else 1  # Python's integers would fill the memory

    def other(x: Any) -> Any:
        if np.asarray(x).dtype.kind in "iub":
            return in_form_of(x, rng.integers(0, min(4, largest + 1), np.shape(x)))
        return in_form_of(x, np.asarray(x) * rng.choice([1.25, -0.5, 0.75, 1.0], np.shape(x)))

    def unusual(x: Any) -> Any:
        if np.asarray(x).dtype.kind in "iub":
            return (
                in_form_of(x, rng.integers(-1, largest + 1, np.shape(x)))
                if rng.random() < 0.5
                else x
            )
        chosen = rng.random(np.shape(x)) < 0.6
        return in_form_of(x, np.where(chosen, rng.choice(special, np.shape(x)), x))

    def made(change: Callable[[Any], Any]) -> Program:
        return program.with_values({x.name: change(x.value) for x in program.inputs})

    return [program, made(other), made(unusual), made(unusual), program]


def compiled_python(subject: Subject) -> int:
    """Compiled for the interpreter, values and gradients of several calls are as in eager code."""
    count = _compiled_values(subject, "python")
    return count + (_compiled_gradients(subject, "python") if subject.is_differentiable else 0)


def compiled_llvm(subject: Subject) -> int:
    """Compiled to machine code, which takes time: values of one half, gradients of the other."""
    of_values = bool(subject.rng(7).random() < 0.5) or not subject.is_differentiable
    return _compiled_values(subject, "llvm") if of_values else _compiled_gradients(subject, "llvm")


def _compiled_values(subject: Subject, backend: str) -> int:
    again: Any = og.compile(subject.own, backend=backend)
    count = 0
    for lot in lots(subject):
        eager = attempt(subject.own, *lot.arguments())
        given = attempt(again, *lot.arguments())
        if _may_be_dropped(eager, given):
            eager = attempt(subject.without_dead_code().own, *lot.arguments())
        count += _same_call(subject, given, eager, lot, subject.by_active(subject.plain, lot))
    return count


def _compiled_gradients(subject: Subject, backend: str) -> int:
    both = _value_and_grad(subject)
    again: Any = og.compile(both, backend=backend)
    count = 0
    for lot in lots(subject)[:4]:
        active, static = lot.data()
        eager = attempt(both, active, static)
        if isinstance(eager, Raised) and is_refusal(eager.error):
            continue
        given = attempt(again, active, static)
        if _may_be_dropped(eager, given):
            eager = attempt(_value_and_grad(subject.used()), active, static)
        count += _same_call(subject, given, eager, lot, partial(_spread, both, static))
    return count


def _value_and_grad(subject: Subject) -> Callable[..., Any]:
    def loss(active: Any, static: Any) -> Any:
        return subject.loss(subject.own, static)(*active)

    return og.value_and_grad(loss)


def _may_be_dropped(eager: Any, given: Any) -> bool:
    """Whether what raised in eager code may be missing in a program, which keeps what is used."""
    return (
        isinstance(eager, Raised)
        and isinstance(eager.error, np.linalg.LinAlgError | ValueError)
        and not isinstance(given, Raised)
    )


def _spread(function: Callable[..., Any], static: Any, *active: Any) -> Any:
    return function(list(active), static)


def _same_call(
    subject: Subject, given: Any, eager: Any, lot: Program, function: Callable[..., Any]
) -> int:
    try:
        return compare(subject, given, eager, lot.data()[0], function=function)
    except Refused as refusal:
        raise Fault("exception", refusal, eager, "compiled") from None
    except Fault as fault:
        fault.point = lot
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
