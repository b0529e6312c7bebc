"""What transforms are asked for: of which function, and by which of its arguments."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from operator import index
from typing import Any, SupportsIndex, TypeAlias

import numpy as np

from opgrad.data import Recorded, say
from opgrad.errors import InputError

Argnums: TypeAlias = int | Sequence[int] | None
Argnames: TypeAlias = str | Sequence[str] | None


def check_function(
    f: object, transform: str, argnums: object = None, argnames: object = None
) -> None:
    """Refuse what a transform cannot make anything of, before it is called.

    Raises:
        InputError: ``f`` is no function, ``argnums`` no integers, or ``argnames`` no names.
    """
    if not callable(f):
        raise InputError(
            f"{transform} takes a function; given {say(f)}. Give the function itself, and its "
            f"arguments to what comes back, as in og.grad(f)(x)."
        )
    if not _are(argnums, SupportsIndex) or isinstance(argnums, str):
        hint = (
            "Names go to argnames."
            if isinstance(argnums, str)
            else f"The arguments of the function go to what comes back: og.{transform}(f)(x)."
        )
        raise InputError(
            f"argnums of {transform} is an integer, or a tuple of integers: the positions of "
            f"arguments; given {say(argnums)}. {hint}"
        )
    if not _are(argnames, str):
        raise InputError(
            f"argnames of {transform} is a name, or a tuple of names; given {say(argnames)}. "
            f"Positions go to argnums."
        )


def _are(chosen: object, kind: type) -> bool:
    """Whether it is one of a kind, a sequence of such, or nothing."""
    several = chosen if isinstance(chosen, Sequence) and not isinstance(chosen, str) else (chosen,)
    return chosen is None or all(
        isinstance(x, kind) and not isinstance(x, bool | np.ndarray | Recorded) for x in several
    )


def check_sequences(primals: object, tangents: object) -> None:
    """Refuse a bare array, which would be taken for the arguments that it holds.

    Raises:
        InputError: one of them is no tuple and no list.
    """
    for what, given in (("primals", primals), ("tangents", tangents)):
        if not isinstance(given, tuple | list):
            raise InputError(
                f"{what} is a tuple of one entry for each argument, as in (x,); given {say(given)}"
            )


def choose(
    f: Callable[..., Any],
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    argnums: Argnums,
    argnames: Argnames,
) -> tuple[list[int | str], bool]:
    """The arguments of a call that are meant, and whether it can only be one.

    Raises:
        InputError: the call has no such argument.
    """
    if argnums is None and argnames is None:
        if args:
            return [0], True  # as below, and most often
        argnums = 0
    is_number = isinstance(argnums, SupportsIndex)
    given: Any = (argnums,) if is_number else argnums or ()
    numbers = [index(x) for x in given]
    names = [argnames] if isinstance(argnames, str) else list(argnames or ())
    chosen: list[int | str] = []
    for number in numbers:
        if not -len(args) <= number < len(args):
            raise InputError(
                f"argnums asks for argument {number}, and the call has {len(args)} by position"
            )
        chosen.append(number % len(args))
    chosen += [name if name in kwargs else _position(f, name, len(args)) for name in names]
    if len(set(chosen)) < len(chosen):
        raise InputError("argnums and argnames ask for an argument twice")
    return chosen, (is_number and not names) or (isinstance(argnames, str) and not numbers)


def _position(f: Callable[..., Any], name: str, given: int) -> int:
    try:
        names = list(inspect.signature(f).parameters)
    except (TypeError, ValueError):  # written in C, and without one
        names = []
    if name not in names[:given]:
        passed = ", ".join(map(repr, names[:given])) or "none by a name that is known"
        raise InputError(
            f"argnames asks for {name!r}, which the call does not pass (by position it passes: "
            f"{passed})"
        )
    return names.index(name)
