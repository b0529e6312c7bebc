"""Random programs: each calls one function that is asked for, and others before and after it."""

from __future__ import annotations

import warnings
from functools import cache
from typing import Any

import numpy as np

from tests.fuzz import arguments
from tests.fuzz.arguments import FLOAT, SHAPES, beside, bounded, numbers
from tests.fuzz.calls import CALLS, NAMES
from tests.fuzz.draft import Draft, is_numeric
from tests.fuzz.program import Branch, Call, Loop, Program, Ref, is_iterative, without_dead_code
from tests.fuzz.table import Form

ATTEMPTS = 12
"""Calls of a function that are tried, until one can be gone on with."""
ROUND_TRIPS: list[tuple[str, str, int | None]] = [
    ("np.cbrt", "**", 3),
    ("np.cbrt", "np.power", 3),
    ("np.sqrt", "np.square", None),
    ("np.sqrt", "**", 4),
    ("np.log", "np.exp", None),
    ("np.log2", "np.exp2", None),
    ("np.reciprocal", "np.reciprocal", None),
    ("np.exp", "np.log", None),
    ("np.square", "np.sqrt", None),
    ("np.log1p", "np.expm1", None),
    ("np.tanh", "np.arctanh", None),
    ("np.sinh", "np.arcsinh", None),
    ("np.arccosh", "np.cosh", None),
    ("np.linalg.norm", "np.square", None),
]
CHAINS = "+ - * neg np.sin np.tanh np.square np.maximum np.minimum abs np.cos np.arctan np.expm1"
"""Functions of one argument, or two that broadcast: what loops and branches call."""


@cache
def _order(seed: int) -> list[int]:
    return [int(i) for i in np.random.default_rng(seed).permutation(len(NAMES))]


def focus_of(seed: int, number: int) -> str:
    """The function that the program of this number is about: each has its turn."""
    return NAMES[_order(seed)[number % len(NAMES)]]


def program_of(seed: int, number: int) -> Program:
    """The program of this number in the series that a seed begins."""
    rng = np.random.default_rng([seed, number])
    focus = focus_of(seed, number)
    is_wild = bool(rng.random() < 0.25) and not is_iterative(focus)
    draft = Draft(rng, is_wild)
    with warnings.catch_warnings(action="ignore"), np.errstate(all="ignore"):
        for _ in range(int(rng.integers(0, 3))):
            _add_any(draft)
        found = next(filter(None, (_add(draft, focus) for _ in range(ATTEMPTS))), None)
        trips = [trip for trip in ROUND_TRIPS if trip[0] == focus]
        if trips and draft.chance(0.5):
            found = _add_round_trip(draft, draft.choice(trips)) or found
        for _ in range(int(rng.integers(0, 4))):
            _add_any(draft)
        return without_dead_code(_returning(draft, found))


def _add(draft: Draft, name: str) -> Ref | None:
    """A call of the function, and of what it returns several of, each by itself."""
    marks = len(draft.inputs), len(draft.steps)
    form: Form = draft.choice(CALLS[name])
    ref = draft.add(form.make(draft))
    if ref is None:
        draft.back_to(marks)
        return None
    result = draft.values.get(ref.name)
    if isinstance(result, list | tuple):
        for i, part in enumerate(result):
            if is_numeric(part):
                draft.add(Call("[]", (ref, i)))
    return ref


def _add_any(draft: Draft) -> None:
    """A call of any function, now and then one in a branch or a loop."""
    way = draft.rng.random()
    if way > 0.2 or not draft.values:
        name = draft.choice(NAMES)
        if not (draft.wild and is_iterative(name)):
            _add(draft, name)
        return
    if way > 0.12:
        _add_round_trip(draft, draft.choice(ROUND_TRIPS))
        return
    first, second = _chain(draft), _chain(draft)
    if way < 0.06:
        condition = draft.pick(lambda x: np.asarray(x).dtype.kind in "fib")
        if condition is not None:
            draft.add(Branch(condition, first, second))
    elif first.args and isinstance(first.args[0], Ref):
        times = int(draft.rng.integers(0, 4))
        draft.add(Loop(draft.fresh(times) if draft.chance(0.3) else times, first.args[0], first))


def _add_round_trip(draft: Draft, trip: tuple[str, str, int | None]) -> Ref | None:
    """A function, perhaps a sum, and the function's inverse.

    At the edge of the domain the derivative of the first is infinite, or 0, and that of all is not.
    """
    there, back, exponent = trip
    fresh = draft.fresh(numbers(draft, draft.choice(SHAPES), low=0.3, high=2))
    ref = draft.add(Call(there, (fresh if draft.chance(0.7) else bounded(0.3, 2)(draft, []),)))
    middle = draft.choice(["", "", "", "np.sum", "np.cumsum", "np.mean", "+"])
    if ref is not None and middle:
        other = beside(FLOAT)(draft, [draft.values[ref.name]]) if middle == "+" else None
        ref = draft.add(Call(middle, (ref,) if other is None else (ref, other)))
    return ref and draft.add(Call(back, (ref,) if exponent is None else (ref, exponent)))


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
