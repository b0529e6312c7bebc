"""Random programs: each calls one function that is asked for, and others before and after it."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.fuzz import arguments
from tests.fuzz.calls import CALLS, NAMES
from tests.fuzz.draft import Draft, is_numeric
from tests.fuzz.program import Branch, Call, Loop, Program, Ref, without_dead_code

ATTEMPTS = 12
"""Calls of a function that are tried, until one can be gone on with."""
CHAINS = "+ - * neg np.sin np.tanh np.square np.maximum np.minimum abs np.cos np.arctan np.expm1"
"""Functions of one argument, or two that broadcast: what loops and branches call."""


def program_of(seed: int, number: int) -> Program:
    """The program of this number in the series that a seed begins."""
    rng = np.random.default_rng([seed, number])
    order = np.random.default_rng(seed).permutation(len(NAMES))
    focus = NAMES[int(order[number % len(NAMES)])]
    is_wild = bool(rng.random() < 0.25)
    draft = Draft(rng, is_wild)
    for _ in range(int(rng.integers(0, 3))):
        _add_any(draft)
    found = next(filter(None, (_add(draft, focus) for _ in range(ATTEMPTS))), None)
    for _ in range(int(rng.integers(0, 4))):
        _add_any(draft, found)
    return without_dead_code(_returning(draft, found))


def _add(draft: Draft, name: str) -> Ref | None:
    """A call of the function, and of what it returns several of, each by itself."""
    marks = len(draft.inputs), len(draft.steps)
    ref = draft.add(draft.choice(CALLS[name]).make(draft))
    if ref is None:
        for lost in [*draft.inputs[marks[0] :], *draft.steps[marks[1] :]]:
            draft.values.pop(lost.name, None)
        del draft.inputs[marks[0] :], draft.steps[marks[1] :]
        return None
    result = draft.values.get(ref.name)
    if isinstance(result, list | tuple):
        for i, part in enumerate(result):
            if is_numeric(part):
                draft.add(Call("[]", (ref, i)))
    return ref


def _add_any(draft: Draft, before: Ref | None = None) -> None:
    """A call of any function, now and then one in a branch or a loop."""
    way = draft.rng.random()
    if way > 0.2 or not draft.values:
        _add(draft, draft.choice(NAMES))
        return
    first, second = _chain(draft), _chain(draft)
    if way < 0.1:
        condition = draft.pick(lambda x: np.asarray(x).dtype.kind in "fib")
        if condition is not None:
            draft.add(Branch(condition, first, second))
    elif first.args and isinstance(first.args[0], Ref):
        draft.add(Loop(int(draft.rng.integers(0, 4)), first.args[0], first))


def _chain(draft: Draft) -> Call:
    call: Call = draft.choice(CALLS[draft.choice(CHAINS.split())]).make(draft)
    return call


def _returning(draft: Draft, found: Ref | None) -> Program:
    """The program, with what the function gave in its result, or in what that depends on."""
    rng = draft.rng
    if not draft.steps:
        arguments.ANY(draft, [])
    names = [step.name for step in draft.steps] or [x.name for x in draft.inputs]
    returned: list[Any] = [Ref(names[-1])]
    if found is not None and found.name != names[-1]:
        returned.append(found)
    if len(names) > 2 and draft.chance(0.2):
        returned.append(Ref(draft.choice(names)))
    whole: Any = returned[0] if len(returned) == 1 and draft.chance(0.8) else returned
    if isinstance(whole, list):
        way = rng.integers(3)
        whole = tuple(whole) if way == 0 else whole
        whole = {"abc"[i]: x for i, x in enumerate(whole)} if way == 1 else whole
    packing = str(rng.choice(["", "", "", "list", "tuple", "dict"]))
    return draft.program(whole, packing)


