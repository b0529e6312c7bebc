"""What a function's code tells before it runs: that it goes by what a stand-in cannot be.

Nothing can stand in for another object's identity or class where ``is`` asks for it, and what is
taken from an iterator is gone. So the code of the function, and of the functions that it names, is
read for these before anything is traced.
"""

from __future__ import annotations

import builtins
import dis
import sys
from collections.abc import Callable, Iterator
from functools import partial
from types import CodeType, FunctionType, MethodType
from typing import Any

from opgrad.compiler.own import is_own_module
from opgrad.operation import Op

SINGLETONS = (None, Ellipsis, NotImplemented)
_LOADS_OUTSIDE = {"LOAD_GLOBAL", "LOAD_NAME", "LOAD_CONST"}
_TOLD_APART = sys.stdlib_module_names | {"numpy", "scipy"}
"""Packages whose functions are not read: what they do to stand-ins shows when they do it."""


def why_untraceable(function: Callable[..., Any]) -> str | None:
    """Why a function cannot be traced, with the line; ``None`` if nothing speaks against it."""
    for found in _functions(function):
        for taken in _outside(found).values():
            if isinstance(taken, Iterator):
                place = f"{found.__code__.co_filename}:{found.__code__.co_firstlineno}"
                return (
                    f"it takes elements from a {type(taken).__name__} from outside, which a "
                    f"program would do once; pass the elements as arguments ({place})."
                )
        for code in _codes(found.__code__):
            why = _by_identity(code, found)
            if why is not None:
                return why
    return None


def _functions(function: Any) -> Iterator[FunctionType]:
    """The Python functions that a function is made of or names, but for libraries' and ops'."""
    ahead, seen = [function], set[int]()
    while ahead:
        found = ahead.pop()
        if id(found) in seen or isinstance(found, Op):
            continue
        seen.add(id(found))
        if isinstance(found, partial):
            ahead.append(found.func)
        elif isinstance(found, MethodType):
            ahead.append(found.__func__)
        elif isinstance(found, FunctionType):
            package = (found.__module__ or "").partition(".")[0]
            if is_own_module(package):  # such as a transform of a function
                ahead += _around(found).values()
            elif package not in _TOLD_APART:
                yield found
                ahead += _outside(found).values()
        elif not isinstance(found, type):
            wrapped = getattr(found, "__wrapped__", None) or vars(type(found)).get("__call__")
            if isinstance(wrapped, FunctionType):
                ahead.append(wrapped)


def _around(function: FunctionType) -> dict[str, Any]:
    """What a function names of the functions around it."""
    found = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            found[name] = cell.cell_contents
        except ValueError:  # not filled yet
            continue
    return found


def _outside(function: FunctionType) -> dict[str, Any]:
    """What a function names of its module and of the functions around it."""
    names = {name for code in _codes(function.__code__) for name in code.co_names}
    of_module = {name: function.__globals__[name] for name in names & function.__globals__.keys()}
    return {**of_module, **_around(function)}


def _codes(code: CodeType) -> Iterator[CodeType]:
    """The code of a function, and of those that are written inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _by_identity(code: CodeType, function: FunctionType) -> str | None:
    """Why a code that compares identities, or asks for a class, cannot be traced."""
    asked = {
        name for name in ("type", "id") if name in code.co_names and _is_builtin(name, function)
    }
    steps = [step for step in dis.get_instructions(code) if step.opname not in _NO_STEPS]
    line = code.co_firstlineno
    for i, step in enumerate(steps):
        line = step.starts_line or line
        place = f"({code.co_filename}:{line})"
        if step.opname == "LOAD_GLOBAL" and step.argval == "id" and "id" in asked:
            return f"it asks for the id of an object, and a stand-in has another {place}."
        if step.opname == "IS_OP":
            before = steps[max(0, i - 5) : i]
            is_of_class = "type" in asked and any(
                x.opname == "LOAD_GLOBAL" and x.argval == "type" for x in before
            )
            if is_of_class or _compares_values(before[-2], before[-1], code, function):
                return (
                    f"it asks by 'is' whether two values are one object, or of one class; compare "
                    f"them by ==, or the class by isinstance {place}."
                )
    return None


_NO_STEPS = {"CACHE", "PRECALL", "RESUME", "EXTENDED_ARG", "PUSH_NULL", "COPY", "NOP"}


def _compares_values(
    left: dis.Instruction, right: dis.Instruction, code: CodeType, function: FunctionType
) -> bool:
    """Whether an ``is`` may be between two values that are traced, or one and True."""
    if right.opname == "LOAD_CONST" and right.argval in SINGLETONS:
        return False
    if right.opname == "LOAD_CONST":  # ``x is True`` is as it was if x was given, not computed
        stored = {x.argval for x in dis.get_instructions(code) if x.opname == "STORE_FAST"}
        return not _is_outside(left, function) and (
            not left.opname.startswith("LOAD_FAST") or left.argval in stored
        )
    if right.opname in ("LOAD_ATTR", "LOAD_METHOD"):  # as of an enumeration
        return False
    return not _is_outside(left, function) and not _is_outside(right, function)


def _is_outside(step: dis.Instruction, function: FunctionType) -> bool:
    """Whether it loads what the function does not compute."""
    if step.opname in ("LOAD_DEREF", "LOAD_CLASSDEREF"):
        return step.argval in function.__code__.co_freevars
    return step.opname in _LOADS_OUTSIDE


def _is_builtin(name: str, function: FunctionType) -> bool:
    return function.__globals__.get(name, getattr(builtins, name)) is getattr(builtins, name)
