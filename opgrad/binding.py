"""How a call of a NumPy function becomes a call of the op that implements it.

``np.sum(v, 0, keepdims=True)`` is ``sum(v, axis=0, keepdims=True)`` to the op: NumPy's own
signature tells which arguments are the op's inputs (the first ones) and what the params are called.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np

from opgrad.errors import InputError
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
    signature = _signature(function)
    if signature is None:
        return args, dict(kwargs)
    given = signature.bind(*args, **kwargs).arguments
    names = list(signature.parameters)
    inputs = tuple(given[name] for name in names[: op.arity] if name in given)
    params = {}
    for name in names[op.arity :]:
        if name not in given:
            continue
        value = given[name]
        if name in op.param_names:
            if value is not _NOT_GIVEN:
                params[name] = value
        elif not _is_default(value, signature.parameters[name].default):
            raise InputError(
                f"{describe(op)}, which {function.__name__}() becomes on a Value, has no "
                f"{name!r}; given {name}={value!r}"
            )
    return inputs, params


def _is_default(value: Any, default: Any) -> bool:
    return value is default or value is None or value is _NOT_GIVEN or value in ({}, (), False)


@cache
def _signature(function: Callable[..., Any]) -> inspect.Signature | None:
    try:
        return inspect.signature(function)
    except (TypeError, ValueError):  # written in C, and without one
        return None
