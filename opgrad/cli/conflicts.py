"""What ops claim and do not get: a short name or a NumPy function that another op has, or none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
from attrs import field, frozen

from opgrad.errors import AmbiguousError
from opgrad.operation import Op, full_name
from opgrad.registry import Registry


@frozen
class Standing:
    """What one op has, and what it has not.

    Attributes:
        has_short_name: the op's short name means this op.
        lost: what it claims and does not get, and the qualified name of the op that has it, or
            the function made of ops; ``None`` if several claim it, and so none has it.
    """

    has_short_name: bool
    lost: Mapping[str, str | None] = field(factory=dict)


def standings(registry: Registry) -> dict[str, Standing]:
    """The standing of every op, by qualified name: what a look-up would give."""
    qualified = {op: name for name, op in registry.ops.items()}

    def holder(look_up: Callable[[], Any]) -> str | None:
        try:
            found = look_up()
        except AmbiguousError:
            return None
        return qualified[found] if isinstance(found, Op) else full_name(found)

    def standing(op: Op) -> Standing:
        name = holder(partial(registry.lookup, op.name))
        functions = {f: holder(partial(registry.implementation, f)) for f in op.implements}
        claims = {op.name: name, **{function_name(f): has for f, has in functions.items()}}
        mine = qualified[op]
        return Standing(name == mine, {what: has for what, has in claims.items() if has != mine})

    return {name: standing(op) for name, op in registry.ops.items()}


def function_name(function: Callable[..., Any]) -> str:
    """Where the function is found; a ufunc does not know, unless it is NumPy's own."""
    name = function.__name__
    if getattr(np, name, None) is function:
        return f"np.{name}"
    if isinstance(function, np.ufunc):
        return name
    package, dot, module = f"{function.__module__}.{name}".partition(".")
    return f"{'np' if package == 'numpy' else package}{dot}{module}"
