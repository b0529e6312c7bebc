"""The options of ``og.compile``, checked when they are given."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias, TypedDict

from attrs import frozen

from opgrad.data import say
from opgrad.errors import InputError
from opgrad.hooks import Backend

Integers: TypeAlias = int | Sequence[int]
Names: TypeAlias = str | Sequence[str]

MAX_PROGRAMS = 64
"""How many programs a function may have."""


class Options(TypedDict, total=False):
    """What :func:`opgrad.compile` takes beside the function."""

    backend: str | Backend
    static_argnums: Integers
    static_argnames: Names
    max_programs: int


@frozen
class Checked:
    """Options that make sense.

    Attributes:
        backend: the name of one, or one itself.
        static_argnums: positions, perhaps from the end.
        static_argnames: names.
        max_programs: how many there may be.
    """

    backend: str | Backend
    static_argnums: tuple[int, ...]
    static_argnames: tuple[str, ...]
    max_programs: int


def checked(options: Mapping[str, Any]) -> Checked:
    """The options, with those that were left out.

    Raises:
        InputError: one is unknown, or has no use.
    """
    for name in options:
        if name not in Options.__annotations__:
            there_are = ", ".join(Options.__annotations__)
            raise InputError(f"og.compile has no option {name!r}; there are: {there_are}")
    limit = options.get("max_programs", MAX_PROGRAMS)
    if not _is_integer(limit) or limit < 1:
        raise InputError(
            f"og.compile: max_programs is how many programs there may be, an integer of at least "
            f"1; given {say(limit)}"
        )
    backend = options.get("backend", "auto")
    is_backend = isinstance(backend, Backend) and not isinstance(backend, type)
    if not isinstance(backend, str) and not is_backend:
        raise InputError(
            f"og.compile: backend is the name of one, such as 'python' or 'auto', or an object "
            f"with .name and .lower(graph, inputs); given {say(backend)}"
        )
    return Checked(
        backend=backend,
        static_argnums=_several(
            "static_argnums", options.get("static_argnums", ()), _is_integer, "position"
        ),
        static_argnames=_several(
            "static_argnames", options.get("static_argnames", ()), _is_name, "name"
        ),
        max_programs=limit,
    )


def check_fit(function: Callable[..., Any], name: str, options: Checked) -> None:
    """Refuse what cannot be compiled, and positions and names of arguments that it does not have.

    Raises:
        InputError: it is so.
    """
    if not callable(function):
        raise InputError(f"og.compile takes a function; given {say(function)}")
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # written in C, and without one
        return
    takes = f"{name} takes ({', '.join(map(str, parameters))})"
    kinds = [parameter.kind for parameter in parameters]
    by_position = sum(kind in _BY_POSITION for kind in kinds)
    if inspect.Parameter.VAR_POSITIONAL not in kinds:
        for i in options.static_argnums:
            if not -by_position <= i < by_position:
                raise InputError(
                    f"og.compile: static_argnums has {i}, and there is no such argument: {takes}. "
                    f"Positions count from 0, those from the end from -1; an argument that is "
                    f"given by name goes into static_argnames."
                )
    if inspect.Parameter.VAR_KEYWORD not in kinds:
        by_name = [parameter.name for parameter in parameters if parameter.kind in _BY_NAME]
        for given in options.static_argnames:
            if given not in by_name:
                raise InputError(
                    f"og.compile: static_argnames has {given!r}, and no argument can be given by "
                    f"that name: {takes}"
                )


_BY_POSITION = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_BY_NAME = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


def _several(option: str, given: Any, is_one: Callable[[Any], bool], what: str) -> tuple[Any, ...]:
    """One of them, or several, as a tuple."""
    try:
        found = (given,) if is_one(given) else tuple(given)
    except TypeError:
        found = (given,)
    wrong = [x for x in found if not is_one(x)]
    if wrong:
        raise InputError(
            f"og.compile: {option} is a {what} of an argument, or a list of these; "
            f"given {say(wrong[0])}"
        )
    return found


def _is_integer(x: Any) -> bool:
    return isinstance(x, int) and not isinstance(x, bool)


def _is_name(x: Any) -> bool:
    return isinstance(x, str)
