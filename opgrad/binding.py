"""How a call of a NumPy function becomes a call of the op that implements it.

``np.sum(v, 0, keepdims=True)`` is ``sum(v, axis=0, keepdims=True)`` to the op: NumPy's own
signature tells which arguments are the op's inputs (the first ones) and what the params are called.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeAlias

import numpy as np

from opgrad.data import is_traced
from opgrad.errors import InputError
from opgrad.node import Node, finished
from opgrad.operation import Op
from opgrad.plugin import describe

_NOT_GIVEN = getattr(np, "_NoValue", None)


def bind(
    op: Op, function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The op's inputs and params in a call of ``function``, which it implements.

    Raises:
        InputError: an argument was given that the op does not have.
        TypeError: the arguments do not fit ``function``.
    """
    if op.arity is None or (len(args) == op.arity and not kwargs):
        return args, dict(kwargs)
    plan = _plan(op, function, len(args), tuple(kwargs))
    if plan is None:
        return args, dict(kwargs)
    inputs, params, refused = plan
    given = (*args, *kwargs.values())
    for name, place, default in refused:
        if not _is_default(given[place], default):
            raise InputError(
                f"{describe(op)}, which {function.__name__}() becomes on a Value, has no "
                f"{name!r}; given {name}={given[place]!r}"
            )
    return tuple([given[place] for place in inputs]), {
        name: given[place] for name, place in params if given[place] is not _NOT_GIVEN
    }


@cache
def place_of_out(function: Callable[..., Any]) -> int:
    """Where among its positional arguments a function takes an array to write to; 0 if nowhere."""
    signature = _signature(function)
    parameters = [] if signature is None else list(signature.parameters.values())
    positional = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    return positional.index("out") if "out" in positional else 0


def plain_index(index: Any) -> Any:
    """An index without Values, which integers and masks need not be; and its arrays as copies."""
    if isinstance(index, tuple):
        return tuple(map(plain_index, index))
    if isinstance(index, Node):
        return finished(index).data
    if isinstance(index, list) and any(map(is_traced, index)):
        return index
    if isinstance(index, np.ndarray | list):  # what was recorded must not change with the original
        copy = np.array(index)
        return copy if copy.size else copy.astype(copy.dtype if copy.dtype == bool else np.intp)
    return index


Plan: TypeAlias = tuple[list[int], list[tuple[str, int]], list[tuple[str, int, Any]]]
"""Where, among the arguments of a call, are the op's inputs, its params, and what it does not have
(which may be given all the same, if it is NumPy's default)."""


@cache
def _plan(
    op: Op, function: Callable[..., Any], n_positional: int, keywords: tuple[str, ...]
) -> Plan | None:
    """How calls of this form are bound; ``None`` if NumPy's signature is not known."""
    signature = _signature(function)
    if signature is None:
        return None
    by_keyword = {name: n_positional + i for i, name in enumerate(keywords)}
    places = signature.bind(*range(n_positional), **by_keyword).arguments
    for parameter in signature.parameters.values():
        if parameter.kind is parameter.VAR_KEYWORD:
            places |= places.pop(parameter.name, {})
    names = list(dict.fromkeys((*signature.parameters, *places)))
    inputs = [places[name] for name in names[: op.arity] if name in places]
    rest = [name for name in names[op.arity :] if name in places]
    params = [(name, places[name]) for name in rest if name in op.param_names]
    refused = [
        (name, places[name], getattr(signature.parameters.get(name), "default", None))
        for name in rest
        if name not in op.param_names
    ]
    return inputs, params, refused


def _is_default(value: Any, default: Any) -> bool:
    if value is default or value is None or value is _NOT_GIVEN:
        return True
    return value.__class__ in (dict, tuple, bool) and not value  # others may not compare


def _signature(function: Callable[..., Any]) -> inspect.Signature | None:
    try:
        return inspect.signature(function)
    except (TypeError, ValueError):  # written in C, and without one
        return None
