"""What NumPy itself says of a call that failed on Values: the same call, on their plain data."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from opgrad.data import NUMBER_TYPES
from opgrad.errors import InputError, OpgradError
from opgrad.node import Node
from opgrad.operation import full_name

_HARMLESS = (np.ndarray, *NUMBER_TYPES, str, slice, range, type, np.dtype, type(...))


def as_numpy_says(
    error: Exception,
    function: Callable[..., Any],
    found: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
) -> Exception:
    """The exception to raise where a function made of ops failed.

    It is NumPy's own, where NumPy refuses the same call on plain data, so that bad arguments end as
    they do there; else the error itself, or one that names the argument that NumPy has and the
    function made of ops has not.

    Args:
        error: what the function made of ops raised.
        function: NumPy's function.
        found: the function made of ops.
        args, kwargs: the call.
    """
    if isinstance(error, OpgradError) and not isinstance(error, InputError):
        return error  # such as that of a function that would write into an array
    leaves: list[Any] = []
    plain_args, plain_kwargs = _plain((args, dict(kwargs)), leaves)
    if not all(map(_can_be_tried, leaves)):
        return error
    try:
        with np.errstate(all="ignore"):
            function(*plain_args, **plain_kwargs)
    except Exception as numpys:
        return error if isinstance(error, type(numpys)) else numpys.with_traceback(None)
    if isinstance(error, TypeError) and (unknown := _unknown_argument(found, args, kwargs)):
        return InputError(
            f"{full_name(function)} has on Values not all of its arguments: {unknown}. "
            f"Leave it out, or give plain data: v.data."
        )
    return error


def _plain(x: Any, leaves: list[Any]) -> Any:
    """The same with data in the place of Values; all that it is made of is put into ``leaves``."""
    if isinstance(x, Node):
        x = x.data
    elif type(x) in (tuple, list):
        return type(x)(_plain(part, leaves) for part in x)
    elif type(x) is dict:
        return {key: _plain(part, leaves) for key, part in x.items()}
    leaves.append(x)
    return x


def _can_be_tried(x: Any) -> bool:
    """Whether a call with it has no effect: no function of the user's, no lazy or traced array."""
    return isinstance(x, _HARMLESS) or x is None or x is getattr(np, "_NoValue", None)


def _unknown_argument(
    found: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> str | None:
    """Why the function made of ops cannot be called so; ``None`` if it can."""
    try:
        inspect.signature(found).bind(*args, **kwargs)
    except TypeError as error:
        return str(error)
    return None
