"""A failing program, made as small as it still fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from attrs import evolve

from tests.fuzz.draft import is_numeric
from tests.fuzz.program import (
    Branch,
    Call,
    Expression,
    Input,
    Loop,
    Program,
    Ref,
    Step,
    calls_of,
    refs_in,
    substituted,
    without_dead_code,
)
from tests.fuzz.subject import Subject

Fails = Callable[[Program], bool]


def shrunk(program: Program, fails: Fails, budget: int = 400) -> Program:
    """The smallest program found within so many tries."""
    tried: set[str] = set()
    improved = True
    while improved:
        improved = False
        for candidate in _smaller(program):
            text = candidate.setting() + candidate.source()
            if text in tried:
                continue
            tried.add(text)
            if len(tried) > budget:
                return renamed(program)
            if _fails(candidate, fails):
                program, improved = candidate, True
                break
    return renamed(program)


def _fails(program: Program, fails: Fails) -> bool:
    try:
        return fails(program)
    except Exception:  # what is no program any more does not fail as this one does
        return False


def _smaller(program: Program) -> Iterator[Program]:
    """Simpler programs, those that are much simpler first."""
    for make in (_of_parts, _cut_off, _skipped, _plainer, _fewer_elements, _constants, _rounder):
        yield from map(without_dead_code, make(program))


def _of_parts(program: Program) -> Iterator[Program]:
    """One of the results alone; or an inner one."""
    if program.packing:
        yield evolve(program, packing="")
    if not isinstance(program.returned, Ref):
        for ref in refs_in(program.returned):
            yield evolve(program, returned=ref)
        if not isinstance(program.returned, list):
            yield evolve(program, returned=list(refs_in(program.returned)))
    for step in program.steps[:-1]:
        yield evolve(program, returned=Ref(step.name))


def _cut_off(program: Program) -> Iterator[Program]:
    """A step is an input, with the value that it has."""
    slots = Subject(program, (0,)).slots([x.data() for x in program.active])
    for step in reversed(program.steps):
        value = slots.get(step.name)
        if is_numeric(value) and not isinstance(step.expression, Input):
            given = Input(step.name, np.array(value) if isinstance(value, np.ndarray) else value)
            steps = tuple(x for x in program.steps if x is not step)
            yield evolve(program, inputs=(*program.inputs, given), steps=steps)


def _skipped(program: Program) -> Iterator[Program]:
    """A step is what it was given, or one of the calls in it."""
    for step in reversed(program.steps):
        rest = tuple(x for x in program.steps if x is not step)
        for ref in dict.fromkeys(refs_in(step.expression)):
            new = {step.name: ref}
            yield evolve(
                program,
                steps=tuple(Step(x.name, substituted(x.expression, new)) for x in rest),
                returned=substituted(program.returned, new),
            )
        if isinstance(step.expression, Branch):
            for call in calls_of(step.expression):
                yield _replaced(program, step, call)
        if isinstance(step.expression, Loop):
            loop = step.expression
            first = evolve(loop.call, args=(loop.start, *loop.call.args[1:]))
            yield _replaced(program, step, first)
            if isinstance(loop.times, int) and loop.times > 1:
                yield _replaced(program, step, evolve(loop, times=loop.times - 1))


def _replaced(program: Program, step: Step, expression: Expression) -> Program:
    steps = tuple(Step(x.name, expression) if x is step else x for x in program.steps)
    return evolve(program, steps=steps)


def _plainer(program: Program) -> Iterator[Program]:
    """A call without one of its named arguments; an input that lies plainly in memory."""
    for step in program.steps:
        call = step.expression
        if isinstance(call, Call):
            for name in call.kwargs:
                rest = {key: value for key, value in call.kwargs.items() if key != name}
                yield _replaced(program, step, evolve(call, kwargs=rest))
    for x in program.inputs:
        if x.layout:
            yield _with_input(program, x, evolve(x, layout=""))


def _with_input(program: Program, old: Input, new: Input) -> Program:
    return evolve(program, inputs=tuple(new if x is old else x for x in program.inputs))


def _fewer_elements(program: Program) -> Iterator[Program]:
    """All arrays without one of their rows or axes, or one of them."""
    arrays = [x for x in program.inputs if isinstance(x.value, np.ndarray) and x.value.ndim]
    for choice in ([arrays] if len(arrays) > 1 else []) + [[x] for x in arrays]:
        for axis in range(-1, -1 - max((x.value.ndim for x in choice), default=0), -1):
            for part in (slice(0, 1), slice(0, -1), slice(1, None), 0):
                made = program
                for x in choice:
                    if (
                        x.value.ndim < -axis
                        or (part != 0 and x.value.shape[axis] < 2)
                        or not x.value.size
                    ):
                        continue
                    index = (..., part, *(slice(None),) * (-1 - axis))
                    made = _with_input(made, x, evolve(x, value=np.array(x.value[index])))
                if made is not program:
                    yield made


def _constants(program: Program) -> Iterator[Program]:
    """An input is a literal, or the same one as another."""
    for x in program.inputs:
        rest = tuple(y for y in program.inputs if y is not x)
        options: list[Any] = [Ref(y.name) for y in rest if np.shape(y.value) == np.shape(x.value)]
        if not np.ndim(x.value) and (rest or not x.is_active):
            options.append(x.value)
        for option in options:
            new = {x.name: option}
            yield evolve(
                program,
                inputs=rest,
                steps=tuple(Step(y.name, substituted(y.expression, new)) for y in program.steps),
                returned=substituted(program.returned, new),
            )


def _rounder(program: Program) -> Iterator[Program]:
    """Numbers with fewer digits; Python's, for those of an array without axes."""
    for x in program.inputs:
        value = np.asarray(x.value)
        if value.dtype.kind not in "fc":
            continue
        if (
            isinstance(x.value, np.ndarray | np.generic)
            and not value.ndim
            and value.dtype.name in ("float64", "complex128")
        ):
            yield _with_input(program, x, evolve(x, value=value.item()))
        with np.errstate(all="ignore"):
            for other in (
                np.ones_like(value),
                np.zeros_like(value),
                np.round(value),
                np.round(value, 1),
                np.round(value, 2),
            ):
                if not np.array_equal(other, value, equal_nan=True):
                    same = other if isinstance(x.value, np.ndarray) else other[()]
                    is_python = not isinstance(x.value, np.ndarray | np.generic)
                    yield _with_input(
                        program, x, evolve(x, value=other.item() if is_python else same)
                    )


def renamed(program: Program) -> Program:
    """With inputs ``x0``, ``x1`` ... and steps ``v0``, ``v1`` ..."""
    names = {x.name: f"x{i}" for i, x in enumerate(program.inputs)}
    names |= {step.name: f"v{i}" for i, step in enumerate(program.steps)}
    new = {old: Ref(name) for old, name in names.items()}
    return evolve(
        program,
        inputs=tuple(evolve(x, name=names[x.name]) for x in program.inputs),
        steps=tuple(Step(names[x.name], substituted(x.expression, new)) for x in program.steps),
        returned=substituted(program.returned, new),
    )
